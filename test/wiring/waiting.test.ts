import { expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { demoLaboratoryReport, startMockMedimail } from "../../src/mock/index.js";
import { LABO } from "../sending/kit.js";

it("who begins to wait for a receipt after the first look does not wait for the next of 30 s", async () => {
  await using mock = await startMockMedimail();
  await using connector = createConnector(await mock.config(LABO));
  await connector.ready();
  await mock.waitFor((seen) => seen.kind === "line" && seen.protocol === "imap" && seen.line.includes("UID SEARCH"));
  const { cda } = demoLaboratoryReport({ id: "2.25.8101", setId: "2.25.810" }, "20260105100000+0100");
  const sent = await connector.documents.submit({ documents: [{ cda }], to: ["martin.dupont@medecin.mssante.fr"] });
  const { ok } = await sent.settled({ until: "delivered", signal: AbortSignal.timeout(12_000) });
  expect(ok).toBe(true);
});
