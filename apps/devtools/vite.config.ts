import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { plainNumbers } from '../../scripts/tools/uplot-language.mjs';
import { sampleData } from './sample/sample-data.ts';

const sampleFile = 'sample-data.json';

/** The sample rows, made from the npm package `vega-datasets` when the page is built or served. */
function sample(): Plugin {
  return {
    name: 'cassette-sample-data',
    configureServer(server) {
      server.middlewares.use(`/${sampleFile}`, (_request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(sampleData()));
      });
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: sampleFile, source: JSON.stringify(sampleData()) });
    },
  };
}

const serviceWorker = 'service-worker.js';
const publicFolder = new URL('./public/', import.meta.url);

/** Tells the service worker which files the page consists of, so that it has them when there is no network. */
function offline(): Plugin {
  return {
    name: 'cassette-offline',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle[serviceWorker];
        if (worker?.type !== 'chunk') this.error(`${serviceWorker} was not built`);
        const hash = createHash('sha256');
        const files: string[] = ['./'];
        for (const name of readdirSync(publicFolder).sort()) {
          hash.update(name).update(readFileSync(new URL(name, publicFolder)));
          files.push(`./${name}`);
        }
        for (const [name, output] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
          if (name === serviceWorker || name.endsWith('.map')) continue;
          hash.update(name).update(output.type === 'chunk' ? output.code : output.source);
          if (name !== 'index.html') files.push(`./${name}`);
        }
        const build = JSON.stringify({ id: hash.digest('hex').slice(0, 16), files });
        worker.code = worker.code.replace('__CASSETTE_BUILD__', () => build);
      },
    },
  };
}

/** dist/: static files that any server can hand out from any folder, under script-src 'self'. */
export default defineConfig({
  base: './',
  plugins: [sample(), offline(), plainNumbers()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      input: { index: 'index.html', 'service-worker': 'src/offline/service-worker.ts' },
      output: { entryFileNames: ({ name }) => (name === 'service-worker' ? serviceWorker : 'assets/[name]-[hash].js') },
    },
  },
});
