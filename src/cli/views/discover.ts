import type { CheckedProfile, CheckedTarget, Refusal } from "../../discovery/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";

const MAIL_SERVICES = ["imap", "smtp"] as const;

/** What `discover --json` prints: the hosts of each service in the order of their priority, where each came from, and what was refused. */
export function discoverValue({ domain, at, complete, imap, smtp, refused }: CheckedProfile) {
  return { domain, at: new Date(at).toISOString(), complete, imap, smtp, refused };
}

function isUsable({ source, addresses }: CheckedTarget): boolean {
  return source === "pinned" || addresses.length > 0;
}

export function discoverText(profile: CheckedProfile, text: Text, style: Style): string {
  const words = text.operator;
  const width = Math.max(...MAIL_SERVICES.map((service) => words.services[service].length));
  const lines = [style.bold(words.title(profile.domain))];
  for (const service of MAIL_SERVICES) {
    const name = words.services[service].padEnd(width);
    const targets = profile[service];
    if (targets.length === 0) lines.push(`  ${name}  ${style.red(words.none)}`);
    for (const [at, target] of targets.entries()) {
      const { host, port, source, from, priority, weight, addresses } = target;
      const place = `${host}:${port}`;
      const how = source === "pinned" ? words.sources.pinned : `${words.sources[source]} ${from}`;
      const order = priority === undefined ? "" : `, ${words.order(priority, weight ?? 0)}`;
      lines.push(
        `  ${at === 0 ? name : " ".repeat(width)}  ${isUsable(target) ? style.green(place) : style.red(place)}  ${addresses.join(" ")}`.trimEnd(),
        `  ${" ".repeat(width)}  ${style.dim(printable(`${how}${order}`))}`,
      );
    }
  }
  const { refused } = profile;
  if (refused.length > 0) lines.push("", style.bold(words.refused), ...refused.map((one) => refusalText(one, text)));
  if (!profile.complete) lines.push("", words.pin);
  return lines.join("\n");
}

function refusalText({ from, reason, host, port, address, detail }: Refusal, { operator, colon }: Text): string {
  const what = [host === undefined ? "" : port === undefined ? host : `${host}:${port}`, address ?? ""]
    .filter((part) => part !== "")
    .join(" ");
  return printable(
    `  ${from}${colon} ${what === "" ? "" : `${what}, `}${operator.reasons[reason]}${detail === undefined ? "" : ` (${detail})`}`,
  );
}
