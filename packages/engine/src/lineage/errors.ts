import { CassetteError } from '@cassette/bytes';

/** There is no export of that id, or the store does not remember it any more. Code UNKNOWN_EXPORT. */
export class UnknownExportError extends CassetteError {
  constructor(id: string) {
    super(
      'UNKNOWN_EXPORT',
      `This store remembers no export ${JSON.stringify(id.slice(0, 100))}: exports() tells which it does; one without 'since' has all that the store holds, and goes beside those that the cluster is said to have`,
      { id },
    );
  }
}
