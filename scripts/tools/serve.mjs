import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
  '.csv': 'text/csv',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/**
 * Serves folders over HTTP on 127.0.0.1, with a content security policy as strict as Cassette promises to work under.
 * @param {string | Record<string, string>} folders one folder, or folders by URL prefix ('/client/': …, '/': …)
 * @param {{ port?: number, headers?: Record<string, string>, posts?: (url: URL, body: Buffer) => unknown, onRequest?: (path: string) => void }} [options] port 0 (the
 *   default) takes a free one; a taken port moves on to a free one; headers come on top of those of every answer; what `posts` gives, or
 *   resolves with, for what a page posts is answered, bytes as they are and all else as JSON; `onRequest` is told each path that is asked for
 * @returns {Promise<{ url: string, port: number, close(): Promise<void> }>}
 */
export async function serve(folders, { port = 0, headers = {}, posts, onRequest } = {}) {
  const routes = Object.entries(typeof folders === 'string' ? { '/': folders } : folders).sort(
    (a, b) => b[0].length - a[0].length,
  );
  const server = createServer((request, response) => {
    if (request.method === 'POST' && posts) {
      answerPost(request, response, posts);
      return;
    }
    let path;
    try {
      path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    } catch {
      response.writeHead(400).end('Bad request');
      return;
    }
    onRequest?.(path);
    const route = routes.find(([prefix]) => path.startsWith(prefix));
    const inside = normalize(path.slice(route?.[0].length ?? 0));
    const file =
      route && !inside.startsWith('..')
        ? join(route[1], inside.endsWith(sep) || inside === '.' ? join(inside, 'index.html') : inside)
        : '';
    if (file === '' || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found');
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'cache-control': 'no-cache',
      'content-security-policy':
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:",
      ...headers,
    });
    createReadStream(file).pipe(response);
  });
  const listen = (wanted) =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await listen(port);
  } catch (error) {
    if (error.code !== 'EADDRINUSE' || port === 0) throw error;
    await listen(0);
  }
  const taken = server.address().port;
  return {
    url: `http://127.0.0.1:${taken}/`,
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers what a page posted. A page that is gone is no error. */
async function answerPost(request, response, posts) {
  const chunks = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    return;
  }
  try {
    const answer = await posts(new URL(request.url, 'http://localhost'), Buffer.concat(chunks));
    const isBytes = answer instanceof Uint8Array;
    response.writeHead(200, {
      'content-type': isBytes ? 'application/octet-stream' : 'application/json',
      'cache-control': 'no-store',
    });
    response.end(isBytes ? answer : JSON.stringify(answer ?? null));
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
  }
}
