import { start } from './app.js';
import { open } from './client/index.js';

start(open).catch((error) => {
  document.getElementById('error').textContent = String(error);
});
