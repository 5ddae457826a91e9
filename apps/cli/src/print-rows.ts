import type { ResultSet } from '@cassette/engine';

/** A row as SELECT JSON prints it: names that need quotes in CQL have them inside the string as well. */
function jsonName(name: string): string {
  return JSON.stringify(/^[a-z][a-z0-9_]*$|^[^A-Z"]*$/.test(name) ? name : `"${name}"`);
}

/** The rows of a result, one JSON object a line, values as SELECT JSON gives them. */
export function* printRows(result: ResultSet): Generator<string> {
  const columns = result.columns ?? [];
  // SELECT JSON itself answers one column that is the object already.
  const isJson = columns.length === 1 && columns[0].name === '[json]';
  for (let row = 0; row < result.rowLength; row++) {
    if (isJson) {
      yield `${String(result.value(row, 0))}\n`;
      continue;
    }
    const fields = columns.map((column, i) => {
      const cell = result.cell(row, i);
      return `${jsonName(column.name)}: ${cell === null ? 'null' : column.type.toJson(cell, 0, cell.length)}`;
    });
    yield `{${fields.join(', ')}}\n`;
  }
}
