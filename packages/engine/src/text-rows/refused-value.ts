/** Why a row is no row of the table: the message says it of a row whose place the reader tells. */
export class RefusedValue extends Error {}
