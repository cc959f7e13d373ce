/** The same PDF without its claim to be PDF/A: the name space of the claim is misspelt, so that nothing moves. */
export function withoutPdfMarker(pdf: Buffer): Buffer {
  const text = pdf.toString("latin1");
  const after = text.replaceAll("pdfaid", "pdfxid").replace(/GTS_PDFA1/g, "GTS_PDFX1");
  if (after === text) throw new Error("the PDF claims nothing");
  return Buffer.from(after, "latin1");
}
