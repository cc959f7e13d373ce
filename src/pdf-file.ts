const view = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** True where the XMP of the file declares PDF/A part 1; XMP stays uncompressed in a PDF/A file. What it declares is not checked. */
export function declaresPdfA1(pdf: Uint8Array): boolean {
  const bytes = view(pdf);
  for (let at = bytes.indexOf("pdfaid:part"); at >= 0; at = bytes.indexOf("pdfaid:part", at + 1)) {
    const near = bytes.toString("latin1", at + "pdfaid:part".length, at + "pdfaid:part".length + 16);
    if (/^\s*(?:=\s*["']1["']|>\s*1\s*<)/.test(near)) return true;
  }
  return false;
}

/** Readers of PDF look for the mark in the first 1024 bytes. */
export function looksLikePdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).includes("%PDF-", 0, "latin1");
}
