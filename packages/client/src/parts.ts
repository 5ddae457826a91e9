// What pages load when they need it, at once: `import '@cassette/client/parts'` at the top of a service worker, in which import() is forbidden.

import * as encrypted from '@cassette/storage/encrypted';
import * as manageStores from './page/manage-stores.ts';
import { managing } from './page/stores.ts';
import { uploading } from './upload/index.ts';
import * as uploads from './upload/uploads.ts';
import { encryptionPart } from './wire/encryption-part.ts';

encryptionPart.provide(encrypted);
managing.provide(manageStores);
uploading.provide(uploads);
