// Names of CQL as names of TypeScript. CQL's may be anything in double quotes.

/** Words that are never names in a module of JavaScript. */
const reserved: readonly string[] = [
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in',
  'instanceof new null return super switch this throw true try typeof var void while with',
  'await implements interface let package private protected public static yield',
].flatMap((words) => words.split(' '));

/** And those that can't name a constant or a type of a module, or would hide what generated code means by them. */
const taken: ReadonlySet<string> = new Set([
  ...reserved,
  ...[
    'abstract any arguments as async bigint boolean declare eval from get infer is keyof module namespace',
    'never number object readonly require set string symbol type undefined unique unknown using',
    'Array ArrayBuffer Date Float32Array Float64Array Map Promise Readonly ReadonlyMap ReadonlySet Record Set Uint8Array',
    'Decimal Duration InetAddress LocalDate LocalTime NoRow TimeUuid TypedStatement Uuid UuidText',
  ].flatMap((words) => words.split(' ')),
]);

/** Parts of a name as people read it: at `_`, `-` and everything that no identifier has, and where a capital follows a small letter. */
function wordsOf(name: string): string[] {
  return name
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function capitalized(word: string): string {
  const [first = '', ...rest] = word;
  return first.toUpperCase() + rest.join('');
}

/** A name of a type: `survey_readings` is `SurveyReadings`. Never empty, and begins with a letter or `_`. */
export function typeName(name: string): string {
  const joined = wordsOf(name).map(capitalized).join('');
  return /^[\p{L}]/u.test(joined) ? joined : `_${joined}`;
}

/** A name of a constant: `find-readings` and `FindReadings` are `findReadings`. */
export function constantName(name: string): string {
  const joined = typeName(name);
  const [first = '', ...rest] = joined;
  const lower = first.toLowerCase() + rest.join('');
  return taken.has(lower) ? `${lower}_` : lower;
}

/** A name of a property, in quotes where it is no identifier. */
export function propertyName(name: string): string {
  return isIdentifier(name) && name !== '__proto__' ? name : quoteText(name);
}

/** A string in single quotes. */
export function quoteText(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/** A label of a tuple's element: anything will do that is an identifier and no reserved word. */
export function labelName(name: string): string {
  const label = name.replace(/[^\p{L}\p{N}_$]+/gu, '_').replace(/^_+|_+$/g, '');
  if (reserved.includes(label)) return `${label}_`;
  return isIdentifier(label) ? label : `_${label}`;
}

/** Whether TypeScript takes it as the name of a property or label without quotes; keywords are fine there. */
function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name);
}

/** Gives each thing of a module a name that nothing else in it has. */
export class ModuleNames {
  private readonly used = new Set(taken);

  /** The first of `candidates` that is free, or the last one with a number. */
  take(candidates: readonly string[]): string {
    const last = candidates[candidates.length - 1];
    let name = candidates.find((candidate) => !this.used.has(candidate));
    for (let n = 2; name === undefined; n++) if (!this.used.has(`${last}${n}`)) name = `${last}${n}`;
    this.used.add(name);
    return name;
  }
}
