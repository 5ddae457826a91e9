import { start } from './app.js';
import { open } from './client/index.js';

start(open, () => import('./devtools/index.js')).catch((error) => {
  document.getElementById('error').textContent = String(error);
});
