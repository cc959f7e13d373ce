import type { IOptions } from "sanitize-html";
import { safeStyle } from "./style.js";

/** What a mail's HTML wanted that is not given. */
export type BlockedKind =
  /** Images, sounds, films, backgrounds and fonts from elsewhere: they tell the sender that and where the mail is read. */
  | "remote"
  /** Programs, and links that are some. */
  | "script"
  /** Sheets of style and properties that reach out of the mail's own box. */
  | "style"
  | "form"
  /** Pages and objects in the page. */
  | "frame"
  /** Links to where no person is to be led: other schemes, places relative to nothing. */
  | "link";

export interface BlockedContent {
  kind: BlockedKind;
  count: number;
  /** Of `remote`: the first hosts that were to be asked. */
  hosts?: string[];
}

export interface SafeHtml {
  html: string;
  blocked: BlockedContent[];
  /** The ids that images refer to (`cid:`), each once. */
  cids: string[];
  /** It had more markup than is read: its beginning is given. */
  truncated: boolean;
}

const LAYOUT =
  "a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr";

const KINDS: Readonly<Record<string, BlockedKind>> = {
  script: "script",
  noscript: "script",
  svg: "script",
  math: "script",
  style: "style",
  link: "style",
  form: "form",
  input: "form",
  button: "form",
  select: "form",
  textarea: "form",
  iframe: "frame",
  frame: "frame",
  frameset: "frame",
  object: "frame",
  embed: "frame",
  applet: "frame",
  portal: "frame",
  base: "link",
  audio: "remote",
  video: "remote",
  source: "remote",
  track: "remote",
  picture: "remote",
};

/** Attributes that make a program ask a server for something. */
const FETCHING = [
  "background",
  "srcset",
  "poster",
  "dynsrc",
  "lowsrc",
  "data",
  "longdesc",
  "usemap",
  "ping",
  "archive",
  "codebase",
];
const IMAGE_DATA = /^data:image\/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]*$/i;
/** Tags of one mail. Open ones cost the parser their depth each: 300,000 would take half a minute. */
const MAX_TAGS = 40_000;
const MAX_HOSTS = 20;
const MAX_CIDS = 200;
const SIZE = /^\d{1,4}%?$/;

/**
 * HTML of a mail as it may be shown: only markup of text and tables, no programs, no forms, no sheets, and nothing that is asked of
 * a server. Links to the web stay, and say nothing of where they are followed from. What is left out is counted.
 */
export async function safeHtml(html: string): Promise<SafeHtml> {
  const { pieces, ...safe } = await safePieces([html]);
  return { html: pieces.join(""), ...safe };
}

/**
 * The HTML of several parts, each made safe on its own: what one leaves open (a comment, a text area) must not swallow the next, which
 * another may have written (a banner of the operator's). The limit of tags is for all.
 */
export async function safePieces(
  pieces: readonly string[],
): Promise<Omit<SafeHtml, "html"> & { pieces: readonly string[] }> {
  const { default: sanitize } = await import("sanitize-html");
  const seen = new Seen();
  let left = MAX_TAGS;
  let truncated = false;
  const safe = pieces.map((html) => {
    const { end, tags } = readable(html, left);
    left -= tags;
    truncated ||= end < html.length;
    return sanitize(html.slice(0, end), optionsOf(seen));
  });
  return { pieces: safe, blocked: seen.list(), cids: [...seen.cids], truncated };
}

/** Up to where so many tags are read, and how many there are. */
function readable(html: string, most: number): { end: number; tags: number } {
  let at = html.indexOf("<");
  let tags = 0;
  while (at >= 0 && tags < most) {
    tags += 1;
    at = html.indexOf("<", at + 1);
  }
  return { end: at < 0 ? html.length : at, tags };
}

