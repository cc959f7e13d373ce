/** An address of the ENVELOPE: display name, local part, domain; a group is opened by a local part without a domain and closed by neither. */
export interface EnvelopeAddress {
  name: string | undefined;
  mailbox: string | undefined;
  host: string | undefined;
}

interface Token {
  kind: "word" | "quoted" | "special";
  text: string;
}

const MAX_ADDRESSES = 1000;

/** RFC 5322 address list, tolerant: what is not understood is left out. */
export function parseAddresses(value: string): EnvelopeAddress[] {
  const list: EnvelopeAddress[] = [];
  let phrase: Token[] = [];
  let angle: Token[] | undefined;
  const flush = () => {
    const address = build(phrase, angle);
    if (address && list.length < MAX_ADDRESSES) list.push(address);
    phrase = [];
    angle = undefined;
  };
  let inAngle = false;
  for (const token of tokens(value)) {
    if (token.kind === "special" && token.text === "<") {
      inAngle = true;
      angle = [];
    } else if (token.kind === "special" && token.text === ">") {
      inAngle = false;
    } else if (inAngle) {
      angle?.push(token);
    } else if (token.kind === "special" && token.text === ",") {
      flush();
    } else if (token.kind === "special" && token.text === ":") {
      list.push({ name: undefined, mailbox: words(phrase), host: undefined });
      phrase = [];
    } else if (token.kind === "special" && token.text === ";") {
      flush();
      list.push({ name: undefined, mailbox: undefined, host: undefined });
    } else {
      phrase.push(token);
    }
  }
  flush();
  return list;
}

function build(phrase: Token[], angle: Token[] | undefined): EnvelopeAddress | undefined {
  const spec = (angle ?? phrase).map((t) => t.text).join("");
  if (spec === "" && phrase.length === 0) return undefined;
  const at = spec.lastIndexOf("@");
  const name = angle && phrase.length > 0 ? words(phrase) : undefined;
  return at < 0 ? { name, mailbox: spec, host: "" } : { name, mailbox: spec.slice(0, at), host: spec.slice(at + 1) };
}

function words(tokens: Token[]): string {
  return tokens.map((t) => t.text).join(" ");
}

function* tokens(value: string): Generator<Token> {
  const pattern = /"((?:[^"\\]|\\.)*)"|([<>,:;])|([^\s"<>,:;()]+)/g;
  for (const match of dropComments(value).matchAll(pattern)) {
    if (match[1] !== undefined) yield { kind: "quoted", text: match[1].replace(/\\(.)/g, "$1") };
    else if (match[2] !== undefined) yield { kind: "special", text: match[2] };
    else if (match[3] !== undefined) yield { kind: "word", text: match[3] };
  }
}

function dropComments(value: string): string {
  let out = "";
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < value.length; i++) {
    const char = value[i] ?? "";
    if (char === "\\") {
      if (depth === 0) out += value.slice(i, i + 2);
      i += 1;
    } else if (char === '"' && depth === 0) {
      quoted = !quoted;
      out += char;
    } else if (char === "(" && !quoted) depth += 1;
    else if (char === ")" && !quoted && depth > 0) depth -= 1;
    else if (depth === 0) out += char;
  }
  return out;
}
