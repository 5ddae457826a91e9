import { errorFromTransfer, errorToTransfer, type TransferredError } from '../errors/error-transfer.ts';
import type { CallMessage, CallTarget, SettledCalls } from './calls.ts';

/** From so many bytes on what a message carries is transferred: to copy it takes longer, and leaves more to collect. Below, handing a buffer over takes 20 µs for itself. */
const TRANSFERRED_BYTES = 16 * 1024;

/** The parts of a worker that a lane uses, on either side. */
export type LanePort = Pick<Worker, 'postMessage' | 'addEventListener'>;

/** A message, or the question for the rest of one, and the number that its answer has. */
type LaneRequest = { readonly lane: number; readonly message: CallMessage } | { readonly lane: number; readonly rest: number };

type LaneAnswer =
  | { readonly lane: number; readonly settled: SettledCalls }
  | { readonly lane: number; readonly error: TransferredError };

/**
 * The way of calls of statements to a tab's own worker: the port that Comlink uses, with messages of its own beside Comlink's. Comlink makes a
 * proxy for each call, has its end watched, and draws four random numbers: of an awaited write that took 10 µs in the page and as much in
 * the worker.
 */
export class CallLane implements CallTarget {
  private readonly port: LanePort;
  private readonly waiting = new Map<number, { resolve(settled: SettledCalls): void; reject(error: unknown): void }>();
  private next = 0;

  constructor(port: LanePort) {
    this.port = port;
    port.addEventListener('message', (event) => this.hear((event as MessageEvent<LaneAnswer>).data));
  }

  submit(message: CallMessage): Promise<SettledCalls> {
    return this.ask({ lane: this.next++, message }, transferred([message.bytes]));
  }

  rest(id: number): Promise<SettledCalls> {
    return this.ask({ lane: this.next++, rest: id }, []);
  }

  private ask(request: LaneRequest, buffers: ArrayBuffer[]): Promise<SettledCalls> {
    return new Promise((resolve, reject) => {
      this.port.postMessage(request, buffers);
      this.waiting.set(request.lane, { resolve, reject });
    });
  }

  private hear(answer: LaneAnswer): void {
    // Others of the port's messages have no number of a lane.
    const one = this.waiting.get(answer.lane);
    if (one === undefined) return;
    this.waiting.delete(answer.lane);
    if ('error' in answer) one.reject(errorFromTransfer(answer.error));
    else one.resolve(answer.settled);
  }
}

/** Answers what comes by a {@link CallLane}. To be called before Comlink listens to the port, which then does not hear of it. */
export function serveCalls(target: CallTarget, port: LanePort): void {
  port.addEventListener('message', (event) => {
    const request = (event as MessageEvent<LaneRequest>).data;
    if (typeof request?.lane !== 'number') return;
    event.stopImmediatePropagation();
    void answer(request, target, port);
  });
}

async function answer(request: LaneRequest, target: CallTarget, port: LanePort): Promise<void> {
  const { lane } = request;
  try {
    const settled = await ('rest' in request ? target.rest(request.rest) : target.submit(request.message));
    port.postMessage({ lane, settled } satisfies LaneAnswer, transferred(partsOf(settled)));
  } catch (error) {
    port.postMessage({ lane, error: errorToTransfer(error) } satisfies LaneAnswer);
  }
}

/** The arrays of results among outcomes. */
function partsOf({ outcomes }: SettledCalls): ArrayBufferView[] {
  const parts: ArrayBufferView[] = [];
  for (const [, outcome] of outcomes) {
    if (outcome === null || !('result' in outcome)) continue;
    for (const part of [outcome.result.bytes, outcome.result.ends, outcome.result.pageState]) if (part !== null) parts.push(part);
  }
  return parts;
}

/** The buffers of arrays, each once; none where they are small together. */
function transferred(parts: readonly ArrayBufferView[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  let bytes = 0;
  for (const { buffer } of parts) {
    if (buffer.byteLength === 0 || buffers.has(buffer as ArrayBuffer)) continue;
    buffers.add(buffer as ArrayBuffer);
    bytes += buffer.byteLength;
  }
  return bytes < TRANSFERRED_BYTES ? [] : [...buffers];
}
