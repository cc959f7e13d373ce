import type { Hl7Seen, Hl7ServeOptions } from "../../connector-types.js";
import type { Problem } from "../../errors.js";
import { firstAborted } from "../../first-aborted.js";
import { readHl7Order } from "../../hl7/index.js";
import { type Options, usage } from "../args.js";
import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, withConnector } from "../connect.js";
import type { Context } from "../context.js";
import { readInput } from "../files.js";
import { orderText, orderValue, seenText } from "../views/hl7.js";

export const hl7Inspect: Command = {
  name: "hl7 inspect",
  positionals: { name: "FILE", min: 1, max: 1 },
  options: { "strict-matrix": { type: "boolean" } },
  async run(context, { options, positionals: [file = ""] }) {
    const order = readHl7Order(readInput(file, "FILE"), { strictMatrix: options.flag("strict-matrix") });
    const value = orderValue(order);
    await context.value(value, (style) => orderText(value, context.text, style));
    if (!context.json) await context.warnProblems(order.problems);
    return EXIT.done;
  },
};

export const hl7Serve: Command = {
  name: "hl7 serve",
  stream: true,
  ownsSignal: true,
  untilStopped: true,
  options: {
    ...CONFIG_OPTION,
    mllp: { type: "string", value: "HOST:PORT" },
    relay: { type: "string", value: "HOST:PORT" },
    allow: { type: "string", value: "ADDRESS", multiple: true },
    "tls-cert": { type: "string", value: "FILE" },
    "tls-key": { type: "string", value: "FILE" },
    dmp: { type: "string", value: "refuse|ignore", choices: ["refuse", "ignore"] },
    "strict-matrix": { type: "boolean" },
  },
  async run(context, { options }) {
    const serving = servingOf(context, options);
    return withConnector(context, options, async (connector) => {
      await connector.ready();
      // The delivery ends with the gateway, and the gateway with the delivery.
      const ended = new AbortController();
      const { signal, release } = firstAborted(context.signal, ended.signal);
      const both = [connector.delivery.run({ signal }), connector.hl7.serve({ ...serving, signal })];
      try {
        await Promise.race(both);
        ended.abort();
        await Promise.all(both);
      } finally {
        ended.abort();
        await Promise.allSettled(both);
        release();
      }
      return EXIT.done;
    });
  },
};

function servingOf(context: Context, options: Options): Omit<Hl7ServeOptions, "signal"> {
  const relay = options.text("relay");
  const [cert, key] = [options.text("tls-cert"), options.text("tls-key")];
  if ((cert === undefined) !== (key === undefined)) throw usage("--tls-cert and --tls-key belong together");
  const allow = options.list("allow");
  const dmp = options.text("dmp") as Hl7ServeOptions["dmp"];
  return {
    listen: {
      ...placeOf(options.text("mllp") ?? "127.0.0.1:2575", "--mllp"),
      ...(allow.length > 0 ? { allow } : {}),
      ...(cert === undefined || key === undefined
        ? {}
        : {
            tls: {
              cert: readInput(cert, "--tls-cert").toString("utf8"),
              key: readInput(key, "--tls-key").toString("utf8"),
            },
          }),
    },
    ...(relay === undefined ? {} : { receipts: placeOf(relay, "--relay") }),
    ...(dmp === undefined ? {} : { dmp }),
    strictMatrix: options.flag("strict-matrix"),
    onListening: ({ host, port }) => {
      const shown = { event: "listening", host, port };
      void context.event(shown, () => context.text.hl7.listening(host, port));
    },
    onSeen: (seen) => {
      void context.event(seen, (style) => seenText(seen, context.text, style));
      if (!context.json) void context.warnProblems(problemsOf(seen));
    },
  };
}

const problemsOf = (seen: Hl7Seen): readonly Problem[] => (seen.event === "message" ? seen.problems : []);

/** `127.0.0.1:2575`, `[::1]:2575`, `engine.chu.fr:2575`. */
function placeOf(written: string, option: string): { host: string; port: number } {
  const found = /^(?:\[([^\]\s]+)\]|([^:\s]+)):(\d{1,5})$/.exec(written);
  const port = Number(found?.[3]);
  if (!found || port > 65_535) throw usage(`${option} is HOST:PORT, such as 127.0.0.1:2575`);
  return { host: found[1] ?? found[2] ?? "", port };
}
