import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

const folder = new URL('./public/', import.meta.url);

/** sw.js: keeps every file of this build and answers with them. A newer build takes over when all pages of this one are closed. */
function serviceWorker(): Plugin {
  return {
    name: 'survey-service-worker',
    generateBundle(_options, bundle) {
      const kept = readdirSync(folder).sort();
      const files = ['./', ...kept.map((file) => `./${file}`), ...Object.keys(bundle).filter((file) => file !== 'index.html')];
      // What has no hash of its content in its name counts with its content.
      const hash = createHash('sha256').update(JSON.stringify([files, bundle['index.html']]));
      for (const file of kept) hash.update(readFileSync(new URL(file, folder)));
      const build = JSON.stringify(`hedgerow ${hash.digest('hex').slice(0, 12)}`);
      const source = `
const shell = caches.open(${build});
self.addEventListener('install', (event) => event.waitUntil(shell.then((cache) => cache.addAll(${JSON.stringify(files)}))));
self.addEventListener('activate', (event) => event.waitUntil(
  caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith('hedgerow ') && name !== ${build}).map((name) => caches.delete(name))))));
self.addEventListener('fetch', (event) => {
  if (event.request.method === 'GET')
    event.respondWith(shell.then((cache) => cache.match(event.request)).then((kept) => kept ?? fetch(event.request)));
});`;
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}

/** dist/: static files for any server and any folder. */
export default defineConfig({
  base: './',
  plugins: [serviceWorker()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: { target: 'es2022', modulePreload: { polyfill: false } },
});
