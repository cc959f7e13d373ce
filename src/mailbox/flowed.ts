/**
 * `format=flowed` (RFC 3676): lines that end with a space go on with the next one of the same quote depth; a leading space was put
 * there for the way. `-- ` is the line before a signature and never goes on.
 */
export function unflowed(text: string, delSp = false): string {
  const paragraphs: { depth: number; text: string[] }[] = [];
  let open = false;
  for (const line of text.split(/\r?\n/)) {
    let depth = 0;
    while (line[depth] === ">") depth += 1;
    const stuffed = line[depth] === " ";
    const content = line.slice(stuffed ? depth + 1 : depth);
    const signature = content === "-- ";
    const flows = content.endsWith(" ") && !signature;
    const last = paragraphs.at(-1);
    const piece = flows && delSp ? content.slice(0, -1) : content;
    if (open && last && last.depth === depth && !signature) last.text.push(piece);
    else paragraphs.push({ depth, text: [piece] });
    open = flows;
  }
  return paragraphs
    .map(({ depth, text: pieces }) => (depth === 0 ? "" : `${">".repeat(depth)} `) + pieces.join(""))
    .join("\n");
}
