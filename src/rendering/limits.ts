/** What a document may cost to be shown, beside the limits of the reader (`CdaLimits`). */
export interface RenderLimits {
  /** Columns of one table; a cell beyond is put into the last one. Default 200. */
  maxColumns: number;
  /** Cells of all tables, the places that spans take included: code `xml_limit_exceeded`. Default 1,000,000. */
  maxCells: number;
  /** Depth of lists, tables and groups within each other; what is deeper is shown as text without them. Default 24. */
  maxNesting: number;
  /** Pixels of one image; a larger one is not shown. Default 50,000,000. */
  maxPixels: number;
  /** Pixels of all images that must be decoded for a PDF (transparency, GIF); those beyond are not shown. Default 200,000,000. */
  maxDecodedPixels: number;
  /** Bytes of the HTML: code `xml_limit_exceeded`. An image shown twice counts twice. Default 128 MiB. */
  maxHtmlBytes: number;
  /** Pages of the PDF: code `xml_limit_exceeded`. Default 2,000. */
  maxPages: number;
  /** Milliseconds that laying out a PDF may take: code `xml_limit_exceeded`. Default 60,000. */
  maxMs: number;
}

export const DEFAULT_RENDER_LIMITS: Readonly<RenderLimits> = {
  maxColumns: 200,
  maxCells: 1_000_000,
  maxNesting: 24,
  maxPixels: 50_000_000,
  maxDecodedPixels: 200_000_000,
  maxHtmlBytes: 128 * 1024 * 1024,
  maxPages: 2_000,
  maxMs: 60_000,
};
