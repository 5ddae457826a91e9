import type { SessionStep } from '../../session.ts';
import { drawAlteration } from './alterations.ts';
import { drawModification, type WriteContext } from './modifications.ts';
import { drawOtherDefinition } from './other-definitions.ts';
import { seededDraw } from './seeded-draw.ts';
import { drawSelect } from './selects.ts';
import { statementOf } from './statement-text.ts';
import { drawSchema } from './table-model.ts';
import { wronged } from './wrong-statements.ts';

/** Where the clock of random scripts begins: seconds. */
const CLOCK = 1_700_000_000;

/** A schema, then so many statements on its tables; the same ones for the same seed. */
export function randomScript(seed: number, statements: number): SessionStep[] {
  const draw = seededDraw(seed);
  const schema = drawSchema(draw);
  let clock = CLOCK;
  // A list's elements that a write with IF adds are ordered by its timestamp.
  let grown = BigInt(CLOCK) * 1_000_000n;
  const { rowsExpire } = schema;
  const context: WriteContext = { draw, rowsExpire, growing: schema.purges ? () => (grown += 10n) : null };
  const steps: SessionStep[] = [{ clock }, ...schema.statements.map((cql) => ({ cql }))];
  let isOpen = false;
  for (let n = 0; n < statements; n++) {
    if (draw.chance(4)) steps.push(draw.chance(75) ? { flush: '' } : { compact: '' });
    if (draw.chance(4)) {
      clock += draw.pick([1, 1, 4, 10, 29, 30]);
      steps.push({ clock });
    }
    const table = draw.pick(schema.tables);
    const kind = draw.int(0, 99);
    // The default timestamp of every write is told, for the servers' own depends on what they were asked before.
    const timestamp = String(context.growing?.() ?? BigInt(clock) * 1_000_000n + BigInt(n));
    if (kind < 44) {
      steps.push({ ...statementOf(drawModification(schema.tables, context)), timestamp });
      // What is counted after a deletion is told from what was before it by the clock alone.
      if (schema.tables.some(({ counts }) => counts)) steps.push({ clock: ++clock });
    } else if (kind < 84) {
      const select = statementOf(drawSelect(table, draw, rowsExpire));
      // How many groups come in a page is left to each.
      const first = !select.cql.includes(' GROUP BY ') && draw.chance(20);
      // Whether sorted rows of several partitions are refused in pages depends on whether there is anything to read.
      const isSorted = select.cql.includes(' IN ') && select.cql.includes(' ORDER BY ');
      const paging = draw.chance(35) && !isSorted ? { page: draw.pick([1, 2, 3, 10]), ...(first && { first }) } : {};
      steps.push({ ...select, ...paging });
      isOpen ||= 'first' in paging;
    } else if (kind < 86) {
      steps.push(isOpen ? { next: true } : { cql: `SELECT * FROM ${table.name}` });
    } else if (kind < 97) {
      const valid =
        draw.chance(45) && !schema.purges ? drawModification(schema.tables, context) : drawSelect(table, draw, rowsExpire);
      steps.push({ ...statementOf(wronged(valid, draw)), timestamp });
    } else if (kind < 99) {
      // Where a page ends is told by whether there is another, which each may see earlier or later.
      const wasOpen = isOpen;
      isOpen = false;
      // Cassandra flushes a table that is altered, and on disk the deletion of a counter goes with that of its row.
      if (table.counts) steps.push({ flush: '' });
      steps.push(...drawAlteration(table, schema, draw).map((text) => ({ ...statementOf(text), timestamp })));
      // A statement that is refused later leaves the one before it open, of which a name may be another now.
      if (wasOpen) steps.push({ cql: `SELECT * FROM ${table.name}`, page: 10, first: true });
    } else if (draw.chance(50)) {
      steps.push({ cql: drawOtherDefinition(draw), timestamp });
    } else {
      steps.push({ cql: draw.chance(20) ? `TRUNCATE ${table.name}` : `SELECT * FROM ${table.name}` });
    }
  }
  return [...steps, ...schema.tables.map(({ name }) => ({ cql: `SELECT * FROM ${name}` }))];
}
