import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
let mock: MockMedimail;
beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock"), psc: true });
});
afterAll(() => mock.close());

async function config(auth: object): Promise<string> {
  const base = await mock.config("martin.dupont@medecin.mssante.fr");
  const { issuer, client } = mock.psc;
  const path = join(folder, "mock", `psc-${Math.random()}.json`);
  const named = { method: "pro-sante-connect", issuer, clientId: client.id, clientSecret: client.secret, ...auth };
  writeFileSync(path, JSON.stringify({ ...base, auth: named }));
  return path;
}

describe("auth.method pro-sante-connect at the command", () => {
  it("asks the professional's e-CPS once, with a code to compare, and opens his mailbox", async () => {
    const path = await config({ loginHint: mock.psc.professional.SubjectNameID });
    const result = await cli("mailbox", "folders", "--config", path, "--json");
    expect([result.code, result.err]).toEqual([0, expect.stringMatching(/e-CPS \(code \d\d\)/)]);
    expect(mock.psc.grants["urn:openid:params:grant-type:ciba"]).toBe(1);
    expect(result.out + result.err).not.toMatch(/ey[A-Za-z0-9_-]{20}/);
  });

  it("asks nobody for what needs no operator", async () => {
    const before = { ...mock.psc.grants };
    const path = await config({ loginHint: mock.psc.professional.SubjectNameID });
    expect((await cli("outbox", "list", "--config", path, "--json")).value()).toEqual([]);
    expect(mock.psc.grants).toEqual(before);
  });

  it("ends with exit 1 where the professional refuses, or is not named", async () => {
    mock.psc.card = "deny";
    const refused = await cli(
      "mailbox",
      "folders",
      "--config",
      await config({ loginHint: mock.psc.professional.SubjectNameID }),
      "--json",
    );
    mock.psc.card = "accept";
    const unnamed = await cli("mailbox", "folders", "--config", await config({}), "--json");
    const codeOf = ({ code, lines }: Awaited<ReturnType<typeof cli>>) => [
      code,
      lines<{ error?: { code: string } }>().at(-1)?.error?.code,
    ];
    expect([codeOf(refused), codeOf(unnamed)]).toEqual([
      [1, "login_failed"],
      [1, "login_required"],
    ]);
  });
});
