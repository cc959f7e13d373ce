import { nearest } from "../config/index.js";
import { isMedimailError, MedimailError } from "../errors.js";
import type { RawArgs } from "./args.js";
import { GLOBAL_OPTIONS, Options, splitArgs, usage } from "./args.js";
import type { Command } from "./command.js";
import { EXIT } from "./command.js";
import { COMMANDS, commandNamed, NOT_SERVED } from "./commands/index.js";
import { Context } from "./context.js";
import { exitCodeOf, type Printed, printError, toMedimailError } from "./failure.js";
import { commandHelp, generalHelp, helpValue } from "./help.js";
import type { CliIo } from "./io.js";
import { longTimer } from "./long-timer.js";
import { styleFor } from "./style.js";
import { type Lang, textFor } from "./text/index.js";
import { VERSION } from "./version.js";

/**
 * The command `medimail`: reads the line, runs one command, prints, and gives the exit code of CLI.md. It never throws, and never ends the
 * process: the entry does.
 */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  // What stands after `--` is of another program (validate).
  const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  // Known before anything can fail, so that even a wrong command line is answered in the form and language asked.
  const printed: Printed = {
    json: own.includes("--json"),
    verbose: own.includes("--verbose"),
    text: textFor(langOf(own)),
    style: styleFor(io.errIsTty, io.env),
  };
  try {
    return await dispatch(argv, io, printed);
  } catch (thrown) {
    const error = toMedimailError(thrown);
    await printError(io, error, printed);
    return exitCodeOf(error);
  }
}

function langOf(argv: readonly string[]): Lang {
  const at = argv.indexOf("--lang");
  return argv.includes("--lang=en") || (at >= 0 && argv[at + 1] === "en") ? "en" : "fr";
}

const ALL_OPTIONS = Object.assign(
  {},
  GLOBAL_OPTIONS,
  ...COMMANDS.map((command) => command.options),
) as Command["options"];

async function dispatch(argv: readonly string[], io: CliIo, printed: Printed): Promise<number> {
  const raw = splitArgs(argv, ALL_OPTIONS);
  const asksHelp = raw.positionals[0] === "help" || raw.options.some((option) => option.name === "help");
  const words = raw.positionals[0] === "help" ? raw.positionals.slice(1) : raw.positionals;
  const { text } = printed;
  if (raw.options.some((option) => option.name === "version")) {
    await io.out(printed.json ? `${JSON.stringify({ version: VERSION })}\n` : `${VERSION}\n`);
    return EXIT.done;
  }
  const found = commandNamed(words);
  if (!found) {
    if (words.length > 0 && !isGroup(words)) throw unknownCommand(words);
    const style = styleFor(asksHelp ? io.outIsTty : io.errIsTty, io.env);
    const group = isGroup(words) ? words[0] : undefined;
    if (asksHelp)
      await io.out(
        printed.json ? `${JSON.stringify(helpValue(COMMANDS, text), null, 2)}\n` : generalHelp(text, style, group),
      );
    else if (printed.json) throw usage("a command is missing", "medimail --help lists them");
    else await io.err(generalHelp(text, style, group));
    return asksHelp ? EXIT.done : EXIT.usage;
  }
  const { command, rest } = found;
  if (asksHelp) {
    await io.out(
      printed.json
        ? `${JSON.stringify(helpValue([command], text)[0], null, 2)}\n`
        : commandHelp(command, text, styleFor(io.outIsTty, io.env)),
    );
    return EXIT.done;
  }
  return runCommand(command, { ...raw, positionals: rest }, io, printed);
}

async function runCommand(command: Command, raw: RawArgs, io: CliIo, printed: Printed): Promise<number> {
  const specs = { ...GLOBAL_OPTIONS, ...command.options };
  const options = new Options(raw.options, specs);
  const { min = 0, max = 0, name = "" } = command.positionals ?? {};
  if (raw.positionals.length > max)
    throw usage(
      `too many arguments: ${command.name} takes ${max === 0 ? "none" : `${max} (${name})`}`,
      `medimail ${command.name} --help`,
    );
  if (raw.positionals.length < min) throw usage(`missing: ${name}`, `medimail ${command.name} --help`);
  options.require(specs);
  const timeoutSeconds = options.number("timeout", { min: 0, max: 10_000_000 }) ?? command.timeoutSeconds;

  const stop = stopSignal(command, io, timeoutSeconds);
  const context = new Context(
    io,
    printed.json,
    printed.text.lang,
    printed.text,
    printed.verbose,
    stop.signal,
    timeoutSeconds,
    styleFor(io.outIsTty, io.env),
  );
  try {
    const work = command.run(context, { options, positionals: raw.positionals, dashes: raw.dashes });
    return await (command.ownsSignal ? work : Promise.race([work, stop.reached]));
  } catch (error) {
    // Rooms only know that they were stopped; nobody interrupted a command whose time is over.
    const { reason } = stop.signal;
    const late = isMedimailError(reason) && reason.code === "timeout";
    throw late && isMedimailError(error) && error.code === "aborted" ? reason : error;
  } finally {
    stop.dispose();
  }
}

/** One signal for the person's interruption, the time limit, and (for what runs on and on) a reader that has gone. */
function stopSignal(command: Command, io: CliIo, timeoutSeconds: number | undefined) {
  const controller = new AbortController();
  let fail: (error: MedimailError) => void = () => {};
  const reached = new Promise<never>((_, reject) => {
    fail = reject;
  });
  reached.catch(() => {});
  const stop = (error: MedimailError) => {
    controller.abort(error);
    fail(error);
  };
  const onSignal = () => stop(new MedimailError("aborted", "interrupted"));
  const onGone = () => command.untilStopped && onSignal();
  const expired = () =>
    stop(
      new MedimailError("timeout", `not done within ${timeoutSeconds} s`, {
        hint: "--timeout SECONDS gives it longer.",
      }),
    );
  const callOff = timeoutSeconds === undefined ? undefined : longTimer(timeoutSeconds * 1000, expired);
  io.signal.addEventListener("abort", onSignal, { once: true });
  io.readerGone.addEventListener("abort", onGone, { once: true });
  if (io.signal.aborted) onSignal();
  return {
    signal: controller.signal,
    reached,
    dispose() {
      callOff?.();
      io.signal.removeEventListener("abort", onSignal);
      io.readerGone.removeEventListener("abort", onGone);
    },
  };
}

function isGroup(words: readonly string[]): boolean {
  return words.length === 1 && COMMANDS.some((command) => command.name.startsWith(`${words[0]} `));
}

function unknownCommand(words: readonly string[]): MedimailError {
  const [first = "", second = ""] = words;
  const typed = second === "" ? first : `${first} ${second}`;
  const group = COMMANDS.filter((command) => command.name.startsWith(`${first} `));
  const notServed = NOT_SERVED.find((name) => name === first || name === `${first} ${second}`);
  if (notServed) {
    return new MedimailError("not_supported", `the command "${notServed}" is not served yet by version ${VERSION}`, {
      hint: "medimail --help lists what is",
    });
  }
  const names =
    group.length > 0
      ? group.map((command) => command.name)
      : [
          ...COMMANDS.map((command) => command.name),
          ...NOT_SERVED,
          ...new Set(COMMANDS.map((command) => command.name.split(" ")[0] ?? "")),
        ];
  const meant = nearest(typed, names) ?? nearest(first, names);
  return usage(
    `unknown command: ${typed.slice(0, 80)}`,
    meant ? `did you mean "medimail ${meant}"?` : "medimail --help lists the commands",
  );
}
