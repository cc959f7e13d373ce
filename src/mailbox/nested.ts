import PostalMime from "postal-mime";

/** A file of a mail that came within a mail. */
export interface NestedFile {
  name: string;
  mimeType: string;
  content: Uint8Array;
}

const MAX_DEPTH = 60;
const MAX_HEADERS = 1024 * 1024;
const MAX_FILES = 500;

/** The files of a forwarded mail (message/rfc822), a mail within it being one of them. @throws what the parser throws at its limits */
export async function nestedFiles(raw: Uint8Array): Promise<{ files: NestedFile[]; cut: boolean }> {
  const { attachments } = await PostalMime.parse(raw, {
    forceRfc822Attachments: true,
    maxNestingDepth: MAX_DEPTH,
    maxHeadersSize: MAX_HEADERS,
    attachmentEncoding: "arraybuffer",
  });
  return {
    files: attachments.slice(0, MAX_FILES).map(({ filename, mimeType, content }) => ({
      name: filename ?? "",
      mimeType: mimeType || "application/octet-stream",
      content: typeof content === "string" ? Buffer.from(content, "latin1") : new Uint8Array(content),
    })),
    cut: attachments.length > MAX_FILES,
  };
}
