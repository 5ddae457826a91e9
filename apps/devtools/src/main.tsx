import { render } from 'preact';
import { App } from './frame/app.tsx';
import { openStore } from './store/session.ts';

render(<App />, document.getElementById('app')!);
void openStore();
