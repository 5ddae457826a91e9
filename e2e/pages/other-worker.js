// A worker that loads and fails.
throw new TypeError("this is another app's worker");
