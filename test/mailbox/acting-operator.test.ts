import { createConnector } from "../../src/index.js";
import { QUICK } from "../sending/kit.js";
import { describeWithOperator, type OperatorSettings, operatorClient, operatorConfig } from "../tools/operator.js";
import { type ActingPlace, actingSuite } from "./acting-suite.js";

const ADDRESS = "dr.actes@medecin.test.mssante.fr";

async function atOperator(settings: OperatorSettings): Promise<ActingPlace> {
  const connector = createConnector(operatorConfig(settings, ADDRESS), { ...QUICK, delivery: "manual" });
  const other = await operatorClient(settings, ADDRESS);
  return {
    connector,
    other,
    async [Symbol.asyncDispose]() {
      await other.logout();
      await connector.close();
    },
  };
}

describeWithOperator("acting in the mailbox, at a real operator (Dovecot)", (settings) =>
  actingSuite(() => atOperator(settings())),
);
