import { dirname, join, resolve } from "node:path";
import type { UpdateResult } from "../../trust/index.js";
import type { Options } from "../args.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { updateText, verdictText } from "../views/trust.js";

/** Where the list is kept: the file named, that of the configuration, else this name beside it or in the current folder. */
const DEFAULT_FILE = "listeblanche.xml";

const WHERE = {
  config: { type: "string", value: "FILE" },
  file: { type: "string", value: "FILE" },
  url: { type: "string", value: "URL" },
  ca: { type: "string", value: "FILE", multiple: true },
} as const;

export const trustWhitelistCheck: Command = {
  name: "trust whitelist check",
  positionals: { name: "ADDRESS", min: 1, max: 1000 },
  options: { ...WHERE, offline: { type: "boolean" } },
  async run(context, { options, positionals }) {
    const { domainName } = await import("../../trust/index.js");
    for (const given of positionals)
      if (domainName(given.slice(given.lastIndexOf("@") + 1)) === undefined)
        throw usage("ADDRESS must be a mail address or a domain");
    const { space, file } = await spaceOf(options);
    try {
      const verdicts = await space.list.check(positionals, {
        signal: context.signal,
        refresh: !options.flag("offline"),
      });
      const status = await space.list.status().catch(() => undefined);
      if (!status) await context.warn(context.text.trust.noList(file));
      else if (status.outdated)
        await context.warn(context.text.trust.outdated(status.confirmedAt?.slice(0, 10) ?? "?"));
      const found = positionals.map((address, index) => {
        const { domain = "", verdict = "unknown", operators = [] } = verdicts[index] ?? {};
        return { address, domain, inside: verdict === "inside", verdict, operators };
      });
      await context.value(found, (style) => found.map((one) => verdictText(one, context.text, style)).join("\n"));
      return found.every(({ inside }) => inside) ? EXIT.done : EXIT.no;
    } finally {
      await space.close();
    }
  },
};

export const trustWhitelistUpdate: Command = {
  name: "trust whitelist update",
  options: WHERE,
  async run(context, { options }) {
    const { space, file } = await spaceOf(options);
    try {
      const result: UpdateResult = await space.list.update({ signal: context.signal });
      await context.value({ file, ...result }, (style) => updateText(file, result, context.text, style));
      return EXIT.done;
    } finally {
      await space.close();
    }
  },
};

async function spaceOf(options: Options) {
  const path = options.text("config");
  const { openTrustSpace, whiteListFile } = await import("../../wiring/index.js");
  const { loadConfigFile } = await import("../../settings/index.js");
  const config = path === undefined ? undefined : loadConfigFile(path);
  const given = options.text("file");
  const beside = join(path === undefined ? "." : dirname(path), DEFAULT_FILE);
  const file = resolve(given ?? (config && whiteListFile(config)) ?? beside);
  const url = options.text("url");
  if (url !== undefined && !URL.canParse(url)) throw usage("--url must be an address");
  const ca = options.list("ca");
  const settings = {
    tls: ca.length > 0 ? { ca } : { ca: config?.tls.ca ?? [] },
    trust: { ...config?.trust, ...(url === undefined ? {} : { whiteListUrl: url }) },
    network: config?.network ?? {},
  };
  return { file, space: openTrustSpace(settings, file) };
}
