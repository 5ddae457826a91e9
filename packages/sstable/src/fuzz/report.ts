import type { Tally } from './examination.ts';

/** `CASSETTE_FUZZ=long`: every bit of every byte, lies about lengths at every place, and many more random damages. */
export const isLong = process.env['CASSETTE_FUZZ'] === 'long';

/** What random damage begins with; `CASSETTE_FUZZ_SEED` plays one again. */
export const seed = Number(process.env['CASSETTE_FUZZ_SEED'] ?? 20_251_122);

/** Tells what came of a component's damaged copies: figures for people, in the long run only. */
export function tell(name: string, { files, refusedAtOpen, refusedInPart, equal, otherRows }: Tally): void {
  if (!isLong) return;
  process.stdout.write(
    `${name}: ${files} damaged files, ${refusedAtOpen} refused when opened, ${refusedInPart} by some reads, ${equal} read as ever, ${otherRows} with other rows\n`,
  );
}
