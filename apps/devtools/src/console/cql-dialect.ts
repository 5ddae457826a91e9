import { SQLDialect } from '@codemirror/lang-sql';

/** CQL for the editor's colours and completion. Words: Cassandra's Parser.g and Lexer.g. */
export const cql = SQLDialect.define({
  keywords:
    'add aggregate all allow alter and any apply as asc ascii authorize batch begin between by cast clustering compact contains ' +
    'counter create custom default delete desc describe distinct drop entries execute exists filtering finalfunc frozen from full ' +
    'function functions grant group if in index infinity initcond insert into is json keys keyspace keyspaces like limit list login ' +
    'map materialized modify nan norecursive not null of on or order partition password per permission permissions primary rename ' +
    'replace returns revoke role roles schema select set sfunc static storage stype superuser table tables to token trigger truncate ' +
    'ttl type unlogged unset update use user users using values view where with writetime maxwritetime',
  types:
    'bigint blob boolean date decimal double duration float inet int smallint text time timestamp timeuuid tinyint tuple uuid varchar varint vector',
  builtin: 'now uuid mintimeuuid maxtimeuuid todate totimestamp tounixtimestamp count min max sum avg',
  spaceAfterDashes: false,
  slashComments: true,
  doubleDollarQuotedStrings: true,
  identifierQuotes: '"',
});
