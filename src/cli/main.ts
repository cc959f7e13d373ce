import { processIo } from "./io.js";
import { main } from "./run.js";

const io = processIo();
const code = await main(process.argv.slice(2), io);
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
