/** A piece of a file's text. */
export interface TextPiece {
  readonly text: string;
  /** Bytes of the file that it is. */
  readonly bytes: number;
  /** Nothing follows; the text of the last piece may be empty. */
  readonly isLast: boolean;
}

/** Characters that are worked on at a time: a page must not stand still over a large piece. */
const lengthMax = 1 << 16;

/** The text of a file in UTF-8, piece by piece. Rejects with TypeError where it is not that. */
export async function* textPieces(file: Blob): AsyncGenerator<TextPiece, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      for (let from = 0; from < value.length; from += lengthMax) {
        const bytes = value.subarray(from, from + lengthMax);
        yield { text: decoder.decode(bytes, { stream: true }), bytes: bytes.length, isLast: false };
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
    yield { text: decoder.decode(), bytes: 0, isLast: true };
  } finally {
    await reader.cancel();
  }
}
