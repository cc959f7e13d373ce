import { printError, toMedimailError } from "./failure.js";
import { processIo } from "./io.js";
import { main } from "./run.js";
import { styleFor } from "./style.js";
import { textFor } from "./text/index.js";

const io = processIo();
const argv = process.argv.slice(2);

// Node would print the error with its message, which may quote a document, and leave --json without its line.
process.on("uncaughtException", (thrown) => {
  const printed = {
    json: argv.includes("--json"),
    verbose: argv.includes("--verbose"),
    text: textFor("fr"),
    style: styleFor(false, {}),
  };
  void printError(io, toMedimailError(thrown), printed).finally(() => process.exit(1));
});

const code = await main(argv, io);
io.detach();
// Everything was handed to the streams; an empty write comes back when it has left the process as well.
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) resolve();
    else stream.write("", () => resolve());
  });
}
