import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { defineConfig, type Plugin } from 'vite';
import { plainNumbers } from '../../scripts/tools/uplot-language.mjs';

/** The one module that names the client: a page without a bundler, where such names mean nothing, has another in its place. */
const clientDoor = 'client.js';

function door(): Plugin {
  return {
    name: 'cassette-client-door',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: clientDoor, source: "export * from '@cassette/client';\n" });
    },
  };
}

/** What the modules that apps import say of their types. Checked with all the rest by tsc at the top. */
function declarations(): Plugin {
  return {
    name: 'cassette-element-declarations',
    async closeBundle() {
      const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
      await promisify(execFile)(here('../../node_modules/.bin/tsc'), ['-p', here('tsconfig.element.json')]);
    },
  };
}

/**
 * dist-element/: the package @cassette/devtools, ES modules for an app's bundler. The client stays outside, so that the element's values are of
 * the same classes as the app's.
 */
export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [plainNumbers(), door(), declarations()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // A worker is one file each: an app's bundler takes it as it is, and would not find others that it asks for.
  worker: { format: 'es', rolldownOptions: { output: { codeSplitting: false } } },
  build: {
    outDir: 'dist-element',
    target: 'es2022',
    minify: true,
    // Of what is bundled and is others'.
    license: { fileName: 'third-party.md' },
    lib: {
      entry: { index: 'src/index.ts', element: 'src/element.ts', react: 'src/react.ts', preact: 'src/preact.ts' },
      formats: ['es'],
    },
    rolldownOptions: {
      external: [/^@cassette\/client/],
      output: {
        // The class by itself does nothing where it is imported: package.json says so of all but those called chunk.
        chunkFileNames: ({ name }) => (name === 'element' ? 'class-[hash].js' : 'chunk-[name]-[hash].js'),
        paths: { '@cassette/client': `./${clientDoor}` },
      },
    },
  },
});
