// A worker that loads and is not Cassette's.
self.onmessage = (event) => console.log('Not for me:', event.data.type);
