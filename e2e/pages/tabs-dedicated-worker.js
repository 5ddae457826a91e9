import { carryOut } from './tabs-commands.js';

self.onmessage = async ({ data }) => self.postMessage(await carryOut(data));
