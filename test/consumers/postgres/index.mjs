import * as connector from "medimail-connector";
import { startMockMedimail } from "medimail-connector/mock";
import { tryPostgres } from "./try.cjs";

await tryPostgres(connector, startMockMedimail, process.argv[2]);
console.log("postgres, mjs: ok");
