import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** A file of src/. */
const source = (name: string) => fileURLToPath(new URL(`./src/${name}`, import.meta.url));

/**
 * dist/: cassette.js and the chunks of its commands, with all that they need of the other packages. A process that runs a command reads and compiles
 * a few files for it instead of hundreds: `cassette --help` takes a fifth of the time, and `verify` of a small file half.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: { conditions: ['source', 'module', 'node', 'import', 'default'] },
  ssr: { noExternal: true, resolve: { conditions: ['source', 'module', 'node', 'import', 'default'] } },
  build: {
    ssr: true,
    // Of what is bundled and is others'.
    license: { fileName: 'third-party.md' },
    outDir: 'dist',
    emptyOutDir: true,
    target: 'node20',
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: { cassette: source('cassette.ts'), 'load-thread': source('load/load-thread.ts') },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