function optionsOf(seen: Seen): IOptions {
  return {
    allowedTags: LAYOUT.split(" "),
    allowedAttributes: {
      "*": ["style", "dir", "lang", "title", "align", "valign", "bgcolor", "width", "height"],
      a: ["href", "rel", "target"],
      img: ["src", "alt", "border"],
      font: ["color", "face", "size"],
      table: ["border", "cellpadding", "cellspacing", "summary"],
      td: ["colspan", "rowspan", "nowrap"],
      th: ["colspan", "rowspan", "nowrap", "scope"],
      ol: ["start", "type"],
      time: ["datetime"],
    },
    allowedSchemes: ["http", "https", "mailto", "tel"],
    allowedSchemesByTag: { img: ["cid", "data"] },
    allowedSchemesAppliedToAttributes: ["href", "src"],
    allowProtocolRelative: false,
    // The styles that pass are written by us, property by property.
    parseStyleAttributes: false,
    disallowedTagsMode: "discard",
    nonTextTags: [
      "script",
      "style",
      "textarea",
      "option",
      "noscript",
      "svg",
      "math",
      "title",
      "template",
      "xmp",
      "iframe",
      "noembed",
      "noframes",
      "plaintext",
      "object",
      "applet",
      "audio",
      "video",
      "select",
    ],
    nestingLimit: 200,
    enforceHtmlBoundary: false,
    onOpenTag: (name, attributes) => seen.tag(name, attributes),
    transformTags: {
      "*": (name, attributes) => ({ tagName: name, attribs: kept(name, attributes, seen) }),
    },
    exclusiveFilter: ({ tag, attribs }) => tag === "img" && attribs["src"] === undefined && !attribs["alt"],
  };
}

function kept(name: string, attributes: Readonly<Record<string, string>>, seen: Seen): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "href") {
      if (name === "a" && seen.link(value))
        Object.assign(given, { href: value, rel: "noopener noreferrer nofollow", target: "_blank" });
    } else if (key === "src") {
      if (name === "img" && seen.image(value)) given[key] = value.trim();
    } else if (key === "style") {
      const style = safeStyle(value);
      if (style.kept !== "") given[key] = style.kept;
      if (style.remote) seen.remote(style.remote);
      else if (style.dropped) seen.add("style");
    } else if (key === "width" || key === "height") {
      if (SIZE.test(value.trim())) given[key] = value.trim();
    } else if (!["rel", "target", "class", "id", "name"].includes(key)) given[key] = value;
  }
  return given;
}

class Seen {
  readonly cids = new Set<string>();
  readonly #counts = new Map<BlockedKind, number>();
  readonly #hosts = new Set<string>();

  add(kind: BlockedKind): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  remote(url: string): void {
    this.add("remote");
    const host = /^\s*(?:https?:|ftp:)?\/\/(?:[^/?#@\s]{0,200}@)?([a-z0-9.-]{1,200})/i.exec(url)?.[1];
    if (host !== undefined && this.#hosts.size < MAX_HOSTS) this.#hosts.add(host.toLowerCase());
  }

  tag(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === "meta") {
      if (/refresh/i.test(attributes["http-equiv"] ?? "")) this.add("link");
    } else {
      const kind = KINDS[name];
      if (kind) this.add(kind);
    }
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) this.add("script");
      else if (FETCHING.includes(key)) this.remote(value);
    }
  }

  /** Whether an image is of the mail itself. */
  image(url: string): boolean {
    const text = url.trim();
    const cid = /^cid:([^\s"'<>`]{1,250})$/i.exec(text)?.[1];
    if (cid !== undefined) {
      if (this.cids.size < MAX_CIDS) this.cids.add(unescaped(cid));
      return true;
    }
    if (IMAGE_DATA.test(text)) return true;
    if (/^\s*(?:https?:|ftp:|\/\/)/i.test(url)) this.remote(url);
    else this.add(/^\s*(?:javascript|vbscript)/i.test(url) ? "script" : "remote");
    return false;
  }

  /** Whether a person may be led there. A place within the page is none of a mail's. */
  link(url: string): boolean {
    // Browsers leave out controls and blanks before they look at the scheme.
    const plain = url.replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\ufeff]/g, "");
    if (/^(?:https?:\/\/|mailto:|tel:)/i.test(plain) && plain === url.trim().replace(/ /g, "")) return true;
    if (plain.startsWith("#")) return false;
    this.add(/^(?:javascript|vbscript|data|livescript|mocha):/i.test(plain) ? "script" : "link");
    return false;
  }

  list(): BlockedContent[] {
    return [...this.#counts].map(([kind, count]) => ({
      kind,
      count,
      ...(kind === "remote" && this.#hosts.size > 0 ? { hosts: [...this.#hosts] } : {}),
    }));
  }
}

function unescaped(cid: string): string {
  try {
    return decodeURIComponent(cid);
  } catch {
    return cid;
  }
}
