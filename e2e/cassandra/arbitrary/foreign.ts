import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Component, decodeCompressionInfo, nb, supportedVersions, type Version, verifySSTable } from '@cassette/sstable';
import { sameRows, selectRows } from '../../../packages/engine/src/goldens/testing/select-rows.ts';
import {
  comparableFiles,
  dumpOf,
  type SSTableFiles,
  type SSTablesOfStore,
  sourcesOf,
  statisticsOf,
} from '../../../packages/engine/src/goldens/testing/sstable-files.ts';
import type { Judge } from '../judge.ts';
import { adoptedStore } from './adopted-store.ts';
import { type Difference, firstDifference, linesOf, readSSTables } from './differences.ts';
import { rewritten } from './rewritten.ts';
import { type SideBySide, type SideBySideCounts, schemaAfter, scriptText } from './side-by-side.ts';

/** Components that depend on how well something was compressed. */
const compressed: readonly string[] = [Component.DATA, Component.COMPRESSION_INFO, Component.DIGEST, Component.STATISTICS];

/**
 * Has Cassandra write SSTables, and compares what is read in them: Cassette's verdict on them, the dump of both, the bytes that come of
 * reading and writing them again, and the rows of both.
 */
export async function foreign(judge: Judge, job: SideBySide, scratch: string, counts: SideBySideCounts): Promise<Difference[]> {
  const dir = await mkdtemp(join(scratch, 'foreign-'));
  try {
    const theirDir = join(dir, 'cassandra');
    await mkdir(theirDir);
    return await new Reading(judge, job, theirDir, counts).run();
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

class Reading {
  readonly #judge: Judge;
  readonly #job: SideBySide;
  readonly #dir: string;
  readonly #counts: SideBySideCounts;
  readonly #found: Difference[] = [];
  readonly #version: Version;
  readonly #schemaCql: string;

  constructor(judge: Judge, job: SideBySide, dir: string, counts: SideBySideCounts) {
    this.#judge = judge;
    this.#job = job;
    this.#dir = dir;
    this.#counts = counts;
    this.#version = supportedVersions.get(job.version ?? 'nb') ?? nb;
    this.#schemaCql = schemaAfter(job.schemaCql, job.steps);
  }

  async run(): Promise<Difference[]> {
    const { schemaCql, steps, now, version = 'nb' } = this.#job;
    await this.#judge.generate({ schemaCql, script: scriptText(steps), out: this.#dir, version });
    const sstables = await readSSTables(this.#dir, this.#version);
    this.#counts.tables += sstables.size;
    this.#counts.statements += steps.filter((step) => 'cql' in step).length;
    for (const [table, all] of sstables) {
      for (const [generation, files] of all) {
        this.#counts.sstables++;
        this.#verify(table, generation, files);
      }
    }
    await this.#compareDumps(sstables);
    // A node in its default configuration writes nb, reads da too, and passes over oa.
    const wanted = await this.#judge.rows({
      schemaCql: this.#schemaCql,
      dir: this.#dir,
      now,
      version: version === 'oa' ? 'oa' : 'nb',
    });
    const database = await adoptedStore(this.#schemaCql, sstables, this.#version, now);
    const { schema } = database;
    this.#compareRewritten(rewritten(sstables, schema, this.#version, this.#version), sstables);
    for (const table of schema.tables) {
      const rows = wanted[table.toString()] ?? [];
      this.#counts.rows += rows.length;
      const own = sameRows(await selectRows(database, table, now), rows);
      const difference = firstDifference(linesOf(own), linesOf(rows));
      if (difference !== '') this.#differ(table.toString(), `rows selected here${difference}`);
    }
    await database.close();
    return this.#found;
  }

  #differ(table: string | null, what: string): void {
    this.#found.push({ table, what });
  }

  #verify(table: string, generation: number, files: SSTableFiles): void {
    const id = String(generation);
    const { errors, warnings } = verifySSTable({ version: this.#version, id }, sourcesOf(files));
    const said = [...errors, ...warnings];
    if (said.length > 0) this.#differ(table, `${this.#version.name}-${id}, Cassette's verdict on it: ${said.join('; ')}`);
  }

  async #compareDumps(sstables: SSTablesOfStore): Promise<void> {
    const { now } = this.#job;
    for (const { sstable, json } of await this.#judge.dump({ dir: this.#dir, now })) {
      const [keyspace, table, name] = sstable.split('/');
      const files = sstables.get(`${keyspace}.${table}`)?.get(Number(name.split('-')[1]));
      const own = files === undefined ? '' : dumpOf(files, now, this.#version);
      const difference = firstDifference(withoutFarDeletions(own), withoutFarDeletions(json));
      if (difference !== '') this.#differ(`${keyspace}.${table}`, `dump of ${name}${difference}`);
    }
  }

  #compareRewritten(again: SSTablesOfStore, sstables: SSTablesOfStore): void {
    const { now } = this.#job;
    for (const [table, all] of sstables) {
      for (const [generation, files] of all) {
        const own = again.get(table)?.get(generation);
        const node = statisticsOf(files, this.#version);
        const [a, b] = [own ?? new Map(), files].map((one) => (one.size === 0 ? {} : comparableFiles(one, node, this.#version)));
        // Zstandard leaves an encoder its choices: what it says is compared, not how.
        const isFree = compressorOf(files) === 'ZstdCompressor';
        const differing = [...new Set([...Object.keys(a), ...Object.keys(b)])]
          .filter((name) => a[name] !== b[name])
          .filter((name) => !isFree || !compressed.includes(name));
        const dump = own === undefined ? '' : firstDifference(dumpOf(own, now, this.#version), dumpOf(files, now, this.#version));
        if (differing.length === 0 && dump === '') continue;
        this.#differ(table, `${this.#version.name}-${generation} written again: ${differing.join(', ')} differ${dump}`);
      }
    }
  }
}

/**
 * A dump without the local times past 2038 of deletions of more than a cell: where those of the header are past it as well, Cassandra
 * 5.0.9 reads them as invalid (EncodingStats adds to them as an int), and tells 4294967294.
 */
function withoutFarDeletions(dump: string): string {
  return dump.replaceAll(
    /("marked_deleted" : "[^"]*", "local_delete_time" : ")(\d+)"/g,
    (all, before: string, seconds: string) => (Number(seconds) > 0x7fffffff ? `${before}past 2038"` : all),
  );
}

function compressorOf(files: SSTableFiles): string | null {
  const info = files.get(Component.COMPRESSION_INFO);
  return info === undefined ? null : decodeCompressionInfo(info, Component.COMPRESSION_INFO).compressor;
}
