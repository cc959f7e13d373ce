import type { Observation } from "../../seams/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";

interface Ready {
  smtp: { host: string; port: number };
  imap: { host: string; port: number };
  dns: { host: string; port: number };
  http: { url: string };
  ca: string;
  whiteList: { url: string };
  control: { url: string };
  console?: { url: string };
  mailboxes: readonly { address: string; type: string; auth: { method: string } }[];
  configs: Readonly<Record<string, string>>;
}

export function readyText(ready: Ready, text: Text, style: Style): string {
  const { view } = text;
  const lines = [
    style.bold(`${view.mockReady} ${view.mockStop}`),
    `  SMTP  ${ready.smtp.host}:${ready.smtp.port}`,
    `  IMAP  ${ready.imap.host}:${ready.imap.port}`,
    `  DNS   ${ready.dns.host}:${ready.dns.port}`,
    `  HTTP  ${ready.http.url}`,
    `  CA    ${ready.ca}`,
    `  HTTP  ${ready.whiteList.url}`,
    ...(ready.console ? [`  ${view.mockPage}  ${style.cyan(ready.console.url)}`] : []),
    `  API   ${ready.control.url}`,
    `  ${view.mailboxes}`,
    ...ready.mailboxes.map(
      ({ address, type, auth }) =>
        `    ${type.padEnd(4)} ${address}  ${style.dim(`${auth.method}  ${ready.configs[address] ?? ""}`)}`,
    ),
  ];
  return lines.join("\n");
}

/** One observation as a transcript line. */
export function observationText(observation: Observation, style: Style): string {
  const head = style.dim(`${observation.at.slice(11, 23)} ${observation.connection}`);
  return `${head}  ${printable(detail(observation))}`;
}

function detail(observation: Observation): string {
  switch (observation.kind) {
    case "line":
      return `${observation.protocol} ${observation.from === "client" ? "C:" : "S:"} ${observation.line}`;
    case "tls":
      return `${observation.protocol} TLS ${observation.what} ${observation.version ?? observation.error ?? ""}`;
    case "tcp":
      return `${observation.protocol} ${observation.what}`;
    case "auth":
      return `${observation.protocol} AUTH ${observation.mechanism} ${observation.user} ${observation.ok ? "ok" : "refused"}`;
    case "mail":
      return `MAIL ${observation.from} -> ${observation.to.join(", ")} (${observation.size})${observation.file ? ` ${observation.file}` : ""}`;
    case "dns":
      return `DNS ${observation.type} ${observation.name} -> ${observation.answer} (${observation.records})`;
    case "fault":
      return `FAULT ${observation.name}`;
    case "delivered":
      return `IN ${observation.from} -> ${observation.mailbox} (${observation.size})${observation.what ? ` ${observation.what}` : ""}`;
    case "http":
      return `HTTP ${observation.surface} ${observation.method} ${observation.operation} -> ${observation.status} ${observation.error ?? ""}`;
    case "scenario":
      return `SCENARIO ${observation.id} ${observation.what} ${observation.step ?? ""}${observation.reason ?? ""}`;
    case "mailbox":
      return `MAILBOX ${observation.type} ${observation.address}`;
    case "appended":
      return `APPEND ${observation.mailbox} ${observation.folder} (${observation.size})`;
    case "client":
      return `CLIENT ${observation.what} ${observation.code ?? ""}`;
  }
}
