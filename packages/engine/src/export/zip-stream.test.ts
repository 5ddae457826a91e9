import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ZipStream } from './zip-stream.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-zip-'));
  path = join(folder, 'x.zip');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A zip in a file, which begins after a hole of so many bytes. */
async function written(make: (zip: ZipStream) => Promise<void>, hole = 0): Promise<void> {
  const file = openSync(path, 'w');
  let position = hole;
  const zip = new ZipStream(
    {
      write: (chunk) => {
        position += writeSync(file, chunk, 0, chunk.length, position);
      },
    },
    Date.UTC(2026, 0, 2, 3, 4, 6),
    hole,
  );
  await make(zip);
  await zip.finish();
  expect(zip.bytesWritten).toBe(position);
  closeSync(file);
}

/** What Python's zipfile says of it: names, sizes, times, and whether all CRCs are right. Null where there is no Python. */
function asPython(): { entries: [string, number, string][]; bad: string | null } | null {
  const program = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
print(json.dumps({'entries': [[i.filename, i.file_size, '%d-%d-%d %d:%d:%d' % i.date_time] for i in z.infolist()], 'bad': z.testzip()}))`;
  const { status, stdout, stderr, error } = spawnSync('python3', ['-c', program, path], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (error) return null;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

/** What unzip -t ends with; null where there is none. */
function asUnzip(): string | null {
  const { stdout, error } = spawnSync('unzip', ['-tqq', path], { encoding: 'utf8' });
  return error ? null : stdout;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const patterned = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 31) ^ (i >> 8));

test('what goes in comes out, in whatever pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.tuple(
          fc.string({ unit: 'grapheme' }).map((name) => `k/${name}`),
          fc.array(fc.nat(300_000).map(patterned), { maxLength: 3 }),
        ),
        {
          selector: ([name]) => name,
          maxLength: 5,
        },
      ),
      async (entries) => {
        await written(async (zip) => {
          for (const [name, chunks] of entries) {
            await zip.add(
              name,
              chunks.reduce((sum, { length }) => sum + length, 0),
              chunks,
            );
          }
        });
        const out = unzipSync(readFileSync(path));
        for (const [name, chunks] of entries) expect(Buffer.concat(chunks).equals(out[name])).toBe(true);
        expect(Object.keys(out).length).toBe(entries.length);
      },
    ),
    { numRuns: 10 },
  );
});

test('a zip of little is one that needs no Zip64', async () => {
  await written(async (zip) => {
    await zip.add('k/t/näme', 3, [bytes('abc')]);
    await zip.add('empty', 0, []);
  });
  expect(readFileSync(path).includes(Buffer.from('PK\x06\x06', 'latin1'))).toBe(false);
  const python = asPython();
  if (python !== null) {
    expect(python).toEqual({
      entries: [
        ['k/t/näme', 3, '2026-1-2 3:4:6'],
        ['empty', 0, '2026-1-2 3:4:6'],
      ],
      bad: null,
    });
  }
  expect(asUnzip() ?? '').toBe('');
});

test('more than 65,535 entries are all there', async () => {
  const count = 66_000;
  await written(async (zip) => {
    for (let i = 0; i < count; i++) await zip.add(`${i}`, 1, [Uint8Array.of(i & 0xff)]);
  });
  const python = asPython();
  if (python === null) return;
  expect(python.bad).toBe(null);
  expect(python.entries.length).toBe(count);
  expect(python.entries[count - 1][0]).toBe(`${count - 1}`);
});

test('entries that begin past 4 GiB are found, and so is the directory', async () => {
  await written(
    async (zip) => {
      await zip.add('a', 5, [bytes('first')]);
      await zip.add('b', 6, [bytes('second')]);
    },
    5 * 2 ** 30,
  );
  const python = asPython();
  if (python !== null)
    expect(python).toMatchObject({
      entries: [
        ['a', 5],
        ['b', 6],
      ].map((entry) => [...entry, '2026-1-2 3:4:6']),
      bad: null,
    });
  expect(asUnzip() ?? '').toBe('');
});

test('content of another size than was said is refused', async () => {
  const zip = new ZipStream({ write: () => undefined }, 0);
  await expect(zip.add('a', 5, [bytes('four')])).rejects.toMatchObject({ code: 'EXPORT_FAILED' });
});
