import { loadConfigFile } from "../../settings/index.js";
import type { Options } from "../args.js";
import { usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { readInput } from "../files.js";
import { certificateText } from "../views/trust.js";

export const trustCertificate: Command = {
  name: "trust certificate",
  positionals: { name: "FILE", min: 1, max: 1 },
  options: {
    config: { type: "string", value: "FILE" },
    ca: { type: "string", value: "FILE", multiple: true },
    host: { type: "string", value: "NAME" },
    use: { type: "string", value: "server|client", choices: ["server", "client"] },
    offline: { type: "boolean" },
  },
  async run(context, { options, positionals: [file = ""] }) {
    const { examineCertificate, RevocationChecker, readAuthorities, readCertificates } = await import(
      "../../trust/index.js"
    );
    const { createHttp } = await import("../../http.js");
    const certificates = readCertificates(readInput(file, "FILE"));
    const settings = settingsOf(options);
    const authorities = readAuthorities(settings.ca.map((path) => readInput(path, "--ca")));
    const { dialerOf } = await import("../../wiring/index.js");
    const http = createHttp({ dialer: dialerOf(settings), plain: true });
    const host = options.text("host");
    const use = options.text("use") as "server" | "client" | undefined;
    try {
      const found = await examineCertificate(certificates, {
        authorities,
        ...(host === undefined ? {} : { host }),
        ...(use === undefined ? {} : { use }),
        ...(options.flag("offline") ? {} : { revocation: new RevocationChecker({ mode: "strict", http }) }),
        signal: context.signal,
      });
      if (!found) throw usage("FILE holds no certificate");
      await context.value(found, (style) => certificateText(found, context.text, style));
      return found.ok ? EXIT.done : EXIT.no;
    } finally {
      await http.close();
    }
  },
};

/** Authorities from `--ca`, else from the configuration; one of the two must give some: those of the system are never used. */
function settingsOf(options: Options): { ca: string[]; network: { proxy?: string } } {
  const path = options.text("config");
  const config = path === undefined ? undefined : loadConfigFile(path);
  const given = options.list("ca");
  const ca = given.length > 0 ? given : (config?.tls.ca ?? []);
  if (ca.length === 0) throw usage("the authorities are missing: give --ca, or --config with tls.ca");
  const proxy = config?.network.proxy;
  return { ca, network: proxy === undefined ? {} : { proxy } };
}
