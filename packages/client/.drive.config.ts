import { defineConfig } from 'vite';
import { fileURLToPath } from 'node:url';
export default defineConfig({
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'], alias: [{ find: /^@cassette\/storage$/, replacement: '@cassette/storage/browser' }] },
  build: { outDir: '/tmp/bundle/cov/out', emptyOutDir: true, target: 'es2022', sourcemap: true, minify: false,
    lib: { entry: { drive: fileURLToPath(new URL('./.drive.ts', import.meta.url)) }, formats: ['es'] },
    rolldownOptions: { output: { minify: true, inlineDynamicImports: true } } },
});
