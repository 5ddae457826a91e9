// @cassette/devtools/react: as @cassette/devtools, and React's JSX (19 and later) knows the element.

import type { CassetteDevtools, CassetteDevtoolsProps } from './element.ts';

export * from './index.ts';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'cassette-devtools': DetailedHTMLProps<HTMLAttributes<CassetteDevtools>, CassetteDevtools> & CassetteDevtoolsProps;
    }
  }
}
