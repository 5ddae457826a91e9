const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

/** Text between quotes as Cassandra's JSON has it: control characters as `\u001F`. Cassandra: JsonUtils#quoteAsJsonString. */
export function jsonText(text: string): string {
  return `"${text.replace(/["\\\p{Cc}]/gu, escapeOf)}"`;
}

function escapeOf(char: string): string {
  const code = char.charCodeAt(0);
  if (code >= 0x7f) return char;
  return escapes[char] ?? `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
