import { describe, expect, it } from "vitest";
import { composeMdn } from "../../src/message/index.js";
import {
  DOCTOR,
  delivered,
  documentMail,
  during,
  failing,
  freeMail,
  imap,
  LABO,
  outcomeOf,
  PATIENT,
  resultOf,
  type Seen,
  scenario,
  smtp,
} from "./kit.js";

const BOX: Seen = { connection: "mock", kind: "mailbox", address: DOCTOR, type: "PER" };
const PER = { from: DOCTOR, to: [LABO] };

describe("answers", () => {
  const asked = (fin: boolean) => scenario(["ECO.2.2.8"], [{ action: "reply", body: "Oui.", ...(fin ? { fin } : {}) }]);
  const answer = (fields: Record<string, string> = {}) => freeMail({ To: `<${PATIENT}>`, Subject: "Re: x", ...fields });

  it("fails an answer that was to end the exchange and does not (ECO.2.2.8)", async () => {
    const verdict = async (fin: boolean, mail: string) => {
      const one = asked(fin);
      return (await resultOf("ECO.2.2.8", during(one, smtp([mail], { to: [PATIENT] })), { scenarios: [one] })).verdict;
    };
    expect(await verdict(true, answer())).toBe("fail");
    expect(await verdict(true, answer({ "X-MSS-MES": "FIN" }))).toBe("pass");
    expect(await verdict(true, answer({ Subject: "[FIN]" }))).toBe("not-observed");
    expect(await verdict(false, answer())).toBe("not-observed");
  });

  it("fails an answer that does not go where Reply-To says, where the scenario asks for the answer (RFC 5322)", async () => {
    const one = scenario(["RFC-5322"], [{ action: "reply", body: "Oui." }]);
    const asking = delivered(
      freeMail({ "Message-ID": "<q@x.mssante.fr>", "Reply-To": "<cabinet@x.mssante.fr>", Subject: "Un avis" }),
    );
    const reply = freeMail({
      Subject: "Re: Un avis",
      "In-Reply-To": "<q@x.mssante.fr>",
      References: "<q@x.mssante.fr>",
    });
    const fails = (to: string) => failing(during(one, [asking, ...smtp([reply], { to: [to] })]), { scenarios: [one] });
    expect(await fails(DOCTOR)).toEqual(["RFC-5322"]);
    expect(await fails("cabinet@x.mssante.fr")).toEqual([]);
    const seen = during(one, [asking, ...smtp([reply], { to: ["cabinet@x.mssante.fr"] })]);
    expect(await outcomeOf("reply-where-asked", seen, { scenarios: [one] })).toBe("ok");
  });
});

describe("a deletion (pfi-scope)", () => {
  const one = scenario(
    ["pfi-scope"],
    [
      { action: "send", to: [DOCTOR], documents: [{ cda: "cr.xml" }] },
      { action: "send", to: [DOCTOR], documents: [{ cda: "cr.xml" }], documentAction: "delete" },
    ],
  );
  it.each([
    ["delete", "pass"],
    ["create", "fail"],
  ] as const)("sent as %s: %s", async (action, verdict) => {
    const mails = [await documentMail(), await documentMail({ action })];
    expect((await resultOf("pfi-scope", during(one, smtp(mails)), { scenarios: [one] })).verdict).toBe(verdict);
    const never = during(one, smtp(mails.slice(0, 1)));
    expect((await resultOf("pfi-scope", never, { scenarios: [one] })).verdict).toBe("fail");
  });
});

describe("sessions", () => {
  it("fails a PER box that sends without having authenticated (ECO.1.2.1)", async () => {
    const silent = smtp([freeMail()], { ...PER, auth: null });
    expect(await failing([BOX, ...silent])).toContain("ECO.1.2.1");
    expect(await failing([BOX, ...smtp([freeMail()], { ...PER, auth: {} })])).not.toContain("ECO.1.2.1");
  });

  it("fails a mail of null return path that is no report (RFC 5321)", async () => {
    expect(await failing(smtp([freeMail()], { from: "" }))).toContain("RFC-5321");
    const ko = freeMail({ Subject: "[KO Intégration système !][902] XDM/1.0/DDM+CR" });
    expect(await failing(smtp([ko], { from: "" }))).not.toContain("RFC-5321");
    expect(await outcomeOf("return-path", smtp([freeMail()]))).toBe("ok");
  });

  it("says the line of a session wherever it stands in the place of the evidence", async () => {
    const weak = { tls: { clientHello: { versions: ["TLSv1.2"], suites: ["0x009C"] } } };
    const { evidence } = await resultOf("ECO.1.1.3", smtp([freeMail()], { id: "smtp-1", ...weak }));
    expect(evidence[0]?.where).toMatch(/^smtp-1, ligne \d+, ClientHello$/);
  });
});

