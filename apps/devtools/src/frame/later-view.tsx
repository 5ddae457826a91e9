import type { RemoteDatabase } from '@cassette/client';
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LateView, ViewProps } from './views.ts';

type State = { readonly View: ComponentType<ViewProps> } | { readonly error: unknown } | null;

/** A view whose code comes when it is first shown. */
export function LaterView({ view, database }: { view: LateView; database: RemoteDatabase }) {
  const [state, setState] = useState<State>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let wanted = true;
    setState(null);
    view.load().then(
      (loaded) => wanted && setState(loaded),
      (error: unknown) => {
        console.error(`The view '${view.title}' could not be loaded`, error);
        if (wanted) setState({ error });
      },
    );
    return () => {
      wanted = false;
    };
  }, [view, attempt]);
  if (state === null) return <p class="muted padded">Loading {view.title.toLowerCase()} …</p>;
  if ('View' in state) return <state.View database={database} />;
  return (
    <section class="padded" role="alert">
      <p class="warning">This part of the page could not be loaded: {String((state.error as Error).message)}</p>
      <p>
        <button type="button" onClick={() => setAttempt(attempt + 1)}>
          Try again
        </button>
      </p>
    </section>
  );
}
