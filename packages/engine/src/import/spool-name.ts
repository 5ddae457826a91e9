const SPOOL = /^import-\d+\.spool$/;

/** The name of the file that keeps a stream while it is imported: litter as soon as nobody has it open. */
export function spoolName(number: number): string {
  return `import-${number}.spool`;
}

/** Whether a file of the store's directory is such a one. */
export function isSpoolName(name: string): boolean {
  return SPOOL.test(name);
}
