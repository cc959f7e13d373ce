import type { Config } from "../config/index.js";
import { configWarnings } from "../config/index.js";
import type { Connector, ConnectorOptions } from "../connector-types.js";
import { jsonLogger } from "../log.js";
import { loadConfigFile, openSecretFiles } from "../settings/index.js";
import type { Options } from "./args.js";
import type { Context } from "./context.js";
import { sessionByCard } from "./login.js";

export const CONFIG_OPTION = { config: { type: "string", value: "FILE", required: true } } as const;

/** The connector of `--config`, which delivers only what the command tells it. Its warnings go to stderr; with --verbose its log too. */
export async function connectorOf(
  context: Context,
  options: Options,
  settings: ConnectorOptions = {},
): Promise<{ connector: Connector; config: Config }> {
  const config = loadConfigFile(options.needed("config"));
  const { createConnector } = await import("../connector.js");
  const session = config.auth.method === "pro-sante-connect" ? sessionByCard(context, config) : undefined;
  const connector = createConnector(config, {
    delivery: "manual",
    ...(session ? { session } : {}),
    ...(context.verbose ? { logger: jsonLogger((line) => void context.io.err(line)), logLevel: "debug" as const } : {}),
    ...settings,
  });
  if (session) {
    const close = connector.close.bind(connector);
    connector.close = async () => {
      await close();
      await session[Symbol.asyncDispose]();
    };
  }
  await warnOfConfig(context, config);
  return { connector, config };
}

/** What a configuration allows, and somebody should know of. */
export async function warnOfConfig(context: Context, config: Config): Promise<void> {
  for (const warning of [...configWarnings(config), ...openSecretFiles(config)])
    await context.warn(`${warning.path}: ${warning.message}`);
}

/** Runs with a connector and closes it, whatever comes of it. */
export async function withConnector<T>(
  context: Context,
  options: Options,
  work: (connector: Connector) => Promise<T>,
  settings: ConnectorOptions = {},
): Promise<T> {
  const { connector } = await connectorOf(context, options, settings);
  try {
    return await work(connector);
  } finally {
    await connector.close();
  }
}
