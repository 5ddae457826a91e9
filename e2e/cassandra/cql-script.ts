/** One step of a golden's script: a statement, or a directive that stood in a comment line. */
export type ScriptStep =
  | { readonly cql: string }
  /** `-- CLOCK seconds`: from here on wall time stands still at this second of the epoch. */
  | { readonly clock: number }
  /** `-- FLUSH [table]`: memtables become SSTables; every table if none is named (''). */
  | { readonly flush: string }
  /** `-- COMPACT [table]`: flush, then one major compaction. */
  | { readonly compact: string };

/** Cuts CQL into statements without their semicolons; comments go, a BEGIN … APPLY BATCH stays whole. */
export function splitCql(text: string): string[] {
  return parseScript(text).flatMap((step) => ('cql' in step ? [step.cql] : []));
}

/** Reads a script: CQL, with directives in comment lines of their own between statements. */
export function parseScript(text: string): ScriptStep[] {
  const steps: ScriptStep[] = [];
  let statement = '';
  const finish = (): void => {
    if (statement.trim() !== '') steps.push({ cql: statement.trim() });
    statement = '';
  };
  let at = 0;
  while (at < text.length) {
    const end = tokenEnd(text, at);
    const token = text.slice(at, end);
    at = end;
    if (token.startsWith('--') || token.startsWith('//')) {
      const step = statement.trim() === '' ? directive(token) : undefined;
      if (step) steps.push(step);
    } else if (token.startsWith('/*')) {
      statement += ' ';
    } else if (token === ';' && !isOpenBatch(statement)) {
      finish();
    } else {
      statement += token;
    }
  }
  finish();
  return steps;
}

/** Where the comment, the quoted text or the single character ends that begins here. */
function tokenEnd(text: string, at: number): number {
  const two = text.slice(at, at + 2);
  if (two === '--' || two === '//') return found(text, text.indexOf('\n', at), 0);
  if (two === '/*') return found(text, text.indexOf('*/', at + 2), 2);
  if (two === '$$') return found(text, text.indexOf('$$', at + 2), 2);
  const quote = text[at];
  // A doubled quote inside ends one quoted stretch and begins the next: together they are still the whole literal.
  if (quote === "'" || quote === '"') return found(text, text.indexOf(quote, at + 1), 1);
  return at + 1;
}

function found(text: string, index: number, length: number): number {
  return index < 0 ? text.length : index + length;
}

function isOpenBatch(statement: string): boolean {
  return /^\s*BEGIN\b/i.test(statement) && !/\bAPPLY\s+BATCH\s*$/i.test(statement);
}

function directive(comment: string): ScriptStep | undefined {
  const [, word, rest] = /^(?:--|\/\/)\s*(CLOCK|FLUSH|COMPACT)\b\s*(\S*)\s*$/.exec(comment) ?? [];
  if (word === 'CLOCK') return { clock: Number(rest) };
  if (word === 'FLUSH') return { flush: rest };
  if (word === 'COMPACT') return { compact: rest };
  return undefined;
}
