/** A folder's name as it goes over the wire (modified UTF-7, RFC 3501 §5.1.3). */
export function encodeFolderName(name: string): string {
  return name.replaceAll("&", "&-").replace(/[^\x20-\x7e]+/g, (run) => {
    const units = Buffer.from(run, "utf16le").swap16();
    return `&${units.toString("base64").replace(/=+$/, "").replaceAll("/", ",")}-`;
  });
}
