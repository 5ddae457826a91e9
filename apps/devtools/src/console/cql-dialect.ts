// CQL for the editor: colours and words. Words are those of Cassandra 5.0's Lexer.g and Parser.g, and of its native functions.

import { SQLDialect } from '@codemirror/lang-sql';
import { tagHighlighter, tags } from '@lezer/highlight';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Keywords, and the words of cqlsh's own commands. */
export const keywords = words(`
  add aggregate aggregates all allow alter and ann any apply as asc ascii authorize batch begin between by called capture cast clear cls cluster
  clustering columnfamily compact consistency contains copy create custom datacenters default delete desc describe distinct drop entries
  execute exists exit expand expr filtering finalfunc from frozen full function functions grant group hashed help history identity if in index
  indexes infinity initcond input insert internals into is json key keys keyspace keyspaces language like limit login masked materialized
  mbean mbeans modify nan nologin norecursive nosuperuser not null of off on only options or order paging partition password per permission
  permissions primary quit rename replace returns revoke role roles schema select select_masked serial session set sfunc show source static
  stdin stdout storage stype superuser table tables to token tracing trigger truncate type types unlogged unmask unset update use user users
  using values version view where with access access cidrs true false`);

/** Types that CQL has by name. */
export const typeNames = words(`
  ascii bigint blob boolean counter date decimal double duration float inet int smallint text time timestamp timeuuid tinyint uuid varchar
  varint list map set tuple vector frozen`);

/** Functions that Cassandra 5.0 has, those of older names included. */
export const functionNames = words(`
  token ttl writetime maxwritetime count min max sum avg cast now uuid min_timeuuid max_timeuuid to_date to_timestamp to_unix_timestamp
  current_date current_time current_timestamp current_timeuuid to_json from_json
  ascii_as_blob bigint_as_blob boolean_as_blob date_as_blob decimal_as_blob double_as_blob duration_as_blob float_as_blob inet_as_blob
  int_as_blob smallint_as_blob text_as_blob time_as_blob timestamp_as_blob timeuuid_as_blob tinyint_as_blob uuid_as_blob varchar_as_blob
  varint_as_blob vector_as_blob
  blob_as_ascii blob_as_bigint blob_as_boolean blob_as_date blob_as_decimal blob_as_double blob_as_duration blob_as_float blob_as_inet
  blob_as_int blob_as_smallint blob_as_text blob_as_time blob_as_timestamp blob_as_timeuuid blob_as_tinyint blob_as_uuid blob_as_varchar
  blob_as_varint
  abs exp log log10 round collection_count collection_min collection_max collection_sum collection_avg map_keys map_values
  mask_null mask_default mask_replace mask_inner mask_outer mask_hash floor
  similarity_cosine similarity_euclidean similarity_dot_product
  mintimeuuid maxtimeuuid todate totimestamp tounixtimestamp dateof unixtimestampof tojson fromjson
  currentdate currenttime currenttimestamp currenttimeuuid`);

/** CQL's words, strings and comments. */
export const cql = SQLDialect.define({
  keywords: keywords.filter((word) => !typeNames.includes(word)).join(' '),
  types: typeNames.join(' '),
  builtin: functionNames.filter((word) => !keywords.includes(word)).join(' '),
  operatorChars: '*+-%<>!=/',
  spaceAfterDashes: false,
  slashComments: true,
  doubleDollarQuotedStrings: true,
  identifierQuotes: '"',
});

/** Classes that the style sheet colours. */
export const colours = tagHighlighter([
  { tag: tags.keyword, class: 'tok-keyword' },
  { tag: [tags.typeName, tags.standard(tags.name)], class: 'tok-type' },
  { tag: tags.string, class: 'tok-string' },
  { tag: tags.special(tags.string), class: 'tok-name' },
  { tag: [tags.number, tags.bool, tags.null], class: 'tok-number' },
  { tag: tags.comment, class: 'tok-comment' },
]);
