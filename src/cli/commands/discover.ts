import { defined } from "../../defined.js";
import type { CheckedProfile } from "../../discovery/index.js";
import { MedimailError } from "../../errors.js";
import { jsonLogger } from "../../log.js";
import { loadConfigFile } from "../../settings/index.js";
import type { discoverOperator } from "../../support.js";
import type { Options } from "../args.js";
import { type Command, EXIT } from "../command.js";
import type { Context } from "../context.js";
import { printError } from "../failure.js";
import { styleFor } from "../style.js";
import { discoverText, discoverValue } from "../views/discover.js";

export const discover: Command = {
  name: "discover",
  positionals: { name: "ADDRESS|DOMAIN", min: 1, max: 1 },
  options: {
    config: { type: "string", value: "FILE" },
    "host-suffix": { type: "string", value: "SUFFIX", multiple: true },
    dns: { type: "string", value: "ADDRESS[:PORT]", multiple: true },
    "allow-address": { type: "string", value: "RANGE", multiple: true },
    autoconfig: { type: "string", value: "URL|off" },
    ca: { type: "string", value: "FILE", multiple: true },
  },
  async run(context, { options, positionals: [name = ""] }) {
    const { discoverOperator } = await import("../../support.js");
    const { io, signal, text, verbose } = context;
    const found = await discoverOperator(name, settingsOf(options), {
      signal,
      ...(verbose ? { logger: jsonLogger((line) => void io.err(line)) } : {}),
    });
    if (nobodyAnswered(found)) return await couldNotRun(context, found);
    await context.value(discoverValue(found), (style) => discoverText(found, text, style));
    return found.complete ? EXIT.done : EXIT.no;
  },
};

/** Those of the configuration, if one is given; the options come over them. */
function settingsOf(options: Options): Parameters<typeof discoverOperator>[1] {
  const file = options.text("config");
  const { operator, network, tls } =
    file === undefined ? { operator: "discover" as const, network: {}, tls: {} } : loadConfigFile(file);
  const suffixes = listOf(options.list("host-suffix"));
  const named = operator === "discover" ? {} : operator;
  return {
    operator: suffixes ? { ...named, discover: true, hostSuffixes: suffixes } : operator,
    network: {
      ...network,
      ...defined({
        dns: listOf(options.list("dns")),
        allowedAddresses: listOf(options.list("allow-address")),
        autoconfig: options.text("autoconfig"),
      }),
    },
    tls: { ...tls, ...defined({ ca: listOf(options.list("ca")) }) },
  };
}

function listOf(values: string[]): string[] | undefined {
  return values.length === 0 ? undefined : values;
}

function nobodyAnswered({ imap, smtp, refused }: CheckedProfile): boolean {
  const srv = refused.filter(({ source }) => source === "srv");
  return imap.length + smtp.length === 0 && srv.length > 0 && refused.every(({ reason }) => reason === "unreachable");
}

/** No network at all: exit 3, not an answer about the domain. */
async function couldNotRun(context: Context, { refused }: CheckedProfile): Promise<number> {
  const { io, json, verbose, text } = context;
  const error = new MedimailError(
    "dns_failed",
    `no name server answered (${refused.map(({ from, detail }) => `${from}: ${detail ?? "no answer"}`).join("; ")})`,
    { hint: "check the network of this machine, or name a server with --dns ADDRESS" },
  );
  await printError(io, error, { json, verbose, text, style: styleFor(io.errIsTty, io.env) });
  return EXIT.couldNotRun;
}
