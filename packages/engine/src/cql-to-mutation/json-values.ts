import { ByteWriter } from '@cassette/bytes';
import {
  type ColumnMetadata,
  type CqlType,
  encodeJson,
  type InsertJsonStatement,
  InvalidRequestError,
  isJsonObject,
  type JsonValue,
  jsonByName,
  nativeTypes,
  type Place,
  parseJson,
  type TableMetadata,
} from '@cassette/cql';
import { type Binding, TermState } from '../prepared/binding.ts';
import { argumentValue } from '../prepared/functions/index.ts';
import { receiver, type StatementContext } from '../prepared/statement-context.ts';
import { type BoundTerm, prepareTerm } from '../prepared/terms/index.ts';

type Values = ReadonlyMap<string, JsonValue>;

/** The JSON of an INSERT as values by column: read once for each execution. Cassandra: Json.Prepared. */
class JsonSource {
  private readonly table: TableMetadata;
  private readonly text: BoundTerm;
  /** Whether the values are looked at once the text is read, for a condition may keep them from being written. */
  private readonly looksAhead: boolean;
  private binding: Binding | null = null;
  private values: Values = new Map();

  constructor(table: TableMetadata, text: BoundTerm, looksAhead: boolean) {
    this.table = table;
    this.text = text;
    this.looksAhead = looksAhead;
  }

  get where(): Place {
    return this.text.where;
  }

  /** Throws InvalidRequestError for what is no JSON object, and for names that no column has. */
  valuesFor(binding: Binding): Values {
    if (binding === this.binding) return this.values;
    this.values = this.read(binding);
    this.binding = binding;
    return this.values;
  }

  private read(binding: Binding): Values {
    const bytes = argumentValue('INSERT JSON', this.text, binding);
    const value = bytes === null ? null : parseJson(nativeTypes.text.decode(bytes, 0, bytes.length) as string);
    if (value === null) throw new InvalidRequestError('Got null for INSERT JSON values', this.where);
    if (!isJsonObject(value)) throw new InvalidRequestError('Could not decode JSON string as a map', this.where);
    const values = jsonByName(value);
    for (const [name, value] of values) {
      const column = this.table.column(name);
      if (column === undefined) {
        throw new InvalidRequestError(`JSON values map contains unrecognized column: ${name}`, this.where);
      }
      if (this.looksAhead && value !== null) encodeColumn(column, value, new ByteWriter(32), this.where);
    }
    return values;
  }
}

/** What the JSON says of one column. Cassandra: Json.DelayedColumnValue. */
class JsonColumnTerm implements BoundTerm {
  readonly type: CqlType;
  private readonly source: JsonSource;
  private readonly column: ColumnMetadata;
  private readonly missing: TermState;

  constructor(source: JsonSource, column: ColumnMetadata, missing: TermState) {
    this.type = column.type;
    this.source = source;
    this.column = column;
    this.missing = missing;
  }

  get where(): Place {
    return this.source.where;
  }

  write(binding: Binding, out: ByteWriter): TermState {
    const value = this.source.valuesFor(binding).get(this.column.name);
    if (value === undefined) return this.missing;
    if (value === null) return TermState.NULL;
    encodeColumn(this.column, value, out, this.where);
    return TermState.VALUE;
  }
}

function encodeColumn({ name, type }: ColumnMetadata, value: Exclude<JsonValue, null>, out: ByteWriter, where: Place): void {
  try {
    encodeJson(type, value, out);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw new InvalidRequestError(`Error decoding JSON value for ${name}: ${error.reason}`, where);
  }
}

// Nothing in a literal looks at the binding.
const NO_BINDING = undefined as never as Binding;

/** A term for each column of the table. JSON that is written out is looked at now. Throws InvalidRequestError. */
export function jsonTerms(
  context: StatementContext,
  table: TableMetadata,
  { json, missing, ifNotExists }: InsertJsonStatement,
): ReadonlyMap<ColumnMetadata, BoundTerm> {
  const source = new JsonSource(table, prepareTerm(context, receiver(table, '[json]', nativeTypes.text), json), ifNotExists);
  const absent = missing === 'unset' ? TermState.UNSET : TermState.NULL;
  const terms = new Map(table.columns.map((column) => [column, new JsonColumnTerm(source, column, absent)]));
  if (json.kind === 'string') for (const term of terms.values()) term.write(NO_BINDING, new ByteWriter(32));
  return terms;
}