describe("the token of Pro Santé Connect after a restart (ECO.1.2.5)", () => {
  const life: Seen[] = [
    { connection: "mock", kind: "client", what: "end" },
    { connection: "mock", kind: "client", what: "start" },
  ];
  const token: Seen = {
    connection: "http-1",
    kind: "http",
    surface: "psc",
    operation: "token",
    method: "POST",
    path: "/token",
    status: 200,
    parameters: {},
  } as Seen;
  const login = (fingerprint: string): Seen[] =>
    imap(["C: a STARTTLS", "S: a OK", "TLS", "C: b AUTHENTICATE XOAUTH2", "S: b OK"]).flatMap((one): Seen[] =>
      one.kind === "line" && one.line === "S: b OK".slice(3)
        ? [
            {
              connection: one.connection,
              kind: "auth",
              protocol: "imap",
              mechanism: "XOAUTH2",
              user: DOCTOR,
              ok: true,
              tls: true,
              fingerprint,
            },
            one,
          ]
        : [one],
    );
  const verdict = async (seen: Seen[]) => (await resultOf("ECO.1.2.5", [BOX, ...seen])).verdict;

  it("fails the one that was got before, and not one that the software was handed from outside", async () => {
    expect(await verdict([...life, token, ...login("a"), ...life, ...login("a")])).toBe("fail");
    const handed = [...life, ...login("b"), ...life, token, ...login("a"), ...life, ...login("b")];
    expect(await verdict(handed)).not.toBe("fail");
    expect(await verdict([...life, token, ...login("a"), ...life, token, ...login("c")])).toBe("to-declare");
  });
});

describe("receipts", () => {
  const original = (text: string) => ({ text, raw: Buffer.from(text, "latin1") });
  const mdn = (raw: Buffer, more: Partial<Parameters<typeof composeMdn>[0]> = {}) =>
    Buffer.from(
      composeMdn({
        from: { address: LABO, label: "Laboratoire" },
        to: DOCTOR,
        messageId: "mdn@ch-exemple.mssante.fr",
        date: new Date("2026-01-05T10:00:00Z"),
        original: raw,
        finalRecipient: LABO,
        originalRecipient: LABO,
        disposition: "displayed",
        automatic: false,
        nil: "LABSOFT001",
        software: { name: "LabSoft", version: "4.2" },
        ...more,
      }),
    ).toString("latin1");
  const send = (text: string) => smtp([text], { from: "" });
  const back = { "Return-Path": `<${DOCTOR}>`, From: `Dr <${DOCTOR}>`, To: `<${LABO}>` };

  it("fails the one that speaks for another box, and the one whose original has lost its files (in-mdn)", async () => {
    const plain = original(freeMail({ ...back, "Disposition-Notification-To": `<${DOCTOR}>` }));
    expect(await failing([delivered(plain.text), ...send(mdn(plain.raw))])).toEqual([]);
    const other = mdn(plain.raw).replace(/^Final-Recipient: .*$/im, "Final-Recipient: rfc822;autre@x.mssante.fr");
    expect(await failing([delivered(plain.text), ...send(other)])).toEqual(["in-mdn"]);
    const boundary = 'multipart/mixed; boundary="=b"';
    const body =
      "--=b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBonjour\r\n--=b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF\r\n--=b--\r\n";
    const fields = { ...back, "Disposition-Notification-To": `<${DOCTOR}>`, "Content-Type": boundary };
    const joined = original(freeMail(fields, body));
    const cut = joined.text.replace(/--=b\r\nContent-Type: application\/pdf[\s\S]*?%PDF\r\n/, "");
    expect(await failing([delivered(joined.text), ...send(mdn(joined.raw))])).toEqual([]);
    expect(await failing([delivered(joined.text), ...send(mdn(Buffer.from(cut, "latin1")))])).toEqual(["in-mdn"]);
  });
});
