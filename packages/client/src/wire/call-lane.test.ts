import { CassetteError } from '@cassette/bytes';
import { expose, wrap } from 'comlink';
import { afterEach, expect, test } from 'vitest';
import { CallLane, type LanePort, serveCalls } from './call-lane.ts';
import { CallKind, type CallMessage, type CallTarget, type SettledCalls } from './calls.ts';

let ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports) port.close();
  ports = [];
});

/** A lane over a port that Comlink uses too, to what answers its calls. */
function connect(target: CallTarget) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  serveCalls(target, port1 as unknown as LanePort);
  expose({ greet: () => 'hello' }, port1);
  const lane = new CallLane(port2 as unknown as LanePort);
  return { lane, host: wrap<{ greet(): string }>(port2) };
}

function messageOf(length: number): CallMessage {
  const calls = [{ kind: CallKind.EXECUTE, text: 0, offset: 0, options: undefined }];
  return { texts: ['SELECT'], calls, bytes: new Uint8Array(length).fill(7) };
}

function settledOf(length: number): SettledCalls {
  const result = { columns: '[]', bytes: new Uint8Array(length), ends: new Int32Array(1), rowLength: 1, pageState: null };
  return { outcomes: [[0, { result }]], rest: null, clock: 5 };
}

test('calls and what Comlink says go over one port, and each hears its own', async () => {
  const got: unknown[] = [];
  const { lane, host } = connect({
    async submit(message) {
      got.push(message);
      return { outcomes: [[0, null]], rest: 9, clock: 3 };
    },
    async rest(id) {
      got.push(id);
      return { outcomes: [], rest: null, clock: 4 };
    },
  });
  const answers = await Promise.all([lane.submit(messageOf(3)), host.greet(), lane.rest(9)]);
  expect(answers).toEqual([{ outcomes: [[0, null]], rest: 9, clock: 3 }, 'hello', { outcomes: [], rest: null, clock: 4 }]);
  expect(got).toEqual([messageOf(3), 9]);
});

test('what a call is refused with arrives as the error that it was, be it thrown or rejected', async () => {
  const { lane } = connect({
    submit() {
      throw new CassetteError('CLOSED', 'The store is closed', { store: 's' });
    },
    rest: (id) => Promise.reject(new CassetteError('UNKNOWN_ROUND', `No round ${id}`)),
  });
  const refused = await lane.submit(messageOf(1)).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(CassetteError);
  expect(refused).toMatchObject({ code: 'CLOSED', message: 'The store is closed', data: { store: 's' } });
  await expect(lane.rest(4)).rejects.toMatchObject({ code: 'UNKNOWN_ROUND', message: 'No round 4' });
});

test('what is small is copied, what is large handed over, there and back', async () => {
  const answers = [settledOf(100), settledOf(20_000)];
  const given = [...answers];
  const { lane } = connect({ submit: async () => answers.shift()!, rest: async () => settledOf(0) });
  const messages = [messageOf(100), messageOf(20_000)];
  const got = [await lane.submit(messages[0]), await lane.submit(messages[1])];
  expect(got).toEqual([settledOf(100), settledOf(20_000)]);
  expect(messages.map(({ bytes }) => bytes.length)).toEqual([100, 0]);
  const lengths = given.map(({ outcomes: [[, outcome]] }) => (outcome as { result: { bytes: Uint8Array } }).result.bytes.length);
  expect(lengths).toEqual([100, 0]);
});
