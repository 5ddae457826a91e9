import type { EngineStats } from '@cassette/client';
import { expect, test } from 'vitest';
import { sampleBetween, samplesMax, withSample } from './samples.ts';

function stats(uptime: number, mutations: number): EngineStats {
  const buckets = [0, 0, 0, mutations];
  const latency = {
    count: mutations,
    total: mutations * 3,
    mean: 3,
    max: 3,
    p50: 3,
    p75: 3,
    p95: 3,
    p98: 3,
    p99: 3,
    p999: 3,
    buckets,
  };
  const counters = {
    writes: mutations / 2,
    mutations,
    walBytesWritten: mutations * 100,
    bytesFlushed: 0,
    bytesWrittenByCompactions: 0,
  };
  return {
    uptime,
    counters,
    writeLatency: latency,
    reads: { latency: { ...latency, count: 0, buckets: [] } },
    amplification: { write: 1.5, read: 0, space: 1 },
    diskBytes: 10,
    walBytes: 4,
    memtableBytes: 3,
    tables: [{ sstableBytes: 6 }],
  } as unknown as EngineStats;
}

test('rates are differences by the time of the engine itself', () => {
  expect(sampleBetween(stats(1000, 100), stats(3000, 500), 7)).toMatchObject({
    at: 7,
    mutations: 200,
    writes: 100,
    logWritten: 20_000,
    writeP50: 0.003,
    readP99: null,
    writeAmplification: 1.5,
    readAmplification: null,
    disk: 10,
    sstables: 6,
    log: 4,
    memory: 3,
  });
});

test('an engine that counts from nought again has sizes alone', () => {
  expect(sampleBetween(stats(9000, 100), stats(10, 5), 8)).toMatchObject({ mutations: null, writeP50: null, disk: 10 });
});

test('a pause is a gap, and five minutes are kept', () => {
  const at = (second: number) => sampleBetween(null, stats(0, 0), second);
  expect(withSample([at(1)], at(2))).toHaveLength(2);
  const paused = withSample([at(1)], at(20));
  expect(paused.map((one) => [one.at, one.disk])).toEqual([
    [1, 10],
    [2, null],
    [20, 10],
  ]);
  let all: ReturnType<typeof withSample> = [];
  for (let second = 0; second < 400; second++) all = withSample(all, at(second));
  expect([all.length, all[0].at]).toEqual([samplesMax, 400 - samplesMax]);
});
