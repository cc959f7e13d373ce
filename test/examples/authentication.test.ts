import { expect, it } from "vitest";
import { main as login } from "../../examples/login-with-pro-sante-connect.js";
import { main as unattended } from "../../examples/unattended-app-mailbox.js";

it("the example of a login opens the mailbox with the professional's token, and closes it with his leaving", async () => {
  const lines: string[] = [];
  const result = await login({ log: (line) => lines.push(line), browser: (url) => void fetch(url) });
  expect(result).toEqual({ folders: true, after: "login_required" });
  expect(lines.join("\n")).not.toMatch(/@|ey[A-Za-z0-9_-]{10}/);
});

it("the example of unattended software sends by its certificate alone", async () => {
  expect(await unattended({ log: () => {} })).toEqual({ ok: true, certificates: true, passwords: 0 });
});
