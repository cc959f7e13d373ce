import { expect, it } from "vitest";
import { DSN_FORMS, PLAIN_FORMS } from "../message/dsn-forms.js";
import { MDN_FORMS } from "../message/mdn-forms.js";
import { doctorsBox } from "./open-kit.js";

it("a list shows what servers and mail programs report as receipts, and a bounce of plain text as a program's mail", async () => {
  await using box = await doctorsBox();
  const reports = { ...DSN_FORMS, ...MDN_FORMS };
  const uids = new Map(
    Object.entries({ ...reports, ...PLAIN_FORMS }).map(([name, { raw }]) => [box.deliver(raw).uid, name]),
  );
  const listed = await box.mailbox.list().toArray({ limit: 50 });
  const of = (names: object) =>
    listed.filter(({ uid }) => (uids.get(uid) ?? "") in names).map(({ kind, hasXdm }) => `${kind} ${hasXdm}`);
  expect(of(reports)).toEqual(Object.keys(reports).map(() => "receipt false"));
  expect(of(PLAIN_FORMS)).toEqual(["service false", "service false"]);
  // Outside of what was sent by this box they are told, not guessed at.
  const { read, matched, unmatched } = await box.connector.receipts.poll();
  expect({ read, matched, unmatched }).toEqual({ read: uids.size, matched: 0, unmatched: uids.size });
});
