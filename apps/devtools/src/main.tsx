import { render } from 'preact';
import { App } from './frame/app.tsx';
import { followLocation } from './frame/route.ts';
import { keepOffline } from './offline/keep-offline.ts';
import { openStore } from './store/session.ts';

followLocation();
render(<App />, document.getElementById('app')!);
void openStore();
void keepOffline();
