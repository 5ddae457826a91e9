import { open } from '@cassette/client';
import { start } from './app.js';

start(open, () => import('@cassette/devtools')).catch((error) => {
  document.getElementById('error').textContent = String(error);
});
