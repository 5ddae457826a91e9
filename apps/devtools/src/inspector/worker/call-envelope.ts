// Calls to the worker and what comes back. Comlink carries only the message of an error: here its code and data come along.

import { CassetteError } from '@cassette/bytes';
import type { Inspector } from './inspector.ts';

/** What a call gave. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly data: Readonly<Record<string, unknown>> };

/** What the worker lets the page call. */
export interface AnsweringInspector {
  call(method: keyof Inspector, ...args: readonly unknown[]): Promise<Answer>;
}

/** Of an error that is none of ours. */
const UNKNOWN = 'INSPECTOR_FAILED';

/** An inspector whose errors are answers. */
export function answering(inspector: Inspector): AnsweringInspector {
  return {
    async call(method, ...args) {
      try {
        const work = inspector[method] as (...given: unknown[]) => Promise<unknown>;
        return { ok: true, value: await work.apply(inspector, [...args]) };
      } catch (error) {
        if (error instanceof CassetteError)
          return { ok: false, code: error.code, message: error.message, data: plain(error.data) };
        return { ok: false, code: UNKNOWN, message: error instanceof Error ? error.message : String(error), data: {} };
      }
    },
  };
}

/** What an answer says. Throws the error that it is. */
export function valueIn(answer: Answer): unknown {
  if (answer.ok) return answer.value;
  throw new CassetteError(answer.code, answer.message, answer.data);
}

function plain(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
}
