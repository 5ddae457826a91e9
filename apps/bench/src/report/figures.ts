import { type Workload, workloads, workloadTitles } from '../measure/workload.ts';
import { type Aim, isMet } from './aims.ts';
import { type Summary, summarize } from './browser-report.ts';
import type { BrowserRun } from './browser-run.ts';
import { printNumber, printSmall } from './table.ts';

/** What a page of figures is made of. */
export interface Figures {
  /** The machine and its load, in a line. */
  readonly machine: string;
  /** What was typed to measure this. */
  readonly command: string;
  /** Null where that part was left out. */
  readonly browser: BrowserRun | null;
  readonly aims: readonly Aim[];
  /** All tables, as they were printed. */
  readonly text: string;
}

/** A page of Markdown: the peers, the aims, and all tables of a run. */
export function figuresPage({ machine, command, browser, aims, text }: Figures): string {
  const parts = [
    '# Figures of one run',
    `Written by \`${command}\`, not by hand: ${machine}. How to read it, and what is measured: [README.md](README.md).`,
  ];
  if (browser !== null) parts.push('## Beside its peers, in Chromium', peersTable(browser));
  const measured = aims.filter((aim) => aim.measured !== null);
  if (measured.length > 0) parts.push('## Aims', aimsTable(measured));
  parts.push('## All tables', `\`\`\`text\n${text.trim()}\n\`\`\``);
  return `${parts.join('\n\n')}\n`;
}

/** Rows a second of Cassette, and how many times as fast it is as each peer, as a table of Markdown: a line for each workload. */
export function peersTable(run: BrowserRun): string {
  const summaries = summarize(run);
  const peers = [...new Set(summaries.map(({ peer }) => peer))].filter((peer) => peer !== 'Cassette');
  const of = (workload: Workload, peer: string) => summaries.find((s) => s.workload === workload && s.peer === peer);
  const lines = workloads
    .filter((workload) => of(workload, 'Cassette') !== undefined)
    .map((workload) => [
      workloadTitles[workload],
      printNumber(of(workload, 'Cassette')!.rowsPerSecond.median),
      ...peers.map((peer) => times(of(workload, peer))),
    ]);
  return markdownTable(['', 'Cassette, rows/s', ...peers.map((peer) => `by ${peer}`)], lines);
}

const BEGIN = '<!-- figures: begin -->';
const END = '<!-- figures: end -->';

/** A document whose table of peers, between marks, is that of a run. Throws where the marks are missing. */
export function withPeersTable(document: string, run: BrowserRun): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The table's place is to be marked by ${BEGIN} and ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${peersTable(run)}\n\n${document.slice(end)}`;
}

/** Aims that were measured, as a table of Markdown. */
export function aimsTable(aims: readonly Aim[]): string {
  const lines = aims.flatMap((aim) => {
    const { measured, unit } = aim;
    if (measured === null) return [];
    const print = unit === 'rows/s' ? printNumber : printSmall;
    const behind = unit === '' ? '' : ` ${unit}`;
    const bound = aim.bound === 'at least' ? '≥' : '≤';
    return [
      [
        aim.where,
        aim.what,
        `${bound} ${print(aim.aim)}${behind}`,
        `${print(measured.median)}${behind}`,
        isMet(aim) ? 'met' : 'missed',
      ],
    ];
  });
  return markdownTable(['where', 'what', 'aim', 'here', ''], lines);
}

function times(summary: Summary | undefined): string {
  return summary?.ratio == null ? '' : `${printSmall(summary.ratio.median)} ×`;
}

function markdownTable(titles: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell.replaceAll('|', '\\|')} `)).join('|')}|`;
  return [line(titles), line(titles.map(() => '---')), ...lines.map(line)].join('\n');
}
