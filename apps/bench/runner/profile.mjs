// Where the time goes: traces of the page's threads, CPU profiles of Node.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../scripts/tools/workspace.mjs';
import { hotSpots, printHotSpots } from '../dist/lib/report/index.js';

/** Samples all threads of the page; the returned function ends that, keeps the trace and prints where the time went. */
export async function trace(page) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      recordMode: 'recordUntilFull',
      traceBufferSizeInKb: 400_000,
      includedCategories: [
        'disabled-by-default-v8.cpu_profiler',
        'disabled-by-default-v8.cpu_profiler.hires',
        'blink.user_timing',
      ],
      excludedCategories: ['*'],
    },
  });
  return async (file) => {
    const complete = new Promise((done) => session.once('Tracing.tracingComplete', done));
    await session.send('Tracing.end');
    await complete;
    writeFileSync(file, JSON.stringify({ traceEvents: events }));
    tellHotSpots(events);
  };
}

export function tellHotSpots(events) {
  const maps = new Map();
  const locate = (url, line, column) => {
    const { pathname } = new URL(url, 'file:///');
    const file = url.startsWith('http')
      ? join(
          root,
          pathname.startsWith('/client/') ? 'packages/client/dist' : 'apps/bench/dist',
          pathname.replace(/^\/client\//, '/'),
        )
      : pathname;
    if (!maps.has(file))
      maps.set(file, existsSync(`${file}.map`) ? new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8'))) : null);
    const found = maps.get(file)?.findEntry(line, column);
    const short = (path) => path.replace(/^(\.\.\/)+/, '').replace(/^.*\/node_modules\//, '');
    if (found?.originalSource) return `${short(found.originalSource)}:${found.originalLine + 1}`;
    return `${file.replace(`${root}/`, '')}:${line + 1}`;
  };
  for (const [thread, spots] of hotSpots(events, locate)) console.log(`\n${thread}\n${printHotSpots(spots, 40)}`);
}

/** Of all CPU profiles that Node left in the folder. */
export function tellNodeProfiles(folder) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const ids = { pid: 0, tid: 0, id: file };
    tellHotSpots([
      { name: 'thread_name', ...ids, args: { name: 'Node' } },
      { name: 'Profile', ...ids, args: {} },
      { name: 'ProfileChunk', ...ids, args: { data: { cpuProfile: { nodes, samples }, timeDeltas } } },
    ]);
  }
}
