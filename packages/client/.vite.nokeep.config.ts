import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { declarations } from './declarations.ts';

/**
 * Leaves `new Worker(new URL('./worker.js', import.meta.url), …)` in the built file as bundlers know it, so that an app's
 * bundler takes the worker along. Vite, told to leave it alone here, would leave it in words that no bundler knows.
 */
function plainWorkerUrl(): Plugin {
  return {
    name: 'cassette-plain-worker-url',
    generateBundle(_options, bundle) {
      const chunk = bundle['index.js'];
      if (chunk?.type !== 'chunk') this.error('index.js was not built');
      const disguised =
        /new Worker\(\s*(?:\/\*\s*@vite-ignore\s*\*\/\s*)?new URL\(\s*(?:\/\*\s*@vite-ignore\s*\*\/\s*)?([^,\s]+),[^),]*import\.meta\.url\)/;
      const plain = chunk.code.replace(disguised, 'new Worker(new URL($1,import.meta.url)');
      if (plain === chunk.code) this.error('index.js has no worker URL of the expected form');
      chunk.code = plain;
    },
  };
}

/** What is loaded when it is needed, and the bundler's runtime: names that stay the same. */
const chunkNames: Readonly<Record<string, string>> = {
  'rolldown-runtime': 'runtime.js',
  'import-run': 'import.js',
  encrypted: 'encrypted.js',
};

/** dist/: index.js and worker.js, self-contained ES modules that any page can import by URL under script-src 'self'. */
export default defineConfig({
  plugins: [plainWorkerUrl(), declarations()],
  resolve: {
    conditions: ['source', 'module', 'browser', 'import', 'default'],
    // From sources the package's Node half would come along: `source` is decided before `browser`.
    alias: [{ find: /^@cassette\/storage$/, replacement: '@cassette/storage/browser' }],
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    modulePreload: { polyfill: false },
    lib: {
      entry: {
        index: fileURLToPath(new URL('./src/index.ts', import.meta.url)),
        worker: fileURLToPath(new URL('./src/worker.ts', import.meta.url)),
      },
      formats: ['es'],
    },
    rolldownOptions: {
      // Error classes keep their names: people read them. The bundler's runtime, which ends up in the common part, is asked for a
      // name as well, and would make a `common2.js` of that.
      output: {
        keepNames: false,
        minify: true,
        // What the page, the worker and encryption have in common is one part, not one for each of their combinations.
        codeSplitting: { groups: [{ name: 'common', test: /packages\/(bytes|storage)\/src\/(?!encrypted\/(?!missing)|opfs)/ }] },
        chunkFileNames: ({ name }) => chunkNames[name] ?? 'common.js',
      },
    },
  },
});
