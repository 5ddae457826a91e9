import { defineConfig } from 'vite';
import { plainNumbers } from '../../scripts/tools/uplot-language.mjs';

/**
 * dist-element/: <cassette-devtools> as ES modules for an app's bundler. The client stays outside, so that the element's values are of the same
 * classes as the app's.
 */
export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [plainNumbers()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // A worker is one file each: an app's bundler takes it as it is, and would not find others that it asks for.
  worker: { format: 'es', rolldownOptions: { output: { codeSplitting: false } } },
  build: {
    outDir: 'dist-element',
    target: 'es2022',
    minify: true,
    lib: { entry: 'src/element.tsx', formats: ['es'], fileName: 'cassette-devtools' },
    rolldownOptions: { external: [/^@cassette\/client/] },
  },
});
