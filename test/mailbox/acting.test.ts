import { describe } from "vitest";
import { createConnector } from "../../src/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR, QUICK } from "../sending/kit.js";
import { type ActingPlace, actingSuite } from "./acting-suite.js";
import { otherClient } from "./other-client.js";

async function atMock(): Promise<ActingPlace & { mock: MockMedimail }> {
  const mock = await startMockMedimail();
  const connector = createConnector(await configOf(mock, DOCTOR), { ...QUICK, delivery: "manual" });
  const other = await otherClient(mock);
  return {
    mock,
    connector,
    other,
    async [Symbol.asyncDispose]() {
      await other.logout();
      await connector.close();
      await mock.close();
    },
  };
}

describe("acting in the mailbox, on the mock", () => actingSuite(atMock));
