import type { RequirementResult } from "../compliance/index.js";
import type { MockMedimail } from "../mock/index.js";
import type { Stage } from "../validator/index.js";

export interface ConsoleOptions {
  /** Serves the page too. Default true. */
  page?: boolean;
  /** Default loopback. */
  host?: string;
  port?: number;
}

export interface ConsolePlaces {
  control: { url: string; token: string };
  /** The page, with the token in the fragment, which no server is told of. */
  console?: { url: string };
}

/** Serves the control API of a mock whose scenarios a stage leads, and its page. Closed with the mock. */
export async function openConsole(
  mock: MockMedimail,
  stage: Stage,
  results: () => readonly RequirementResult[],
  { page = true, host, port }: ConsoleOptions = {},
): Promise<ConsolePlaces> {
  const { deskOf } = await import("../validator/index.js");
  mock.scenarios = deskOf(stage, results);
  const files = page ? await (await import("../console/index.js")).consoleFiles() : undefined;
  await mock.serveControl({
    ...(files ? { files } : {}),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
  });
  const { url, token, origin } = mock.control;
  return { control: { url, token }, ...(page ? { console: { url: `${origin}/#token=${token}` } } : {}) };
}
