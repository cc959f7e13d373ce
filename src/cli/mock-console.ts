import type { RequirementResult } from "../compliance/index.js";
import type { MockMedimail, ScenarioDesk } from "../mock/index.js";
import type { EndReason, Stage } from "../validator/index.js";

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

function deskOf(stage: Stage, results: () => readonly RequirementResult[]): ScenarioDesk {
  return {
    get scenarios() {
      return stage.scenarios;
    },
    get current() {
      return stage.current;
    },
    begin: async (id, { repetition = 1 } = {}) => {
      await stage.begin(id, repetition);
    },
    end: (reason) => stage.end((reason ?? "done") as EndReason),
    step: (step) => stage.step(step),
    results,
  };
}
