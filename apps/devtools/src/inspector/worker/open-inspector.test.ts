import { CassetteError } from '@cassette/bytes';
import { expose, wrap } from 'comlink';
import { afterEach, expect, test } from 'vitest';
import { type AnsweringInspector, answering } from './call-envelope.ts';
import type { VerifyFinding } from './inspector.ts';
import { InspectorHost } from './inspector-host.ts';
import { calling } from './open-inspector.ts';
import { BytesBlob } from './testing/bytes-blob.ts';
import { dropped, goldenFiles } from './testing/golden-files.ts';

const ports: MessagePort[] = [];

afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** A host, and what a page has of it over a channel. */
function linked(died: Promise<never> = new Promise(() => undefined)) {
  const host = new InspectorHost({
    readBlob: (blob) => (blob as unknown as BytesBlob).now(),
    makeBlob: () => new BytesBlob(new Uint8Array(0)) as unknown as Blob,
    privateFiles: () => Promise.reject(new DOMException('none', 'SecurityError')),
    now: () => 0,
    pause: () => Promise.resolve(),
  });
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  expose(answering(host), port1);
  return { host, inspector: calling(wrap<AnsweringInspector>(port2), died, () => port2.close()) };
}

test('calls, their answers and what is told meanwhile cross to the worker and back', async () => {
  const { host, inspector } = linked();
  const { added } = await host.addFiles(dropped(goldenFiles('da/wide/sstables/g/blocks')));
  const [{ id }] = added;
  expect(await inspector.facts(id)).toEqual(await host.facts(id));
  expect(await inspector.rows(id, 0, 1, 5)).toEqual(await host.rows(id, 0, 1, 5));
  expect(await inspector.bytes(id, 'Data.db', 'file', 0, 100)).toEqual(await host.bytes(id, 'Data.db', 'file', 0, 100));
  const root = await inspector.root(id, 'Rows.db', 'file');
  expect(await inspector.parts(id, 'Rows.db', 'file', root, 0, 10)).toEqual(await host.parts(id, 'Rows.db', 'file', root, 0, 10));
  const told: VerifyFinding[] = [];
  expect(await inspector.verify(id, (finding) => told.push(finding))).toBe(true);
  await expect.poll(() => told.map(({ severity }) => severity)).toContain('fine');
});

test('errors come with their code and data', async () => {
  const { inspector } = linked();
  const error = await inspector.facts('s77').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CassetteError);
  expect(error).toMatchObject({ code: 'NOT_INSPECTED', data: { id: 's77' } });
  await expect(inspector.addStore('shop')).rejects.toMatchObject({ code: 'NO_PRIVATE_FILES' });
});

test('a worker that dies ends what waits for it', async () => {
  let die: (error: Error) => void = () => undefined;
  const died = new Promise<never>((_, reject) => {
    die = reject;
  });
  const { inspector } = linked(died);
  ports[0].close();
  const waiting = inspector.facts('s1');
  die(new CassetteError('WORKER_DIED', 'it died'));
  await expect(waiting).rejects.toMatchObject({ code: 'WORKER_DIED' });
});
