import { filesOf } from './store-files.ts';

/** How often the files of a copy are looked at. Milliseconds. */
const lookMs = 400;

const bytesOf = async (store: string) => (await filesOf(store)).reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Tells how much of a store has been copied into another while `work` is under way, as its files are: the work itself tells nothing. `told`:
 * 0 to 1.
 */
export async function copying(from: string, to: string, told: (share: number) => void, work: () => Promise<void>): Promise<void> {
  const total = await bytesOf(from);
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async () => {
    const done = await bytesOf(to);
    if (isOver) return;
    told(total === 0 ? 0 : Math.min(1, done / total));
    timer = setTimeout(again, lookMs);
  };
  // A folder that is just being made or removed can't be walked: the next look may.
  const again = () => void look().catch((error: unknown) => console.info('The copy could not be looked at', error));
  timer = setTimeout(again, lookMs);
  try {
    await work();
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}
