import { type Judgement, judged, type SendOptions, send, waiting } from './send.ts';
import { addressOf, chunksOf, damaged, type UploadOptions, type UploadReport, Uploads } from './upload-export.ts';
import { XxHash32 } from './xxhash32.ts';
import { type ExportPart, partsOf } from './zip-parts.ts';

/** Milliseconds between two questions whether an import is done. */
const IMPORT_POLL_MS = 1000;

/** How an export is uploaded to Cassandra Sidecar. */
export interface SidecarUploadOptions extends UploadOptions {
  /** Whether the node imports what arrived. Default true. */
  readonly import?: boolean;
  /** Whether the node looks at every value of what it imports. Default: as Sidecar has it. */
  readonly extendedVerify?: boolean;
  /** Whether the node refuses SSTables with tokens that it does not own. Default: as Sidecar has it. */
  readonly verifyTokens?: boolean;
}

/**
 * Uploads the SSTables of an export's zip to the node of a Cassandra Sidecar and has it import them:
 * `PUT /api/v1/uploads/{id}/keyspaces/{keyspace}/tables/{table}/components/{file}` for each component, with its XXHash32, and then
 * `PUT …/tables/{table}/import`, asked again until the node is done. The upload's id is the export's, so that what arrived is found again.
 * Keyspaces and tables have to be there. Rejects with UploadError, AbortedError, and CassetteError NOT_AN_EXPORT.
 */
export async function uploadToSidecar(zip: Blob, url: string, options: SidecarUploadOptions = {}): Promise<UploadReport> {
  const { manifest, parts } = await partsOf(zip);
  const tableOf = new Map<string, readonly [keyspace: string, table: string]>();
  for (const { keyspace, table, components } of manifest.sstables) {
    for (const { name } of components) tableOf.set(name, [keyspace, table]);
  }
  const base = (keyspace: string, table: string) =>
    ['api', 'v1', 'uploads', manifest.id, 'keyspaces', quoted(keyspace), 'tables', quoted(table)] as const;
  const components = parts.filter(({ name }) => tableOf.has(name));
  const run = new Uploads(components, options, async (part) => {
    const [keyspace, table] = tableOf.get(part.name)!;
    const address = addressOf(url, [...base(keyspace, table), 'components', part.name.slice(part.name.lastIndexOf('/') + 1)]);
    const headers = { 'content-type': 'application/octet-stream', 'cassandra-content-xxhash32': await xxHashOf(part) };
    await send(address, { method: 'PUT', body: part.content, headers }, options, judgedBySidecar);
    return true;
  });
  await run.all(components);
  if (options.import !== false) {
    const tables = new Map(
      manifest.sstables.map(({ keyspace, table }) => [JSON.stringify([keyspace, table]), [keyspace, table] as const]),
    );
    for (const [keyspace, table] of tables.values()) {
      const address = new URL(addressOf(url, [...base(keyspace, table), 'import']));
      for (const name of ['extendedVerify', 'verifyTokens'] as const) {
        if (options[name] !== undefined) address.searchParams.set(name, String(options[name]));
      }
      await run.step(`import ${keyspace}.${table}`, () => imported(address.href, options));
    }
  }
  return run.report(manifest.id);
}

/** A name as Sidecar's addresses have it: what is not in quotes it takes for small letters. Sidecar: common.server.data.Name. */
function quoted(name: string): string {
  return /^[a-z][a-z0-9_]*$/.test(name) ? name : `"${name}"`;
}

/** What arrived was not what the header says: Sidecar has a status of its own for that, and its client sends it again. */
const CHECKSUM_MISMATCH = 455;

function judgedBySidecar(response: Response): Judgement {
  return response.status === CHECKSUM_MISMATCH ? 'again' : judged(response);
}

/** Asks for an import until it is done: 202 says that it goes on. */
async function imported(address: string, options: SendOptions): Promise<void> {
  const { wait = waiting(options.signal) } = options;
  for (;;) {
    const response = await send(address, { method: 'PUT' }, options);
    if (response.status !== 202) return;
    await wait(IMPORT_POLL_MS);
  }
}

/** XXHash32 as Java's Long.toHexString prints it; looks at the content's size on the way. */
async function xxHashOf(part: ExportPart): Promise<string> {
  const hash = new XxHash32();
  let size = 0;
  for await (const chunk of chunksOf(part.content)) {
    hash.update(chunk);
    size += chunk.length;
  }
  if (size !== part.size) throw damaged(part);
  return hash.digest().toString(16);
}
