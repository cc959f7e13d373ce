import { readFileSync } from "node:fs";
import { type Break, play, type Ready } from "./connector.js";
import { NODE_MUTANTS } from "./mutants.js";

/** `node main.mjs NAME`: plays the scenario of `MEDIMAIL_SCENARIO` as the mutant NAME; `right` breaks nothing. */
const [, , name = "right"] = process.argv;
const broken: Break | undefined = name === "right" ? {} : NODE_MUTANTS[name];
if (broken === undefined) throw new Error(`no such mutant: ${name}`);
const ready = JSON.parse(readFileSync(process.env["MEDIMAIL_MOCK"] ?? "", "utf8")) as Ready;
await play(ready, process.env["MEDIMAIL_SCENARIO"], broken);
