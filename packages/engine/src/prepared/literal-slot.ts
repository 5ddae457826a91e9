/**
 * The value of a bind marker that stands for a constant in the text of a statement: already bytes of the marker's type, found to be so when
 * the text was read. Slots of statements that write are filled again and again.
 */
export class LiteralSlot {
  /** Where the bytes lie; not used for null. */
  bytes: Uint8Array = NONE;
  from = 0;
  to = 0;
  isNull = false;
}

const NONE = new Uint8Array(0);
