import { useId } from 'preact/hooks';
import { count, plural } from '../../text/numbers.ts';
import { NotThere, useAsked } from '../asked.tsx';
import { inspector } from '../inspected.ts';
import type { InspectedPartition } from '../worker/inspector.ts';

/** Partitions up to which all are drawn; of more so many are. */
const ALL = 1000;
const SAMPLES = 150;
const radius = 84;
const centre = 110;

/** Where the partitions lie on the ring of tokens. */
export function TokenRing({ id, partitions }: { id: string; partitions: number }) {
  const name = useId();
  const asked = useAsked(() => sample(id, partitions), [id, partitions]);
  return (
    <figure class="picture ring">
      <figcaption>
        <h3>Token ring</h3>
        <p>
          Each partition lies where the Murmur3 token of its key says, from −2⁶³ at the top once around to 2⁶³ − 1. A node owns
          ranges of this ring; in the file partitions stand in this order.
        </p>
      </figcaption>
      {asked.state === 'there' ? <Ring drawn={asked.value} partitions={partitions} name={name} /> : <NotThere asked={asked} />}
    </figure>
  );
}

async function sample(id: string, partitions: number): Promise<readonly InspectedPartition[]> {
  if (partitions <= ALL) return inspector().partitions(id, 0, ALL);
  const wanted = Array.from({ length: SAMPLES }, (_, i) => Math.floor((i * (partitions - 1)) / (SAMPLES - 1)));
  return (await Promise.all(wanted.map((index) => inspector().partitions(id, index, 1)))).flat();
}

function Ring({ drawn, partitions, name }: { drawn: readonly InspectedPartition[]; partitions: number; name: string }) {
  if (drawn.length === 0) return <p class="muted">No partitions.</p>;
  const first = drawn[0];
  const last = drawn[drawn.length - 1];
  const [x1, y1] = at(first.token, radius);
  const [x2, y2] = at(last.token, radius);
  const isWide = turn(last.token) - turn(first.token) > 0.5;
  return (
    <svg viewBox="0 0 220 220" role="img" aria-labelledby={name}>
      <title id={name}>{`${plural(partitions, 'partition')} from token ${first.token} to ${last.token}`}</title>
      <circle class="whole" cx={centre} cy={centre} r={radius} />
      {drawn.length > 1 && <path class="range" d={`M${x1} ${y1}A${radius} ${radius} 0 ${isWide ? 1 : 0} 1 ${x2} ${y2}`} />}
      {drawn.map(({ index, token, key }) => {
        const [x, y] = at(token, radius);
        const [outX, outY] = at(token, radius + 9);
        return (
          <line key={index} class="token" x1={x} y1={y} x2={outX} y2={outY}>
            <title>
              {key}: {token}
            </title>
          </line>
        );
      })}
      <text x={centre} y={centre - 4} text-anchor="middle">
        {count(partitions)}
      </text>
      <text class="tick" x={centre} y={centre + 12} text-anchor="middle">
        {partitions === 1 ? 'partition' : 'partitions'}
      </text>
      {drawn.length < partitions && (
        <text class="tick" x={centre} y={centre + 26} text-anchor="middle">
          {count(drawn.length)} drawn
        </text>
      )}
    </svg>
  );
}

/** A token as a share of the ring, 0 to 1. */
function turn(token: string): number {
  return (Number(token) + 2 ** 63) / 2 ** 64;
}

function at(token: string, r: number): [number, number] {
  const angle = turn(token) * 2 * Math.PI - Math.PI / 2;
  return [centre + r * Math.cos(angle), centre + r * Math.sin(angle)];
}
