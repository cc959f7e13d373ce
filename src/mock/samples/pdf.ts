/**
 * A one-page PDF 1.4 of a few lines of text, for the demonstration. Base-14 Helvetica in WinAnsi: no font is embedded, so it is no PDF/A, as
 * most of what real software sends.
 */
export function smallPdf(title: string, lines: readonly string[]): Buffer {
  const content = [
    "BT",
    "/F1 18 Tf",
    "56 780 Td",
    `(${escaped(title)}) Tj`,
    "/F1 11 Tf",
    "0 -32 Td",
    ...lines.flatMap((line) => [`(${escaped(line)}) Tj`, "0 -16 Td"]),
    "ET",
  ].join("\n");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ];
  let body = "%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n";
  const offsets = objects.map((object, index) => {
    const at = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const end = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  // Every character is one byte in latin1, so the offsets counted above are those of the file.
  return Buffer.from(body + end, "latin1");
}

function escaped(text: string): string {
  return text.replace(/[\\()]/g, "\\$&").replace(/[^\u0020-\u007e\u00a0-\u00ff]/g, "?");
}
