// What HELP says.

const topics: Readonly<Record<string, string>> = {
  COPY: `COPY [keyspace.]table [(column, …)] FROM 'file.csv' | 'file.json' | STDIN [WITH option = value AND …]
COPY [keyspace.]table [(column, …)] TO 'file.csv' | 'file.json' | STDOUT [WITH option = value AND …]

Rows out of a file into a table, or the other way round. The page asks for the file that FROM names, unless it was
dropped here; STDIN is text that you paste. JSON is one object a line, as SELECT JSON gives it.

both   HEADER = false         the first line has the names of the columns
       DELIMITER = ','        between values
       QUOTE = '"'            around values that hold delimiters, quotes or ends of lines
       ESCAPE = '\\'           before a quote in a value
       NULL = ''              the text of no value; FROM leaves such a cell as it is
       DATETIMEFORMAT         of timestamps, as in '%Y-%m-%d %H:%M:%S%z'
       BOOLSTYLE = 'True, False'
       DECIMALSEP = '.'       THOUSANDSSEP = ''
       FORMAT = 'csv'         or 'json'; what the name of the file says, if absent
TO     PAGESIZE = 1000        BEGINTOKEN = n        ENDTOKEN = n
       FLOATPRECISION = 5     DOUBLEPRECISION = 12  9 and 17 lose nothing
FROM   MAXROWS = -1           SKIPROWS = 0          SKIPCOLS = 'a, b'
       CHUNKSIZE = 5000       rows that are written at a time
       MAXPARSEERRORS = -1    MAXINSERTERRORS = 1000
       TTL = seconds`,
  DESCRIBE: `DESCRIBE CLUSTER | KEYSPACES | TABLES | TYPES | [FULL] SCHEMA
DESCRIBE KEYSPACE [name] | TABLE name | TYPE name | name

What there is, and the CQL that would make it. DESC is short for it; WITH INTERNALS tells ids as well.`,
  EXPAND: `EXPAND [ON | OFF]

Whether rows are shown below each other, a column a line.`,
  PAGING: `PAGING [ON | OFF | rows]

With paging a result is fetched as you scroll, 1000 rows or so many at a time; without it, all at once.`,
  TRACING: `TRACING [ON | OFF]

Whether below each result stands what was done for it, and when: memtables, SSTables, filters, the log.`,
  SOURCE: `SOURCE 'file.cql'

Runs the statements of a file, one after the other, and goes on behind those that are refused. The page asks for the file,
unless it was dropped here.`,
  CONSISTENCY: `CONSISTENCY [level]
SERIAL CONSISTENCY [SERIAL | LOCAL_SERIAL]

Kept for your scripts. A store is one node that is always there: every level is met.`,
  SHOW: `SHOW VERSION | HOST

What this is, and where the data lies.`,
  HISTORY:
    'HISTORY\n\nWhat was run; the button of that name searches it. ↑ in the first line of the editor and ↓ in the last walk through it.',
  CLEAR: 'CLEAR\nCLS\n\nPuts the results away.',
  EXIT: 'EXIT\nQUIT\n\nA page is left by closing it: what was acknowledged is kept.',
  LOGIN: 'LOGIN\n\nA store has no users: whoever can open this page can open its stores.',
};
const aliases: Readonly<Record<string, string>> = { DESC: 'DESCRIBE', SERIAL: 'CONSISTENCY', CLS: 'CLEAR', QUIT: 'EXIT' };

const overview = `Commands, as cqlsh has them:
  CLEAR        CONSISTENCY  COPY         DESCRIBE     EXIT         EXPAND
  HELP         HISTORY      LOGIN        PAGING       SERIAL CONSISTENCY
  SHOW         SOURCE       TRACING

CQL:
  SELECT       INSERT       UPDATE       DELETE       BEGIN BATCH  TRUNCATE
  CREATE, ALTER, DROP       KEYSPACE, TABLE, TYPE     USE

HELP COPY and the like tell more. Ctrl+Enter runs what is selected, or all; Ctrl+Space completes.`;

/** The words about topics, or about everything. */
export function help(asked: readonly string[]): string {
  if (asked.length === 0) return overview;
  return asked
    .map((word) => {
      const name = word.toUpperCase();
      return topics[aliases[name] ?? name] ?? `There is no help on ${word.slice(0, 60)}. HELP lists what there is.`;
    })
    .join('\n\n');
}
