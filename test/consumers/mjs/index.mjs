import { createConnector, isMedimailError } from "medimail-connector";
import * as compliance from "medimail-connector/compliance";
import { startMockMedimail } from "medimail-connector/mock";

if (typeof compliance !== "object") throw new Error("no compliance door");
try {
  createConnector({});
  throw new Error("an empty configuration passed");
} catch (error) {
  if (!isMedimailError(error) || error.code !== "config_invalid") throw error;
}
const mock = await startMockMedimail();
await mock.close();
console.log("mjs: ok");
