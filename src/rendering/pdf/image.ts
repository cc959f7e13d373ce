import { jpegFrame } from "../image-size.js";
import type { Media } from "../types.js";
import { isPlain, type PngHead, readPng, unpack } from "./png.js";

/** Decodes and flattens on white what PDF/A-1 cannot hold as it is: transparency, 16 bits, interlace, GIF. */
export interface Pixels {
  /** Pixels of all images that may still be decoded. */
  left: number;
}

/** A JPEG, or a PNG without transparency. */
export type Embeddable = { jpeg: Uint8Array } | { png: PngHead };

/**
 * An image as it can be embedded. Pictures that need no change are embedded as they are.
 *
 * @returns undefined for one that cannot be: damaged, CMYK, of too many pixels.
 */
export async function embeddable(media: Media, pixels: Pixels): Promise<Embeddable | undefined> {
  const bytes = media.bytes();
  try {
    if (media.kind === "jpeg") return usableJpeg(bytes) ? { jpeg: bytes } : undefined;
    const png = media.kind === "png" ? readPng(bytes) : undefined;
    if (png && isPlain(png)) return { png };
    const size = (media.width ?? 0) * (media.height ?? 0);
    if (size === 0 || size > pixels.left) return undefined;
    pixels.left -= size;
    return { png: readPng(png ? await fromPng(bytes, png) : await fromGif(bytes)) };
  } catch {
    // The decoders throw what they please at damaged files.
    return undefined;
  }
}

/** Baseline, extended or progressive, 8 bits, grey or three components: CMYK has no place beside an sRGB profile. */
function usableJpeg(bytes: Uint8Array): boolean {
  const frame = jpegFrame(bytes);
  return (
    frame !== undefined &&
    frame.marker <= 0xc2 &&
    frame.bits === 8 &&
    (frame.components === 1 || frame.components === 3)
  );
}

async function fromPng(bytes: Uint8Array, head: PngHead): Promise<Uint8Array> {
  // The decoder unpacks without a limit of its own.
  unpack(head);
  const { PNG } = await import("pngjs");
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), {
    checkCRC: false,
  });
  return flattened(width, height, data);
}

/** The first frame of a GIF. */
async function fromGif(bytes: Uint8Array): Promise<Uint8Array> {
  const { GifReader } = await import("omggif");
  const reader = new GifReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  const { width, height } = reader;
  const frame = reader.frameInfo(0);
  if (frame.x + frame.width > width || frame.y + frame.height > height)
    throw new Error("a frame outside of the picture");
  const data = new Uint8Array(width * height * 4);
  reader.decodeAndBlitFrameRGBA(0, data);
  return flattened(width, height, data);
}

/** RGBA on white, as a PNG of three channels. */
async function flattened(width: number, height: number, rgba: Uint8Array): Promise<Uint8Array> {
  const { PNG } = await import("pngjs");
  const rgb = Buffer.alloc(width * height * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3] as number;
    for (let channel = 0; channel < 3; channel++)
      rgb[to + channel] = Math.round(((rgba[from + channel] as number) * alpha + 255 * (255 - alpha)) / 255);
  }
  const png = new PNG({ width, height });
  png.data = rgb;
  const options = { width, height, inputColorType: 2, colorType: 2, inputHasAlpha: false, deflateLevel: 6 } as const;
  return PNG.sync.write(png, options);
}
