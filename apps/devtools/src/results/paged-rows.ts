import type { ColumnSpec, ResultSet } from '@cassette/client';

/** The pages of a result as one list of rows; cells stay bytes until they are looked at. */
export class PagedRows {
  readonly columns: readonly ColumnSpec[];
  /** Rows of all pages. */
  readonly length: number;
  /** Whether the last page says that there is more. */
  readonly hasMore: boolean;
  private readonly pages: readonly ResultSet[];
  /** Index of each page's first row. */
  private readonly firsts: readonly number[];

  constructor(pages: readonly ResultSet[]) {
    this.pages = pages;
    this.columns = pages[0].columns ?? [];
    this.hasMore = pages[pages.length - 1].pageState !== null;
    const firsts: number[] = [];
    let length = 0;
    for (const page of pages) {
      firsts.push(length);
      length += page.rowLength;
    }
    this.firsts = firsts;
    this.length = length;
  }

  /** A cell's bytes, null for null. */
  cell(row: number, column: number): Uint8Array | null {
    let page = this.firsts.length - 1;
    while (page > 0 && this.firsts[page] > row) page--;
    return this.pages[page].cell(row - this.firsts[page], column);
  }
}
