import { expect, test } from 'vitest';
import { decodeToc, encodeToc } from './index.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('names are sorted, each once, each with a newline', () => {
  const toc = encodeToc([
    'TOC.txt',
    'Data.db',
    'CRC.db',
    'Digest.crc32',
    'Filter.db',
    'Index.db',
    'Statistics.db',
    'Summary.db',
    'Data.db',
  ]);
  expect(new TextDecoder().decode(toc)).toBe(
    'CRC.db\nData.db\nDigest.crc32\nFilter.db\nIndex.db\nStatistics.db\nSummary.db\nTOC.txt\n',
  );
});

test('any order, a missing last newline and CRLF are read', () => {
  expect(decodeToc(bytes('Index.db\r\nData.db\n\nTOC.txt'), 'nb-1-big-TOC.txt')).toEqual(['Index.db', 'Data.db', 'TOC.txt']);
});

test('a line that is no component is refused with its place', () => {
  expect(() => decodeToc(bytes('Data.db\n../../etc/passwd\n'), 'nb-1-big-TOC.txt')).toThrow(
    '"../../etc/passwd" is no component (nb-1-big-TOC.txt at 8)',
  );
});
