import { zipSync } from "fflate";

/** The same mails each time: a generator of Lehmer's kind. */
export function dice(seed: number): (below: number) => number {
  let state = (seed * 48_271 + 11) % 2_147_483_647;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const HEAD =
  "From: <labo@ch-exemple.mssante.fr>\r\nTo: <martin.dupont@medecin.mssante.fr>\r\nSubject: torture\r\nMIME-Version: 1.0\r\n";
const part = (type: string, content: string, fields = ""): string =>
  `Content-Type: ${type}\r\n${fields}\r\n${content}\r\n`;

function multipart(subtype: string, parts: readonly string[], boundary = "b", { close = true } = {}): string {
  const inner = parts.map((one) => `--${boundary}\r\n${one}`).join("");
  return part(`multipart/${subtype}; boundary="${boundary}"`, inner + (close ? `--${boundary}--` : ""));
}

function nested(depth: number, wrap: (inner: string, level: number) => string, core: string): string {
  let mail = core;
  for (let level = depth; level > 0; level -= 1) mail = wrap(mail, level);
  return mail;
}

const TEXT = part("text/plain; charset=utf-8", "fond");
const HTML = part("text/html", '<p>fond <img src="cid:a"></p>');
const XML_BOMB = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${"bcdefgh"
  .split("")
  .map((n, i) => `<!ENTITY ${n} "${`&${"abcdefgh"[i]};`.repeat(10)}">`)
  .join("")}]><ClinicalDocument>&h;</ClinicalDocument>`;
const base64 = (bytes: Uint8Array | string): string =>
  Buffer.from(bytes as string)
    .toString("base64")
    .replace(/.{76}/g, "$&\r\n");
const attached = (type: string, name: string, bytes: Uint8Array | string): string =>
  part(`${type}; name="${name}"`, base64(bytes), "Content-Transfer-Encoding: base64\r\n");

/** One of each kind; `n` changes its measures. */
const KINDS: Readonly<Record<string, (random: (below: number) => number, n: number) => string>> = {
  "multiparts a hundred deep": (_, n) =>
    nested(60 + n * 10, (inner, level) => multipart("mixed", [inner], `b${level}`), TEXT),
  "mails in mails, deep": (_, n) => nested(20 + n * 20, (inner) => part("message/rfc822", HEAD + inner), TEXT),
  "ten thousand parts": (_, n) =>
    multipart(
      "mixed",
      Array.from({ length: n === 0 ? 10_000 : 500 * n }, () => TEXT),
    ),
  "ten thousand alternatives": (_, n) =>
    multipart(
      "alternative",
      Array.from({ length: n === 0 ? 10_000 : 300 * n }, (_x, i) => (i % 2 ? HTML : TEXT)),
    ),
  "a huge header field": (_, n) => `X-Long: ${"x".repeat(100_000 * (n + 1))}\r\n${TEXT}`,
  "many header fields": (_, n) => "X-A: b\r\n".repeat(5_000 * (n + 1)) + TEXT,
  "a folded field without end": (_, n) => `References: <a@b>\r\n${" <c@d>\r\n".repeat(5_000 * (n + 1))}${TEXT}`,
  "a name without end": (_, n) => part(`application/pdf; name="${"é".repeat(10_000 * (n + 1))}.pdf"`, "x"),
  "parameters without end": (_, n) =>
    part(`text/plain; ${Array.from({ length: 1_000 * (n + 1) }, (_x, i) => `a${i}*0*=utf-8''%41`).join("; ")}`, "x"),
  "no closing boundary": (_, n) => multipart("mixed", [TEXT, HTML], "b", { close: n % 2 === 0 }).slice(0, -n),
  "a boundary that is not there": () => part('multipart/mixed; boundary="nowhere"', "text"),
  "no boundary": () => part("multipart/mixed", "--b\r\n\r\ntext\r\n--b--"),
  "an empty boundary": () => part('multipart/mixed; boundary=""', "--\r\n\r\ntext\r\n----"),
  "boundaries that begin alike": () => multipart("mixed", [multipart("alternative", [TEXT, HTML], "b1"), TEXT], "b"),
  "one boundary for two levels": () => multipart("mixed", [multipart("alternative", [TEXT, HTML], "b"), TEXT], "b"),
  "bad base64": (random) =>
    part(
      "text/plain; charset=utf-8",
      Array.from({ length: 2_000 }, () => String.fromCharCode(33 + random(90))).join(""),
      "Content-Transfer-Encoding: base64\r\n",
    ),
  "bad quoted-printable": (random) =>
    part(
      "text/plain",
      Array.from({ length: 3_000 }, () => ["=", "=\r\n", "=G", "é", " \r\n"][random(5)]).join(""),
      "Content-Transfer-Encoding: quoted-printable\r\n",
    ),
  "a line of megabytes": (_, n) =>
    part("text/plain", "=20".repeat(100_000 * (n + 1)), "Content-Transfer-Encoding: quoted-printable\r\n"),
  "an unknown encoding": () => part("text/plain", "=?x", "Content-Transfer-Encoding: x-uuencode\r\n"),
  "a lying charset": (random) =>
    part(
      `text/plain; charset=${["utf-8", "utf-16", "iso-2022-jp", "utf-7", "gb18030", "x-y", "'"][random(7)]}`,
      Array.from({ length: 5_000 }, () => String.fromCharCode(random(256))).join(""),
    ),
  "escapes of Japanese without end": () => part("text/plain; charset=iso-2022-jp", "\x1b$B\x1b(B".repeat(50_000)),
  "images that refer to each other": () =>
    multipart("related", [
      part("text/html", '<img src="cid:a"><img src="cid:b">', "Content-ID: <a>\r\n"),
      part("text/html", '<img src="cid:a">', "Content-ID: <b>\r\n"),
    ]),
  "HTML without end": (_, n) => part("text/html", "<div style='color:red'><table><tr><td>".repeat(20_000 * (n + 1))),
  "HTML that only opens": (_, n) => part("text/html", "<a href='".repeat(50_000 * (n + 1))),
  "quotes a thousand deep": () => part("text/plain; format=flowed", `${">".repeat(1_000)} x \r\n`.repeat(500)),
  "a bomb of a ZIP": () =>
    attached(
      "application/zip",
      "IHE_XDM.ZIP",
      zipSync({ "IHE_XDM/SUBSET01/METADATA.XML": new Uint8Array(60_000_000) }),
    ),
  "entries without number": () =>
    attached(
      "application/zip",
      "IHE_XDM.ZIP",
      zipSync(Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`f${i}`, new Uint8Array(1)]))),
    ),
  "a cut ZIP": (random) =>
    attached(
      "application/zip",
      "IHE_XDM.ZIP",
      zipSync({ "IHE_XDM/SUBSET01/METADATA.XML": Buffer.from("<a/>") }).subarray(0, 20 + random(60)),
    ),
  "entities in entities": () => attached("text/xml", "a.xml", XML_BOMB),
  "a CDA that is deep": (_, n) =>
    attached(
      "text/x-cda-r2+xml",
      "a.xml",
      `<ClinicalDocument xmlns="urn:hl7-org:v3">${"<a>".repeat(50_000 * (n + 1))}`,
    ),
  "winmail.dat with lengths that lie": (random) =>
    attached(
      "application/ms-tnef",
      "winmail.dat",
      Buffer.from([0x78, 0x9f, 0x3e, 0x22, 1, 0, ...Array.from({ length: 4_000 }, () => random(256))]),
    ),
  "noise as a mail in the mail": (random) =>
    part(
      "message/rfc822",
      Array.from({ length: 20_000 }, () => String.fromCharCode(random(256)))
        .join("")
        .replaceAll("\n--", ""),
    ),
  "archives without number": () =>
    multipart(
      "mixed",
      Array.from({ length: 300 }, () => attached("application/zip", "IHE_XDM.ZIP", "PK\x03\x04")),
    ),
  "controls in every field": () =>
    part(
      'text/plain; charset="\x01\x02"; name="\x1b[31m\x7f"',
      "\x00\x01\x1b[31m",
      "Content-ID: <\x01>\r\nContent-Disposition: \x02\r\n",
    ),
  "two content types": () =>
    `Content-Type: text/html\r\n${part("multipart/mixed; boundary=b", "--b\r\n\r\nx\r\n--b--")}`,
  "nothing at all": () => "\r\n",
  "only a header": () => "Content-Type: multipart/mixed; boundary=b\r\n",
  "bare line feeds": () => multipart("mixed", [TEXT, HTML]).replaceAll("\r\n", "\n"),
  "bare carriage returns": () => multipart("mixed", [TEXT, HTML]).replaceAll("\r\n", "\r"),
  "noise within a structure": (random) =>
    multipart("mixed", [TEXT, HTML, attached("application/zip", "IHE_XDM.ZIP", "PK")]).replace(/[\s\S]/g, (sign) =>
      random(40) === 0 ? String.fromCharCode(random(256)) : sign,
    ),
};

/** So many mails, of every kind in turn, always the same. */
export function* tortureMails(count: number): Generator<{ name: string; raw: string }> {
  const kinds = Object.entries(KINDS);
  for (let index = 0; index < count; index += 1) {
    const [name, make] = kinds[index % kinds.length] as (typeof kinds)[number];
    const round = Math.floor(index / kinds.length);
    yield { name: `${index + 1}. ${name}`, raw: HEAD + make(dice(index + 1), round) };
  }
}
