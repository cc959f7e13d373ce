/** Width and height by the first bytes of an image; undefined where they cannot be told. */
export function imageSize(
  bytes: Uint8Array,
  kind: "png" | "jpeg" | "gif",
): { width: number; height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === "png") return bytes.length < 24 ? undefined : positive(view.getUint32(16), view.getUint32(20));
  if (kind === "gif") return bytes.length < 10 ? undefined : positive(view.getUint16(6, true), view.getUint16(8, true));
  return jpegFrame(bytes);
}

export interface JpegFrame {
  width: number;
  height: number;
  /** 1: grey, 3: colour, 4: CMYK. */
  components: number;
  bits: number;
  /** SOF marker: 0xc0 baseline, 0xc1 extended, 0xc2 progressive; the others are read by few. */
  marker: number;
}

/** The frame header of a JPEG: the first SOF before the image data. */
export function jpegFrame(bytes: Uint8Array): JpegFrame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      const size = positive(view.getUint16(at + 7), view.getUint16(at + 5));
      return size && { ...size, marker, bits: bytes[at + 4] as number, components: bytes[at + 9] as number };
    }
    if (marker === 0xda || marker === 0xd9) return undefined;
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function positive(width: number, height: number): { width: number; height: number } | undefined {
  return width > 0 && height > 0 ? { width, height } : undefined;
}
