// The client's worker in a browser that has no origin private file system.
import './remove-opfs.js';
import '/client/worker.js';
