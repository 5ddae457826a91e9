/** Rows that a subscription may have, unless it says another number. */
export const SUBSCRIPTION_ROWS_MAX = 100_000;

/** Bytes that the values of its rows may take together. */
export const SUBSCRIPTION_BYTES_MAX = 32 * 1024 * 1024;
