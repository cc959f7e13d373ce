import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/compliance/index.js";
import { cdaOf, headerOf, pdfOf } from "../tools/documents.js";
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

const IMAP_OPEN = [
  "S: * OK",
  "C: a STARTTLS",
  "S: a OK",
  "TLS",
  "C: b CAPABILITY",
  "S: * CAPABILITY IMAP4rev1",
  "S: b OK",
  "C: c AUTHENTICATE XOAUTH2 [credential]",
  "AUTH XOAUTH2",
  "S: c OK",
];
const sendTo = (to: string[], changes: object = {}) => ({ action: "send", to, ...changes });
const http = (surface: string, operation: string, changes: object = {}): Seen =>
  ({
    connection: "http-1",
    kind: "http",
    surface,
    operation,
    method: "POST",
    path: "/x",
    parameters: {},
    status: 200,
    ...changes,
  }) as Seen;
const outcome = (check: string, played: Scenario, seen: Seen[], before: Seen[] = []) =>
  outcomeOf(check, [...before, ...during(played, seen)], { scenarios: [played] });

describe("what a scenario asks of a mail", () => {
  it.each([
    [
      "delivery-receipt-asked",
      "ECO.2.3.1",
      { requestDelivery: true },
      () => smtp([freeMail()], { rcptParameters: " NOTIFY=SUCCESS" }),
      () => smtp([freeMail()]),
    ],
    [
      "read-receipt-asked",
      "ECO.2.3.2",
      { requestRead: true },
      () => smtp([freeMail({ "Disposition-Notification-To": `<${LABO}>` })]),
      () => smtp([freeMail()]),
    ],
    [
      "reply-to-asked",
      "ECO.2.2.5",
      { replyTo: "a@b.mssante.fr" },
      () => smtp([freeMail({ "Reply-To": "a@b.mssante.fr" })]),
      () => smtp([freeMail({ "Reply-To": "c@b.mssante.fr" })]),
    ],
    [
      "professionals-opposed",
      "MSS-va1.22",
      { opposeProfessionals: true, expect: "refused" },
      undefined,
      () => smtp([freeMail()]),
    ],
  ] as const)("%s", async (check, row, changes, right, wrong) => {
    const played = scenario([row], [sendTo([DOCTOR], changes)]);
    if (right) expect(await outcome(check, played, right())).toBe("ok");
    expect(await outcome(check, played, wrong())).toBe("breach");
    expect(await failing(during(played, wrong()), { scenarios: [played] })).toEqual([row]);
    expect(await outcomeOf(check, wrong())).toBe("not-observed");
  });

  it("does not hold a mail against what another of its steps asks", async () => {
    const played = scenario(["ECO.2.3.2"], [sendTo([DOCTOR], { requestRead: true }), sendTo([DOCTOR])]);
    expect(await outcome("read-receipt-asked", played, smtp([freeMail()]))).toBe("not-observed");
  });

  it("fin-asked", async () => {
    const played = scenario(["ECO.2.2.8"], [sendTo([PATIENT], { fin: true })]);
    const mail = (fin: boolean) => smtp([freeMail(fin ? { "X-MSS-MES": "FIN" } : {})], { to: [PATIENT] });
    expect(await outcome("fin-asked", played, mail(true))).toBe("ok");
    expect(await outcome("fin-asked", played, mail(false))).toBe("breach");
  });

  it("patient-opposed", async () => {
    const played = scenario(
      ["MSS-va1.20"],
      [sendTo([PATIENT], { opposePatient: true, expect: "refused" }), sendTo([DOCTOR], { opposePatient: true })],
    );
    expect(await outcome("patient-opposed", played, smtp([freeMail()]))).toBe("ok");
    expect(await failing(during(played, smtp([freeMail()], { to: [PATIENT] })), { scenarios: [played] })).toEqual([
      "MSS-va1.20",
    ]);
    const { verdict, attest } = await resultOf("MSS-va1.20", during(played, smtp([freeMail()])), {
      scenarios: [played],
    });
    expect([verdict, attest?.question]).toEqual(["to-declare", expect.stringContaining("opposition")]);
  });

  it("identity-not-qualified", async () => {
    const played = scenario(["INS-va1.53"], [sendTo([DOCTOR], { identityStatus: "recuperee" })]);
    const bare = cdaOf(7, pdfOf(500, 7), { patient: { ...headerOf().patient, ins: null } });
    expect(await outcome("identity-not-qualified", played, smtp([await documentMail({ cdas: [bare] })]))).toBe("ok");
    expect(await failing(during(played, smtp([await documentMail()])), { scenarios: [played] })).toEqual([
      "INS-va1.53",
    ]);
  });

  it("replacement-asked", async () => {
    const played = scenario(["AMBU.MSS-va1.02"], [sendTo([DOCTOR], { documentAction: "replace" })]);
    const newer = cdaOf(8, pdfOf(500, 8), { versionNumber: 2 });
    expect(await outcome("replacement-asked", played, smtp([await documentMail({ cdas: [newer] })]))).toBe("breach");
    expect(
      await outcome("replacement-asked", played, smtp([await documentMail({ cdas: [newer], action: "replace" })])),
    ).toBe("not-observed");
  });
});

