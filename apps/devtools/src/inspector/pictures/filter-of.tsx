import { useEffect, useId, useRef } from 'preact/hooks';
import { colour, colourChanges } from '../../frame/theme.ts';
import { bytes, count } from '../../text/numbers.ts';
import { NotThere, useAsked } from '../asked.tsx';
import { inspector } from '../inspected.ts';
import type { FilterPicture } from '../worker/inspector.ts';

const columns = 96;
const lines = 24;
const cell = 5;

/** The bloom filter: which of its bits are set, and what that makes of it. */
export function FilterOf({ id }: { id: string }) {
  const name = useId();
  const asked = useAsked(() => inspector().filter(id, columns * lines), [id]);
  return (
    <figure class="picture filter">
      <figcaption id={name}>
        <h3>Bloom filter</h3>
        <p>
          Each key sets some bits, told by its hash. Where one of a key’s bits is not set the key is not in this SSTable, and a
          read passes it over without touching the data.
        </p>
      </figcaption>
      {asked.state === 'there' ? <Bits picture={asked.value} name={name} /> : <NotThere asked={asked} />}
    </figure>
  );
}

function Bits({ picture, name }: { picture: FilterPicture; name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const changes = colourChanges.value;
  const { cells, bits, setBits, hashCount, falsePositives } = picture;
  useEffect(() => {
    const element = canvas.current!;
    const context = element.getContext('2d')!;
    const set = colour('--accent', element.parentElement!);
    const unset = colour('--line', element.parentElement!);
    context.clearRect(0, 0, element.width, element.height);
    for (const [i, share] of cells.entries()) {
      const x = (i % columns) * cell;
      const y = Math.floor(i / columns) * cell;
      context.globalAlpha = 1;
      context.fillStyle = unset;
      context.fillRect(x, y, cell - 1, cell - 1);
      context.globalAlpha = share;
      context.fillStyle = set;
      context.fillRect(x, y, cell - 1, cell - 1);
    }
  }, [cells, changes]);
  if (bits === 0) return <p class="muted">This SSTable has none: each read looks into it.</p>;
  const share = setBits / bits;
  return (
    <>
      <canvas
        ref={canvas}
        width={columns * cell}
        height={Math.ceil(cells.length / columns) * cell}
        role="img"
        aria-labelledby={name}
      />
      <p>
        {count(setBits)} of {count(bits)} bits are set ({(share * 100).toFixed(1)} %, {bytes(bits / 8)}), {hashCount} hashes a
        key. Of keys that are not there {percent(falsePositives)} pass all the same.
      </p>
    </>
  );
}

function percent(share: number): string {
  return share < 0.00001 ? 'fewer than 0.001 %' : `${(share * 100).toPrecision(2)} %`;
}
