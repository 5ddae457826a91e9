import { carryOut } from './tabs-commands.js';

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = async ({ data }) => port.postMessage(await carryOut(data));
};
