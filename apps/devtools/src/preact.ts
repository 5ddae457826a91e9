// @cassette/devtools/preact: as @cassette/devtools, and Preact's JSX knows the element.

import type { CassetteDevtools, CassetteDevtoolsProps } from './element.ts';

export * from './index.ts';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'cassette-devtools': HTMLAttributes<CassetteDevtools> & CassetteDevtoolsProps;
    }
  }
}
