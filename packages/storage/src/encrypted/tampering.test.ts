import { describe, expect, test } from 'vitest';
import { FaultyStorage, seededRandom } from '../testing/index.ts';
import { EncryptedStorage } from './encrypted-storage.ts';
import { FRAME_OVERHEAD, FRAME_SIZE, HEADER_COPY_SIZE, HEADER_SIZE } from './file-format.ts';

const KEY = { key: new Uint8Array(32).fill(7) };
const STRIDE = FRAME_SIZE + FRAME_OVERHEAD;

/** Plaintext of which every frame is another. */
function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >>> 9)) & 127);
}

interface Place {
  readonly disk: FaultyStorage;
  readonly storage: EncryptedStorage;
}

/** A store with a file `f` of these bytes, written in one piece, and `g` of the same size. */
async function twoFiles(size: number): Promise<Place> {
  const disk = new FaultyStorage({ random: seededRandom(1) });
  const storage = new EncryptedStorage(disk, KEY);
  await storage.acquire();
  for (const name of ['f', 'g']) {
    const file = await storage.open(name, { create: true });
    file.write(name === 'f' ? pattern(size) : pattern(size).map((byte) => byte ^ 1), 0);
    file.flush();
    file.close();
  }
  return { disk, storage };
}

/** What a reader gets, in pieces of so many bytes; a piece that can't be read is null. */
async function readPieces({ storage }: Place, piece: number, lenient = false): Promise<(Uint8Array | null)[]> {
  const file = await storage.open('f', { lenient });
  const pieces: (Uint8Array | null)[] = [];
  for (let at = 0; at < file.size; at += piece) {
    const bytes = new Uint8Array(Math.min(piece, file.size - at));
    try {
      expect(file.read(bytes, at)).toBe(bytes.length);
      pieces.push(bytes);
    } catch (error) {
      expect(error).toMatchObject({ code: 'CORRUPTION', file: 'f', data: { file: 'f', offset: expect.any(Number) } });
      pieces.push(null);
    }
  }
  file.close();
  return pieces;
}

/** Never a byte that was not written: each piece is what it was or is refused. Returns the numbers of those refused. */
async function refusedPieces(place: Place, size: number, piece = FRAME_SIZE): Promise<number[]> {
  const pieces = await readPieces(place, piece);
  const refused: number[] = [];
  for (const [number, bytes] of pieces.entries()) {
    const expected = pattern(size).subarray(number * piece, number * piece + piece);
    if (bytes === null) refused.push(number);
    else expect(Buffer.compare(bytes, expected.subarray(0, bytes.length))).toBe(0);
  }
  return refused;
}

const SIZE = 6 * FRAME_SIZE + 100;

