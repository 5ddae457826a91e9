import type { ColumnInfo, KeyspaceInfo, TableInfo } from '@cassette/client';
import { signal } from '@preact/signals';
import { putInConsole } from '../console/console.tsx';
import { quoteName } from '../console/quote-name.ts';
import { schema, schemaText } from '../store/watch.ts';

const view = signal<'tree' | 'cql'>('tree');

/** Keyspaces, tables and columns, as a tree or as the CQL that would make them. */
export function SchemaPanel() {
  return (
    <section class="panel schema" aria-label="Schema">
      <header>
        <h2>Schema</h2>
        <fieldset class="switch" aria-label="Show the schema as">
          {(['tree', 'cql'] as const).map((kind) => (
            <button
              type="button"
              key={kind}
              aria-pressed={view.value === kind}
              onClick={() => {
                view.value = kind;
              }}
            >
              {kind === 'tree' ? 'Tree' : 'CQL'}
            </button>
          ))}
        </fieldset>
      </header>
      <div class="scroll">
        {view.value === 'tree' ? <Tree /> : <pre class="cql-text">{schemaText.value || 'No keyspaces yet.'}</pre>}
      </div>
    </section>
  );
}

function Tree() {
  const keyspaces = schema.value;
  if (keyspaces === null) return <p class="muted padded">Reading …</p>;
  if (keyspaces.length === 0) return <p class="muted padded">No keyspaces yet. Load the sample data, or CREATE one.</p>;
  return (
    <>
      {keyspaces.map((keyspace) => (
        <details key={keyspace.name} open>
          <summary class="keyspace">{keyspace.name}</summary>
          {keyspace.tables.length === 0 && <p class="muted padded">No tables.</p>}
          {keyspace.tables.map((table) => (
            <Table key={table.name} table={table} />
          ))}
          <Types keyspace={keyspace} />
        </details>
      ))}
    </>
  );
}

function Table({ table }: { table: TableInfo }) {
  const { keyspace, name, columns } = table;
  const select = (what: string) => putInConsole(`SELECT ${what} FROM ${quoteName(keyspace)}.${quoteName(name)} LIMIT 100;`);
  return (
    <div class="table-of-schema">
      {/* Beside the summary and not in it: a control in a control is none for a screen reader. */}
      <button
        type="button"
        class="quiet"
        title={`SELECT * FROM ${keyspace}.${name}`}
        aria-label={`Put SELECT * FROM ${keyspace}.${name} into the console`}
        onClick={() => select('*')}
      >
        select
      </button>
      <details class="table" open>
        <summary>
          <span>{name}</span>
        </summary>
        <ul>
          {columns.map((column) => (
            <li key={column.name}>
              <button
                type="button"
                class="column"
                title={`${column.name} ${column.type}: ${meaning(column)}`}
                onClick={() => select(quoteName(column.name))}
              >
                <span class="name">{column.name}</span>
                <span class="type">{column.type}</span>
                <Role column={column} />
              </button>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

function meaning({ kind, descending }: ColumnInfo): string {
  switch (kind) {
    case 'partition_key':
      return 'partition key: which partition a row is in';
    case 'clustering':
      return `clustering column: the order inside a partition, ${descending ? 'descending' : 'ascending'}`;
    case 'static':
      return 'static column: one value a partition';
    default:
      return 'regular column';
  }
}

function Role({ column }: { column: ColumnInfo }) {
  switch (column.kind) {
    case 'partition_key':
      return <abbr class="role key">PK</abbr>;
    case 'clustering':
      return <abbr class="role">CK {column.descending ? '↓' : '↑'}</abbr>;
    case 'static':
      return <abbr class="role">static</abbr>;
    default:
      return null;
  }
}

function Types({ keyspace }: { keyspace: KeyspaceInfo }) {
  if (keyspace.types.length === 0) return null;
  return (
    <ul class="types">
      {keyspace.types.map((type) => (
        <li key={type.name}>
          <b>{type.name}</b> <span class="muted">type</span>
          <ul>
            {type.fields.map((field) => (
              <li key={field.name}>
                <span class="name">{field.name}</span> <span class="type">{field.type}</span>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
