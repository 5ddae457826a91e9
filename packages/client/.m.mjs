import * as vite from 'vite';
console.log(Object.keys(vite).filter(k=>/min|parse/i.test(k)));
