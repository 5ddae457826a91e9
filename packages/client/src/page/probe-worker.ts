import { greetingBegins } from '../wire/protocol.ts';

/** What the server says of a worker's script that did not start. */
export interface ScriptFinding {
  /** What is wrong with it, for people; null where it is a script. */
  readonly trouble: string | null;
  /** Whether it can't be Cassette's: it does not say what that says, and loads nothing else. */
  readonly isForeign: boolean;
}

/**
 * Asks the server for the script at `url`, as a page may: a worker that does not start tells nobody why. Null where it can't be asked, which a
 * page's CSP may forbid, and which says nothing of the script.
 */
export async function probeScript(url: string): Promise<ScriptFinding | null> {
  let text: string;
  try {
    const answer = await fetch(url, { credentials: 'same-origin' });
    if (!answer.ok) {
      // A server that is busy or down now may have had the script when the worker asked.
      return { trouble: `the server answers ${answer.status} for it`, isForeign: answer.status === 404 || answer.status === 410 };
    }
    const type = answer.headers.get('content-type') ?? '';
    if (!/javascript|ecmascript/i.test(type)) {
      return { trouble: `the server sends it as '${type}', and no browser runs that as a script`, isForeign: true };
    }
    text = await answer.text();
  } catch {
    return null;
  }
  const isForeign = !text.includes(greetingBegins) && !/\bimport\b/.test(text);
  return { trouble: isForeign ? "it is not Cassette's worker.js" : null, isForeign };
}
