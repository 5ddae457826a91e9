// The page that tests drive: the built client, imported by URL under script-src 'self', as any page may do.
import * as cassette from '/client/index.js';

window.cassette = cassette;
