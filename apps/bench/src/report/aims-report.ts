import { type Aim, isMet, LEFT_OUT } from './aims.ts';
import { type Column, printNumber, printSmall, printTable } from './table.ts';

const columns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'aim', align: 'right' },
  { title: 'here', align: 'right' },
  { title: 'min–max', align: 'right' },
  { title: '', align: 'left' },
];

/** The aims as tables for people, one for Chromium and one for Node, of those that something was measured for; else only named. */
export function printAims(aims: readonly Aim[]): string {
  const tables = (['Chromium', 'Node'] as const).map((where) => {
    const measured = aims.filter((aim) => aim.where === where && aim.measured !== null);
    if (measured.length === 0) return null;
    const met = measured.filter((aim) => isMet(aim)).length;
    return `Aims in ${where}: ${met} of ${measured.length} met\n${printTable(columns, measured.map(cells))}`;
  });
  const unknown = aims.filter(({ measured, why }) => measured === null && why !== LEFT_OUT);
  const rest = unknown.map(({ what, why }) => `Not measured: ${what}: ${why}`);
  return [...tables, ...rest].filter((text) => text !== null).join('\n\n');
}

function cells(aim: Aim): string[] {
  const { measured, unit } = aim;
  if (measured === null) throw new Error(`${aim.what} was not measured`);
  const print = unit === 'rows/s' ? printNumber : printSmall;
  const behind = unit === '' ? '' : ` ${unit}`;
  return [
    aim.what,
    `${aim.bound === 'at least' ? '≥' : '≤'} ${print(aim.aim)}${behind}`,
    `${print(measured.median)}${behind}`,
    measured.min === measured.max ? '' : `${print(measured.min)}–${print(measured.max)}`,
    isMet(aim) ? 'met' : 'missed',
  ];
}
