/** A path of MAIL or RCPT with its parameters. */
export interface PathCommand {
  /** Empty for the null path. */
  address: string;
  /** Names in upper case, values as given. */
  parameters: Map<string, string>;
}

/** `FROM:<a@b> KEY=VALUE …`; undefined where it is not that (RFC 5321 §4.1.1.2). */
export function parsePath(keyword: "FROM" | "TO", rest: string): PathCommand | undefined {
  const match = new RegExp(`^${keyword}:[ ]?<((?:"(?:[^"\\\\]|\\\\.)*"|[^<>" ])*)>((?: .*)?)$`, "i").exec(rest);
  if (!match) return undefined;
  const address = (match[1] ?? "").replace(/^@[^:]*:/, "");
  if (address !== "" && !/^[^@\s]+@[^@\s]+$/.test(address)) return undefined;
  const parameters = new Map<string, string>();
  for (const word of (match[2] ?? "").split(" ")) {
    if (word === "") continue;
    const parameter = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^= \x00-\x1f]+))?$/.exec(word);
    if (!parameter?.[1]) return undefined;
    const name = parameter[1].toUpperCase();
    if (parameters.has(name)) return undefined;
    parameters.set(name, parameter[2] ?? "");
  }
  return { address, parameters };
}

/** RFC 3461 xtext; undefined where it is not. */
export function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined;
  return text.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
