import { defineConfig } from 'vite';

/** dist/: the page and the worker of raw OPFS. The client is not bundled: the page imports what `npm run build` makes of it. */
export default defineConfig({
  base: './',
  worker: { format: 'es' },
  build: { target: 'es2022', sourcemap: true, minify: false, modulePreload: { polyfill: false } },
});
