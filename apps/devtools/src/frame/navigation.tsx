import { follow, go, linkTo } from './route.ts';
import { nextTheme, theme } from './theme.ts';
import { type View, viewsHere } from './views.ts';

/** The views, to go to: a rail at the side, on a phone a bar at the bottom. */
export function Navigation({ shown }: { shown: View }) {
  return (
    <nav class="rail" aria-label="Views">
      <ul>
        {viewsHere().map((view, index) => (
          <li key={view.id}>
            <a
              href={linkTo(view.id)}
              aria-current={view === shown ? 'page' : undefined}
              title={`${view.hint} (Alt+${index + 1})`}
              onClick={(event) => follow(event, view.id)}
            >
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d={view.icon} />
              </svg>
              <span>{view.title}</span>
            </a>
          </li>
        ))}
      </ul>
      <ThemeButton />
    </nav>
  );
}

const themeIcons = {
  auto: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3 19 19M19 5l-1.7 1.7M6.7 17.3 5 19',
  dark: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z',
} as const;

function ThemeButton() {
  const now = theme.value;
  return (
    <button type="button" class="theme" title="Light, dark, or as the system" onClick={nextTheme}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={themeIcons[now]} />
      </svg>
      <span>{now === 'auto' ? 'Auto' : now === 'light' ? 'Light' : 'Dark'}</span>
    </button>
  );
}

/** Alt and a number goes to a view, from anywhere on the page. */
export function viewKeys(event: KeyboardEvent): void {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const view = viewsHere()[Number(event.code.replace(/^Digit/, '')) - 1];
  if (view === undefined) return;
  event.preventDefault();
  go(view.id);
}
