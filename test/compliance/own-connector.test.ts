import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Judgement } from "../../src/compliance/index.js";
import { judge } from "../../src/compliance/index.js";
import { DOCTOR, type Pair, pair, soon } from "../sending/kit.js";
import { cdaOf, fictionalIns, pdfOf } from "../tools/documents.js";

// Our own connector on the mock, judged by what the mock observed: a right connector fails nothing, and what is visible in one sent mail
// is judged without any scenario.
let both: Pair;
let judgement: Judgement;

beforeAll(async () => {
  both = await pair();
  const { connector, mock } = both;
  const submission = await connector.documents.submit({
    documents: [{ cda: cdaOf(7, pdfOf(3_000, 7)) }],
    to: [DOCTOR],
    patient: true,
    fin: true,
    requestRead: true,
    replyTo: "accueil.labo@ch-exemple.mssante.fr",
    dossier: "000123",
  });
  await submission.settled({ until: "delivered", signal: soon() });
  mock.read(DOCTOR, (await mock.waitForMail({ to: DOCTOR })).messageId ?? "");
  await connector.close();
  const mails = new Map(mock.mails.map(({ raw }) => [createHash("sha256").update(raw).digest("hex"), raw]));
  judgement = await judge(mock.observations, { mail: (_, sha256) => mails.get(sha256) });
});

afterAll(() => both[Symbol.asyncDispose]());

const codes = (verdict: string) =>
  judgement.results.filter((result) => result.verdict === verdict).map(({ code }) => code);

describe("our own connector, judged", () => {
  it("fails nothing", () => {
    expect(
      judgement.results
        .filter(({ verdict }) => verdict === "fail")
        .map(({ code, evidence }) => [code, evidence[0]?.what]),
    ).toEqual([]);
    expect(judgement.problems.filter(({ where }) => where !== "delivered")).toEqual([]);
  });

  it("passes what one sent mail shows", () => {
    expect(codes("pass")).toEqual(
      expect.arrayContaining([
        ..."ECO.1.0.1 ECO.1.1.1 ECO.2.1.1 ECO.2.1.1-b ECO.2.1.3 ECO.2.1.5 ECO.2.1.6 ECO.2.2.1 ECO.2.2.3 ECO.2.2.4 ECO.2.2.5".split(
          " ",
        ),
        ..."ECO.2.2.6 ECO.2.2.7 ECO.2.2.8 ECO.2.3.1 ECO.2.3.2 ECO.2.4.1 ECO.2.4.2 ECO.2.4.3 in-detect mes-25mb mes-fin".split(
          " ",
        ),
      ]),
    );
  });

  it("says nothing of what was not seen", () => {
    expect(codes("not-observed")).toEqual(expect.arrayContaining(["ECO.1.1.5", "ECO.2.2.2", "in-mdn"]));
  });

  it("names no patient in masked evidence", () => {
    const text = JSON.stringify(judgement);
    for (const name of ["MOREL", "Elodie", "12/05/1985", fictionalIns()]) expect(text).not.toContain(name);
  });
});
