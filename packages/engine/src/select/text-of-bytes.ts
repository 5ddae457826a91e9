/** Bytes as text, one character a byte: what a Map takes for a key. */
export function textOfBytes(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]);
  return text;
}