describe('a file that somebody changed', () => {
  test('never shows other bytes than were written, whichever bit is flipped, and loses no more than the frame it was in', async () => {
    const size = 2 * FRAME_SIZE + 50;
    const { disk, storage } = await twoFiles(size);
    const whole = disk.contentOf('f');
    const positions: number[] = [];
    for (let at = 0; at < HEADER_SIZE; at += 5) positions.push(at);
    for (const start of [0, 1, 2])
      for (let at = 0; at < FRAME_OVERHEAD; at += 3) positions.push(HEADER_SIZE + start * STRIDE + at);
    for (let at = HEADER_SIZE; at < whole.length; at += 397) positions.push(at);
    positions.push(whole.length - 1);
    for (const position of positions) {
      disk.place('f', whole);
      disk.flipBit('f', position, position & 7);
      const refused = await refusedPieces({ disk, storage }, size);
      // Of the header there are two copies.
      const expected = position < HEADER_SIZE ? [] : [Math.floor((position - HEADER_SIZE) / STRIDE)];
      expect(refused, `bit of byte ${position}`).toEqual(expected);
    }
  });

  test('shows 0xff in the place of damage to those who check all that they read', async () => {
    const place = await twoFiles(SIZE);
    place.disk.flipBit('f', HEADER_SIZE + STRIDE + 1000, 3);
    const [bytes] = await readPieces(place, SIZE, true);
    const expected = pattern(SIZE);
    expected.fill(0xff, FRAME_SIZE, 2 * FRAME_SIZE);
    expect(Buffer.compare(bytes!, expected)).toBe(0);
  });

  test('shows no frame in the place of another', async () => {
    const place = await twoFiles(SIZE);
    const whole = place.disk.contentOf('f');
    const frame = (number: number) => whole.slice(HEADER_SIZE + number * STRIDE, HEADER_SIZE + (number + 1) * STRIDE);
    const [second, fourth] = [frame(1), frame(3)];
    whole.set(fourth, HEADER_SIZE + STRIDE);
    whole.set(second, HEADER_SIZE + 3 * STRIDE);
    place.disk.place('f', whole);
    const refused = await refusedPieces(place, SIZE);
    expect(refused).toContain(1);
    expect(await refusedPieces(place, SIZE, 64)).not.toEqual([]);
  });

  test('shows no frame of another file, nor another file', async () => {
    const place = await twoFiles(SIZE);
    const [whole, other] = [place.disk.contentOf('f'), place.disk.contentOf('g')];
    const mixed = whole.slice();
    mixed.set(other.subarray(HEADER_SIZE + STRIDE, HEADER_SIZE + 2 * STRIDE), HEADER_SIZE + STRIDE);
    place.disk.place('f', mixed);
    expect(await refusedPieces(place, SIZE)).toEqual([1]);
    place.disk.place('f', other);
    expect((await readPieces(place, FRAME_SIZE)).every((piece) => piece === null)).toBe(true);
    // A header of its own on another's frames.
    const headed = other.slice();
    headed.set(whole.subarray(0, HEADER_SIZE));
    place.disk.place('f', headed);
    expect((await readPieces(place, FRAME_SIZE)).every((piece) => piece === null)).toBe(true);
  });

  test('that was cut short is as short, or damaged where the cut is', async () => {
    const place = await twoFiles(SIZE);
    const whole = place.disk.contentOf('f');
    for (let cut = 0; cut < whole.length; cut += 211) {
      place.disk.place('f', whole.slice(0, cut));
      const file = await place.storage.open('f');
      const left = Math.max(0, Math.min(6, Math.floor((cut - HEADER_SIZE) / STRIDE)));
      expect(file.size).toBeLessThan(SIZE);
      expect(file.size).toBeGreaterThanOrEqual(left * FRAME_SIZE);
      file.close();
      const refused = await refusedPieces(place, SIZE);
      expect(
        refused.every((number) => number === left),
        `cut at ${cut}`,
      ).toBe(true);
    }
  });

  test('that lost a frame in its middle, or got one twice, shows none in a wrong place', async () => {
    const place = await twoFiles(SIZE);
    const whole = place.disk.contentOf('f');
    const [before, frame, after] = [
      whole.subarray(0, HEADER_SIZE + STRIDE),
      whole.subarray(HEADER_SIZE + STRIDE, HEADER_SIZE + 2 * STRIDE),
      whole.subarray(HEADER_SIZE + 2 * STRIDE),
    ];
    place.disk.place('f', new Uint8Array([...before, ...after]));
    expect(await refusedPieces(place, SIZE)).toContain(1);
    place.disk.place('f', new Uint8Array([...before, ...frame, ...frame, ...after]));
    await refusedPieces(place, SIZE);
    const file = await place.storage.open('f');
    expect(file.size).toBe(SIZE);
    file.close();
  });

  test('whose log was cut and written anew does not take what it held there before for it, behind what is new', async () => {
    const { disk, storage } = await twoFiles(10);
    const log = await storage.open('log', { create: true });
    for (const text of ['one', 'two', 'six']) log.write(new TextEncoder().encode(text), log.size);
    const before = disk.contentOf('log');
    log.truncate(3);
    log.write(new TextEncoder().encode('THREE'), 3);
    log.close();
    // The third frame of before, where a third one would be.
    const now = disk.contentOf('log');
    disk.place('log', new Uint8Array([...now, ...before.subarray(HEADER_SIZE + 2 * (3 + FRAME_OVERHEAD))]));
    const again = await storage.open('log', { lenient: true });
    const bytes = new Uint8Array(again.size);
    again.read(bytes, 0);
    expect(new TextDecoder().decode(bytes.subarray(0, 8))).toBe('oneTHREE');
    expect(new TextDecoder().decode(bytes)).not.toContain('six');
  });

  test('has a header that says of itself when it is of another store', async () => {
    const place = await twoFiles(SIZE);
    const stranger = new EncryptedStorage(new FaultyStorage({ random: seededRandom(2) }), KEY);
    await stranger.acquire();
    const other = await twoFiles(SIZE);
    // Made under the same passphrase or key: the key of the store is another all the same.
    place.disk.place('f', other.disk.contentOf('f'));
    expect((await readPieces(place, FRAME_SIZE)).every((piece) => piece === null)).toBe(true);
    const header = place.disk.contentOf('f').subarray(0, HEADER_COPY_SIZE);
    expect(new TextDecoder().decode(header.subarray(0, 8))).toBe('CASSENCR');
  });
});

