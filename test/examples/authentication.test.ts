import { expect, it } from "vitest";
import { main as web } from "../../examples/login-in-a-web-program.mts";
import { main as login } from "../../examples/login-with-pro-sante-connect.mts";
import { main as unattended } from "../../examples/unattended-app-mailbox.mts";

it("the example of a login opens the mailbox with the professional's token, and closes it with his leaving", async () => {
  const lines: string[] = [];
  const result = await login({ log: (line) => lines.push(line), browser: (url) => void fetch(url) });
  expect(result).toEqual({ folders: true, after: "login_required" });
  expect(lines.join("\n")).not.toMatch(/@|ey[A-Za-z0-9_-]{10}/);
});

it("the example of unattended software sends by its certificate alone", async () => {
  expect(await unattended({ log: () => {} })).toEqual({ ok: true, certificates: true, passwords: 0 });
});

/** A browser: follows redirects with its cookies. */
async function browse(origin: string): Promise<string> {
  const jar = new Map<string, string>();
  let at = new URL(origin);
  for (let step = 0; step < 10; step++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(at, { redirect: "manual", headers: at.origin === origin ? { cookie } : {} });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const next = response.headers.get("location");
    if (next === null) return await response.text();
    at = new URL(next, at);
  }
  return "too many redirects";
}

it("the example of a web program logs a browser in, and shows it the mailbox", async () => {
  const lines: string[] = [];
  const { page, sessions } = await web({ log: (line) => lines.push(line), browser: browse });
  expect([page, sessions]).toEqual([expect.stringMatching(/^folders: [1-9]/), 1]);
  expect(lines.join("\n")).not.toMatch(/@|ey[A-Za-z0-9_-]{10}/);
});
