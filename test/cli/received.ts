import { join } from "node:path";
import { expect } from "vitest";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import type { writeDocuments } from "./documents.js";
import { cli } from "./harness.js";

export const LABO = "labo@ch-exemple.mssante.fr";
export const DOCTOR = "martin.dupont@medecin.mssante.fr";

/** A mock in which the laboratory has sent a document to the doctor, and the doctor's configuration. */
export async function received(
  folder: string,
  files: ReturnType<typeof writeDocuments>,
): Promise<{ mock: MockMedimail; doctor: string }> {
  const mock = await startMockMedimail({ dir: join(folder, "mock") });
  const { configs } = await mock.ready();
  const { cda, pdf } = files;
  const labo = configs[LABO] ?? "";
  const sent = await cli("send", "--config", labo, "--json", "--cda", cda, "--pdf", pdf, "--to", DOCTOR);
  expect(sent.code).toBe(0);
  return { mock, doctor: configs[DOCTOR] ?? "" };
}
