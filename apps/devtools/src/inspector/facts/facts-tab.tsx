import { count, plural } from '../../text/numbers.ts';
import { NotThere, useAsked } from '../asked.tsx';
import { inspector } from '../inspected.ts';
import type { InspectedSSTable } from '../worker/inspector.ts';

/** What the SSTable's statistics say, and the table as its header has it. */
export function FactsTab({ sstable }: { sstable: InspectedSSTable }) {
  const facts = useAsked(() => inspector().facts(sstable.id, sstable.keyspace, sstable.table), [sstable]);
  if (facts.state !== 'there') return <NotThere asked={facts} />;
  const { groups, schema, rows, partitions } = facts.value;
  return (
    <div class="facts">
      <p>
        {plural(rows, 'row')} in {plural(partitions, 'partition')}, as the file says of itself.
      </p>
      <div class="groups">
        {groups.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.facts.map(({ name, value }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section aria-label="Files">
          <h3>Files</h3>
          <dl>
            {sstable.components.map(({ component, fileName, size }) => (
              <div key={component}>
                <dt>{component}</dt>
                <dd>
                  {count(size)} bytes <span class="muted">{fileName}</span>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <h3>The table, as far as the header tells</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls by its keys */}
      <pre tabIndex={0}>{schema}</pre>
    </div>
  );
}
