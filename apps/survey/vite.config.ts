import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';

/** sw.js: keeps every file of this build and answers with them. A newer build takes over when all pages of this one are closed. */
function serviceWorker(): Plugin {
  return {
    name: 'survey-service-worker',
    generateBundle(_options, bundle) {
      const files = [
        './',
        './icon.svg',
        './manifest.webmanifest',
        ...Object.keys(bundle).filter((file) => file !== 'index.html'),
      ];
      const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex');
      const build = JSON.stringify(`hedgerow ${hash.slice(0, 12)}`);
      const source = `
const shell = caches.open(${build});
self.addEventListener('install', (event) => event.waitUntil(shell.then((cache) => cache.addAll(${JSON.stringify(files)}))));
self.addEventListener('activate', (event) => event.waitUntil(
  caches.keys().then((names) => Promise.all(names.filter((name) => name !== ${build}).map((name) => caches.delete(name))))));
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
