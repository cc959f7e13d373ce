// Asks argv[2] and says how it went: for a process of little memory.
import { createHttp } from "../../src/http.js";
import { createDialer } from "../../src/net/index.js";

const http = createHttp({ dialer: createDialer() });
const size = await http.fetch(process.argv[2] ?? "").then(
  async (response) => (await response.arrayBuffer()).byteLength,
  (error: { code: string }) => error.code,
);
await http.close();
process.stdout.write(String(size));
