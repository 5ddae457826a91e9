import { EnginePanel } from '../engine/engine-panel.tsx';
import type { ViewProps } from '../frame/views.ts';
import { Results } from '../results/results.tsx';
import { SchemaPanel } from '../schema/schema-panel.tsx';
import { Console } from './console.tsx';

/** Schema, console with results, and the engine's figures, side by side. */
export function ConsoleView({ database }: ViewProps) {
  return (
    <div class="columns">
      <SchemaPanel />
      <div class="work">
        <Console database={database} />
        <Results database={database} />
      </div>
      <EnginePanel database={database} />
    </div>
  );
}
