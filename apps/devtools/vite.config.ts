import { defineConfig, type Plugin } from 'vite';
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

/** dist/: static files that any server can hand out from any folder, under script-src 'self'. */
export default defineConfig({
  base: './',
  plugins: [sample()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: { target: 'es2022', modulePreload: { polyfill: false }, chunkSizeWarningLimit: 800 },
});