describe("what a whole scenario shows", () => {
  it.each(["pfi-scope", "sil-scope", "ris-scope"])("%s-sent", async (row) => {
    const check =
      { "pfi-scope": "pfi-scope-sent", "sil-scope": "sil-scope-sent", "ris-scope": "ris-scope-sent" }[row] ?? "";
    const played = scenario([row], [sendTo([DOCTOR, PATIENT], { documents: [{ cda: "/x" }] })]);
    const mail = await documentMail();
    expect(await outcome(check, played, [...smtp([mail]), ...smtp([await documentMail()], { to: [PATIENT] })])).toBe(
      "ok",
    );
    expect(await outcome(check, played, smtp([mail]))).toBe("breach");
    expect(await outcomeOf(check, during(played, smtp([mail]), "stopped"), { scenarios: [played] })).toBe(
      "not-observed",
    );
  });

  it("receipt-given", async () => {
    const played = scenario(["ECO.3.1.6"], [{ action: "receipt", disposition: "displayed" }]);
    const asking = delivered(
      freeMail({ "Disposition-Notification-To": `<${LABO}>`, "Return-Path": `<${LABO}>`, "Message-ID": "<ask@x>" }),
      { mailbox: DOCTOR, from: LABO },
    );
    const report = "multipart/report; report-type=disposition-notification; boundary=b";
    const body =
      "--b\r\nContent-Type: text/plain\r\n\r\nLu\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\nOriginal-Message-ID: <ask@x>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n";
    expect(
      await outcome("receipt-given", played, [
        asking,
        ...smtp([freeMail({ "Content-Type": report }, body)], { from: "" }),
      ]),
    ).toBe("ok");
    expect(await outcome("receipt-given", played, [asking, ...imap(IMAP_OPEN)])).toBe("breach");
    expect(await outcome("receipt-given", played, [asking])).toBe("not-observed");
  });

  it("professionals-opposition-kept, only of a software that can send", async () => {
    const played = scenario(["MSS-va1.22"], [sendTo([DOCTOR], { opposeProfessionals: true, expect: "refused" })]);
    expect(await outcome("professionals-opposition-kept", played, [], smtp([freeMail()]))).toBe("ok");
    expect(await outcome("professionals-opposition-kept", played, [])).toBe("not-observed");
  });

  it("crl-kept", async () => {
    const played = scenario(["ECO.1.1.7"], [sendTo([DOCTOR])]);
    const list = http("crl", "organisations.crl");
    expect(await outcome("crl-kept", played, [list, ...smtp([freeMail()]), ...smtp([freeMail()])])).toBe("ok");
    expect(await outcome("crl-kept", played, [list, ...smtp([freeMail()]), ...smtp([])])).toBe("breach");
    expect(await outcome("crl-kept", played, smtp([freeMail()]))).toBe("not-observed");
  });

  it("srv-asked, srv-labels", async () => {
    const played = scenario(["ECO.1.1.9"], [sendTo([DOCTOR])]);
    const srv = (name: string): Seen => ({
      connection: "dns",
      kind: "dns",
      type: "SRV",
      name,
      answer: "NOERROR",
      records: 1,
    });
    expect(await outcome("srv-asked", played, [srv("_submission._tcp.ch.mssante.fr"), ...smtp([freeMail()])])).toBe(
      "ok",
    );
    expect(await outcome("srv-asked", played, smtp([freeMail()]))).toBe("breach");
    expect(await outcomeOf("srv-asked", smtp([freeMail()]))).toBe("not-observed");
    expect(await outcomeOf("srv-labels", [srv("_imap._tcp.ch.mssante.fr")])).toBe("ok");
    expect(await outcomeOf("srv-labels", [srv("_smtp._tcp.ch.mssante.fr")])).toBe("breach");
  });

  it("directory-searched, directory-used, directory-criteria", async () => {
    const played = scenario(
      ["ECO.3.1.4", "ANN-va1.01-.04", "SC.MSS-UX.41"],
      [
        { action: "search", query: { name: "DUPONT" } },
        { action: "search", query: { rpps: "810000000018" } },
      ],
    );
    const search = (parameters: object, status = 200) =>
      http("directory", "Practitioner", { method: "GET", parameters, status });
    const whole = [search({ name: "DUPONT" }), search({ identifier: "810000000018" }), ...smtp([freeMail()])];
    for (const check of ["directory-searched", "directory-used", "directory-criteria"])
      expect(await outcome(check, played, whole)).toBe("ok");
    for (const check of ["directory-searched", "directory-used"]) {
      expect(await outcome(check, played, smtp([freeMail()]))).toBe("breach");
      expect(await outcomeOf(check, [search({ nom: "DUPONT" }, 400)])).toBe("breach");
    }
    expect(await outcome("directory-criteria", played, [search({ name: "DUPONT" })])).toBe("breach");
  });
});

