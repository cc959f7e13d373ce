import { inflateSync } from "node:zlib";
import { jpegFrame } from "../image-size.js";
import type { Media } from "../types.js";

/** Decodes and flattens on white what PDF/A-1 cannot hold as it is: transparency, 16 bits, interlace, GIF. */
export interface Pixels {
  /** Pixels of all images that may still be decoded. */
  left: number;
}

/**
 * An image as bytes that can be embedded: a JPEG, or a PNG without transparency. Pictures that need no change are embedded as
 * they are.
 *
 * @returns undefined for one that cannot be: damaged, CMYK, of too many pixels.
 */
export async function embeddable(media: Media, pixels: Pixels): Promise<Uint8Array | undefined> {
  const bytes = media.bytes();
  try {
    if (media.kind === "jpeg") return usableJpeg(bytes) ? bytes : undefined;
    if (media.kind === "png" && isPlainPng(bytes)) return bytes;
    const size = (media.width ?? 0) * (media.height ?? 0);
    if (size === 0 || size > pixels.left) return undefined;
    pixels.left -= size;
    return media.kind === "gif" ? await fromGif(bytes) : await fromPng(bytes);
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

interface PngHead {
  width: number;
  height: number;
  bits: number;
  colorType: number;
  interlaced: boolean;
  transparent: boolean;
  data: Uint8Array[];
  ended: boolean;
}

function readPng(bytes: Uint8Array): PngHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head: PngHead = {
    width: view.getUint32(16),
    height: view.getUint32(20),
    bits: bytes[24] as number,
    colorType: bytes[25] as number,
    interlaced: bytes[28] !== 0,
    transparent: false,
    data: [],
    ended: false,
  };
  for (let at = 8; at + 12 <= bytes.length && !head.ended; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === "tRNS") head.transparent = true;
    else if (type === "IDAT") head.data.push(bytes.subarray(at + 8, at + 8 + length));
    else if (type === "IEND") head.ended = true;
    at += 12 + length;
  }
  return head;
}

/** Bytes of the pixels once unpacked, filters included; interlaced ones have a little more. */
function unpackedSize({ width, height, bits, colorType }: PngHead): number {
  const channels = [1, 0, 3, 1, 2, 0, 4][colorType] ?? 0;
  return height * (Math.ceil((width * bits * channels) / 8) + 1) * 1.5 + 8 * (width + height) + 1024;
}

/** Embedded as it is by pdfkit, without being unpacked: grey, colour or palette, 8 bits at most, nothing transparent. */
function isPlainPng(bytes: Uint8Array): boolean {
  const head = readPng(bytes);
  const known = head.colorType === 0 || head.colorType === 2 || head.colorType === 3;
  if (!known || head.bits > 8 || head.interlaced || head.transparent || !head.ended || head.data.length === 0)
    return false;
  // A picture that cannot be unpacked would be a hole in the page: seen here, it is told.
  unpack(head);
  return true;
}

/** @throws where the data are damaged, or would be more than the picture has. */
function unpack(head: PngHead): void {
  inflateSync(Buffer.concat(head.data), { maxOutputLength: Math.ceil(unpackedSize(head)) });
}

async function fromPng(bytes: Uint8Array): Promise<Uint8Array> {
  const head = readPng(bytes);
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
