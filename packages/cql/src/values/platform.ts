// The one place in this package that asks the platform for the time and for chance, for those who make ids without an engine.

/** Milliseconds since 1970. */
export function platformMillis(): number {
  return Date.now();
}

/** That many bytes fit for ids that nobody else has. */
export function platformRandomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}