describe("sessions, tokens and Pro Santé Connect", () => {
  const token = (grant: string, changes: object = {}) =>
    http("psc", "token", { parameters: { grant_type: grant }, clientAuth: "client_secret_basic", ...changes });
  const at = (seen: Seen[], seconds: number): Seen[] =>
    seen.map((one, index) => ({
      ...one,
      at: new Date(Date.parse("2026-01-05T12:00:00Z") + seconds * 1000 + index).toISOString(),
    }));

  it("session-ends-with-psc", async () => {
    const open = imap(IMAP_OPEN, { id: "imap-9" });
    const refused = at([token("refresh_token", { status: 400, error: "invalid_grant" })], 10);
    const then = (line: string) => [
      ...at(open.slice(0, -1), 0),
      ...refused,
      ...at(imap(["TLS", line], { id: "imap-9" }).slice(2), 30),
    ];
    expect(await outcomeOf("session-ends-with-psc", then("C: d LOGOUT"))).toBe("ok");
    expect(await outcomeOf("session-ends-with-psc", then("C: d UID FETCH 1 (FLAGS)"))).toBe("breach");
    // Shown again in the very millisecond of the refusal.
    const login = (seconds: number) => at(smtp([], { id: "smtp-9", auth: { ok: false } }), seconds);
    const auths = (seconds: number) => login(seconds).filter(({ kind }) => kind === "auth");
    const now = auths(10).map((seen) => ({ ...seen, at: refused[0]?.at ?? "" }));
    expect(await outcomeOf("session-ends-with-psc", [...login(5), ...refused, ...now])).toBe("breach");
    expect(await outcomeOf("session-ends-with-psc", [...login(5), ...refused])).not.toBe("breach");
  });

  it("session-reopened", async () => {
    const cut = imap([...IMAP_OPEN, "C: d NOOP", "S: * BYE going down"]);
    const played = scenario(["ECO.1.2.7"], [{ action: "connect" }]);
    expect(await outcomeOf("session-reopened", [...cut, ...imap(IMAP_OPEN)])).toBe("ok");
    expect(await outcomeOf("session-reopened", cut)).toBe("not-observed");
    expect(await outcome("session-reopened", played, cut)).toBe("breach");
  });

  it("token-asked-after-restart", async () => {
    const start: Seen = { connection: "mock", kind: "client", what: "start" };
    const login = () => imap(IMAP_OPEN);
    const first = [start, token("authorization_code"), ...login()];
    expect(
      await outcomeOf("token-asked-after-restart", [...first, start, token("authorization_code"), ...login()]),
    ).toBe("ok");
    expect(await outcomeOf("token-asked-after-restart", [...first, start, ...login()])).toBe("breach");
    expect(await outcomeOf("token-asked-after-restart", [start, ...login(), start, ...login()])).toBe("not-observed");
  });

  it("fault-survived", async () => {
    const faulty = smtp([], { faults: ["drop"] });
    expect(await outcomeOf("fault-survived", [...faulty, ...smtp([freeMail()])])).toBe("ok");
    expect(
      await outcomeOf("fault-survived", [...faulty, { connection: "mock", kind: "client", what: "end", code: 139 }]),
    ).toBe("breach");
  });

  it("session-closed", async () => {
    const played = scenario(["SC.SSI-IE.38"], [{ action: "connect" }]);
    expect(await outcome("session-closed", played, imap([...IMAP_OPEN, "C: d LOGOUT", "S: * BYE"]))).toBe("ok");
    expect(await outcome("session-closed", played, imap(IMAP_OPEN))).toBe("breach");
    expect(await outcomeOf("session-closed", imap(IMAP_OPEN))).toBe("not-observed");
  });

  it("psc-code-flow, psc-client-proof", async () => {
    const right = {
      response_type: "code",
      scope: "openid scope_all",
      acr_values: "eidas1",
      state: "[credential]",
      nonce: "[credential]",
    };
    const login = (parameters: object) => http("psc", "authorize", { method: "GET", parameters, status: 302 });
    expect(await outcomeOf("psc-code-flow", [login(right), token("authorization_code")])).toBe("ok");
    expect(await outcomeOf("psc-code-flow", [login({ ...right, response_type: "token" })])).toBe("breach");
    expect(await outcomeOf("psc-code-flow", [token("password", { status: 400 })])).toBe("breach");
    expect(await outcomeOf("psc-client-proof", [token("authorization_code")])).toBe("ok");
    expect(await outcomeOf("psc-client-proof", [token("authorization_code", { clientAuth: "none" })])).toBe("breach");
  });
});

