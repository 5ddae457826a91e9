import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { tellFailure } from '../../frame/notice.tsx';

/** The crash laboratory, whose code and engine come when somebody goes in. */
export function LabDoor() {
  const [Panel, setPanel] = useState<ComponentType | null>(null);
  const [isLoading, setLoading] = useState(false);
  const enter = async () => {
    setLoading(true);
    try {
      const { default: Loaded } = await import('./lab-panel.tsx');
      setPanel(() => Loaded);
    } catch (error) {
      tellFailure('The crash laboratory could not be loaded', error);
    } finally {
      setLoading(false);
    }
  };
  return (
    <section class="lab" aria-label="Crash laboratory">
      <header>
        <h2>Crash laboratory</h2>
        {Panel === null && (
          <button type="button" disabled={isLoading} onClick={() => void enter()}>
            {isLoading ? 'Loading …' : 'Go in'}
          </button>
        )}
      </header>
      <p class="muted">
        Another engine, in memory, on a simulated disk that loses, tears and reorders whatever was not flushed. A seed decides all
        of it: choose where the power goes, see what the disk keeps, and what recovery makes of it. Your store is not touched.
      </p>
      {Panel !== null && <Panel />}
    </section>
  );
}
