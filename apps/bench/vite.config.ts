import { defineConfig, type UserConfig } from 'vite';
import { plainNumbers } from '../../scripts/tools/uplot-language.mjs';

/** What peers do in their own code is theirs: an `eval` that never runs here, imports of Node's modules where there is no Node. */
const rolldownOptions: NonNullable<UserConfig['build']>['rolldownOptions'] = {
  checks: { eval: false, pluginTimings: false },
  onLog(level, log, handle) {
    if (!log.message.includes('externalized for browser compatibility')) handle(level, log);
  },
};

/** dist/: the page and the workers of the peers. The client is not bundled: the page imports what `npm run build` makes of it. */
export default defineConfig({
  base: './',
  plugins: [plainNumbers()],
  worker: { format: 'es', rolldownOptions },
  build: { target: 'es2022', sourcemap: true, minify: false, modulePreload: { polyfill: false }, rolldownOptions },
});