describe("the client's own traces (ECO.4.1.2)", () => {
  const trace = {
    at: "2026-01-05T11:00:00.500+01:00",
    mailbox: LABO,
    actor: "labo",
    action: "send",
    request: "MAIL",
    answer: "250 ok",
    ok: true,
  };

  it("traces-whole, traces-of-sending", async () => {
    const seen = smtp([freeMail({ Subject: "Une question sur un patient" })]);
    for (const check of ["traces-whole", "traces-of-sending"])
      expect(await outcomeOf(check, seen, { traces: [trace] })).toBe("ok");
    expect(await outcomeOf("traces-whole", seen, { traces: [{ ...trace, actor: "" }] })).toBe("breach");
    expect(await outcomeOf("traces-whole", seen, { traces: [{ ...trace, at: "2026-01-05 11:00" }] })).toBe("breach");
    expect(
      await outcomeOf("traces-whole", seen, { traces: [{ ...trace, request: "Une question sur un patient" }] }),
    ).toBe("breach");
    expect(
      await outcomeOf("traces-of-sending", seen, { traces: [{ ...trace, at: "2026-01-04T11:00:00+01:00" }] }),
    ).toBe("breach");
    expect(await outcomeOf("traces-of-sending", seen)).toBe("not-observed");
  });
});

describe("declarations", () => {
  const declaration = { code: "SC.MSS/UX.25", signer: "A. Martin", date: "2026-01-05", statement: "Icône distincte" };

  it("make declared what no program sees, and never what fails", async () => {
    const declared = await resultOf("ECO.3.1.1", [], { declarations: [declaration] });
    expect([declared.verdict, declared.evidence[0]?.where]).toEqual(["declared", "A. Martin"]);
    const failed = await resultOf("ECO.2.4.3", smtp([freeMail({ "X-MSS-NIL": null })]), {
      declarations: [{ ...declaration, code: "ECO.2.4.3", answer: "not-applicable" }],
    });
    expect(failed.verdict).toBe("fail");
  });

  it("do not make a program's row pass", async () => {
    expect((await resultOf("ECO.2.4.3", [], { declarations: [{ ...declaration, code: "ECO.2.4.3" }] })).verdict).toBe(
      "not-observed",
    );
  });

  it("leave rows of other products aside by profile", async () => {
    expect((await resultOf("ris-scope", [], { profile: "gp" })).verdict).toBe("not-applicable");
    expect((await resultOf("ris-scope", [], { profile: "ris" })).verdict).toBe("not-observed");
  });
});