describe('a power cut', () => {
  test('takes nothing that was flushed, and what it tears is refused or gone', async () => {
    let torn = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      let disk = new FaultyStorage({ random });
      let storage = new EncryptedStorage(disk, KEY);
      await storage.acquire();
      const kept = new Map<string, { readonly all: Uint8Array; readonly flushed: number }>();
      for (let life = 0; life < 3; life++) {
        const name = `log-${life}`;
        const file = await storage.open(name, { create: true, bulk: random() < 0.5 });
        let flushed = 0;
        let all = new Uint8Array(0);
        disk.crashAfter(Math.floor(random() * 12));
        try {
          for (let n = 0; n < 10; n++) {
            const bytes = Uint8Array.from({ length: 1 + Math.floor(random() * 6000) }, () => 1 + Math.floor(random() * 200));
            all = Uint8Array.from(Buffer.concat([all, bytes]));
            file.write(bytes, file.size);
            if (random() < 0.5) {
              file.flush();
              flushed = all.length;
            }
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'SIMULATED_CRASH' });
        }
        kept.set(name, { all, flushed });
        disk = disk.crash();
        storage = new EncryptedStorage(disk, KEY);
        await storage.acquire();
        for (const [written, expected] of kept) {
          if (!(await storage.exists(written))) {
            expect(expected.flushed).toBe(0);
            continue;
          }
          const again = await storage.open(written, { lenient: true });
          const bytes = new Uint8Array(again.size);
          again.read(bytes, 0);
          const safe = bytes.subarray(0, expected.flushed);
          expect(Buffer.compare(safe, expected.all.subarray(0, expected.flushed)), `seed ${seed}, life ${life}`).toBe(0);
          for (let i = expected.flushed; i < bytes.length; i++) {
            if (bytes[i] === 0xff) torn++;
            else if (bytes[i] !== expected.all[i]) throw new Error(`seed ${seed}: byte ${i} was never written`);
          }
          again.close();
        }
      }
      await storage.close();
    }
    expect(torn).toBeGreaterThan(0);
  });

  test('that tore the end of a file lets nothing be written behind it before it is cut', async () => {
    const { disk, storage } = await twoFiles(SIZE);
    disk.place('f', disk.contentOf('f').slice(0, -1));
    const file = await storage.open('f');
    expect(() => file.write(pattern(1), file.size)).toThrow(expect.objectContaining({ code: 'ENCRYPTION_APPEND_ONLY' }));
    file.truncate(6 * FRAME_SIZE);
    file.write(pattern(SIZE).subarray(6 * FRAME_SIZE), 6 * FRAME_SIZE);
    file.close();
    expect(await refusedPieces({ disk, storage }, SIZE)).toEqual([]);
  });
});
