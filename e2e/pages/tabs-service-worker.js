import '/client/parts.js';
import { carryOut } from './tabs-commands.js';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => {
  const [port] = event.ports;
  event.waitUntil(carryOut(event.data).then((answer) => port.postMessage(answer)));
});
