import { CassetteError } from '@cassette/bytes';

/** An upload that did not come to its end: what arrived is there, and the same upload goes on from it. */
export class UploadError extends CassetteError {
  constructor(code: 'UPLOAD_FAILED' | 'UPLOAD_REFUSED', message: string, data: Record<string, unknown>, cause?: unknown) {
    super(code, message, data, cause);
  }
}
