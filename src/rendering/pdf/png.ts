import { inflateSync } from "node:zlib";

/** What of a PNG is looked at without unpacking it. */
export interface PngHead {
  width: number;
  height: number;
  bits: number;
  colorType: number;
  interlaced: boolean;
  transparent: boolean;
  palette: Uint8Array;
  data: Uint8Array[];
  ended: boolean;
}

/** Chunks of one file; software writes some kilobytes in each. */
const MAX_CHUNKS = 100_000;
const HEAD_BYTES = 13;

/** @throws where it does not begin as a PNG does, or has chunks without number */
export function readPng(bytes: Uint8Array): PngHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const typeAt = (at: number): string => String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  // Another length, and a reader that takes the head as what it always is would find other chunks than are found here.
  if (view.getUint32(8) !== HEAD_BYTES || typeAt(8) !== "IHDR") throw new Error("no PNG");
  const head: PngHead = {
    width: view.getUint32(16),
    height: view.getUint32(20),
    bits: bytes[24] as number,
    colorType: bytes[25] as number,
    interlaced: bytes[28] !== 0,
    transparent: false,
    palette: new Uint8Array(0),
    data: [],
    ended: false,
  };
  let chunks = 0;
  for (let at = 8; at + 12 <= bytes.length && !head.ended; ) {
    chunks += 1;
    if (chunks > MAX_CHUNKS) throw new Error("chunks without number");
    const length = view.getUint32(at);
    const content = bytes.subarray(at + 8, at + 8 + length);
    const type = typeAt(at);
    if (type === "IHDR" && chunks > 1) throw new Error("two heads");
    if (type === "tRNS") head.transparent = true;
    else if (type === "PLTE") head.palette = content;
    else if (type === "IDAT" && length > 0) head.data.push(content);
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

/** @throws where the data are damaged, or would be more than the picture has. */
export function unpack(head: PngHead): void {
  inflateSync(Buffer.concat(head.data), { maxOutputLength: Math.ceil(unpackedSize(head)) });
}

/** Embedded as it is, without being unpacked: grey, colour or palette, 8 bits at most, nothing transparent. */
export function isPlain(head: PngHead): boolean {
  const known = head.colorType === 0 || head.colorType === 2 || (head.colorType === 3 && isPalette(head.palette));
  if (!known || head.bits > 8 || head.interlaced || head.transparent || !head.ended || head.data.length === 0)
    return false;
  // A picture that cannot be unpacked would be a hole in the page: seen here, it is told.
  unpack(head);
  return true;
}

const isPalette = ({ length }: Uint8Array): boolean => length > 0 && length <= 768 && length % 3 === 0;

/** Of pdfkit, what making an object of a file takes. */
interface File {
  _imageCount: number;
  ref(data?: Record<string, unknown>): Ref;
}
interface Ref {
  data: Record<string, unknown>;
  end(content?: Uint8Array): void;
}

/**
 * A plain PNG as pdfkit's `image` takes one that is opened. Its own reader copies the data byte by byte into a list, follows lengths beyond the
 * file, and may go round for ever.
 */
export class PlainPng {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  obj: Ref | undefined;
  readonly #head: PngHead;

  constructor(head: PngHead, file: unknown) {
    this.#head = head;
    this.width = head.width;
    this.height = head.height;
    const pdf = file as File;
    pdf._imageCount += 1;
    this.label = `I${pdf._imageCount}`;
  }

  /** Called by pdfkit where the picture is first shown. */
  embed(file: unknown): void {
    const pdf = file as File;
    const { width, height, bits, colorType, palette, data } = this.#head;
    const obj = pdf.ref({
      Type: "XObject",
      Subtype: "Image",
      BitsPerComponent: bits,
      Width: width,
      Height: height,
      Filter: "FlateDecode",
    });
    this.obj = obj;
    const parameters = pdf.ref({
      Predictor: 15,
      Colors: colorType === 2 ? 3 : 1,
      BitsPerComponent: bits,
      Columns: width,
    });
    obj.data["DecodeParms"] = parameters;
    parameters.end();
    if (colorType === 3) {
      const colors = pdf.ref();
      colors.end(palette);
      obj.data["ColorSpace"] = ["Indexed", "DeviceRGB", palette.length / 3 - 1, colors];
    } else obj.data["ColorSpace"] = colorType === 2 ? "DeviceRGB" : "DeviceGray";
    obj.end(Buffer.concat(data));
  }
}
