// Keeps the page's own files, so that it opens without network. The data never comes by here: it lies in OPFS.

/** The files of one build; filled in when it is made. */
declare const __CASSETTE_BUILD__: { readonly id: string; readonly files: readonly string[] };

interface ExtendableEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface ServiceWorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

const scope = globalThis as unknown as ServiceWorkerScope;
const build = __CASSETTE_BUILD__;
const prefix = `cassette-devtools ${scope.registration.scope} `;
const cacheName = prefix + build.id;
/** Where the network is so slow, what is kept is shown. */
const patienceMs = 3000;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(cacheName).then((cache) => cache.addAll(build.files.map((file) => new Request(file, { cache: 'no-cache' })))),
  );
});

// It takes over when no page of the build before is open any more: that one may yet ask for its own files.
scope.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name.startsWith(prefix) && name !== cacheName).map((name) => caches.delete(name))),
      )
      .then(() => scope.clients.claim()),
  );
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(scope.registration.scope)) return;
  event.respondWith(request.mode === 'navigate' ? page(request) : file(request));
});

/** The page itself comes from the network where there is one: it names the files of its own build. */
async function page(request: Request): Promise<Response> {
  const kept = await caches.match('./', { cacheName });
  if (kept === undefined) return fetch(request);
  const fetched = fetch(request).then((response) => (response.ok ? response : kept));
  const late = new Promise<Response>((resolve) => setTimeout(resolve, patienceMs, kept));
  return Promise.race([fetched, late]).catch(() => kept);
}

/** Files have names that change with what is in them, so that those that are kept are right. */
async function file(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}
