import { highlightCode } from '@lezer/highlight';
import type { VNode } from 'preact';
import { colours, cql } from './cql-dialect.ts';

/** CQL with the colours of the editor. */
export function highlighted(text: string): (string | VNode)[] {
  const parts: (string | VNode)[] = [];
  highlightCode(
    text,
    cql.language.parser.parse(text),
    colours,
    (code, classes) => parts.push(classes === '' ? code : <span class={classes}>{code}</span>),
    () => parts.push('\n'),
  );
  return parts;
}
