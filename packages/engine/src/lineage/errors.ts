import { CassetteError } from '@cassette/bytes';

/** There is no export of that id, or the store does not remember it any more. Code UNKNOWN_EXPORT. */
export class UnknownExportError extends CassetteError {
  constructor(id: string) {
    super(
      'UNKNOWN_EXPORT',
      `This store remembers no export ${JSON.stringify(id.slice(0, 100))}: exports() tells which it does; a whole export, without 'since', is always right`,
      { id },
    );
  }
}
