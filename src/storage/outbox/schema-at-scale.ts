/** Written out, beside `RECIPIENT_STATES`: what a migration does must not change with the code around it. */
const STATES = [
  "queued",
  "unknown",
  "accepted",
  "delivered",
  "read",
  "integrated",
  "refused",
  "failed",
  "cancelled",
] as const;
const each = (text: (state: string) => string): string => STATES.map(text).join(", ");

/**
 * So that an outbox of millions of submissions answers as a new one does.
 *
 * `medimail_counts` is kept by triggers, since submissions may come in the caller's own transaction: one row for each mailbox, since each statement of a
 * trigger is paid for by each mail. Rows are never deleted, so that no count goes down but by a change of state.
 *
 * The indexes: what a mailbox submitted, in order; recipients by state; submissions whose content is still there, by age (those older than the
 * retention are few, where an index of all that has ended grows for ever); receipts of a mailbox, those without a mail, and those of them whose data
 * are still there.
 */
export const AT_SCALE = `
CREATE TABLE medimail_counts (
  tenant TEXT NOT NULL, mailbox TEXT NOT NULL, submissions INTEGER NOT NULL,
  ${each((state) => `${state} INTEGER NOT NULL`)},
  PRIMARY KEY (tenant, mailbox)) STRICT, WITHOUT ROWID;
INSERT INTO medimail_counts
  SELECT m.tenant, m.mailbox, count(DISTINCT m.submission), ${each((state) => `sum(r.state = '${state}')`)}
  FROM medimail_mails m JOIN medimail_recipients r ON r.mail = m.id GROUP BY m.tenant, m.mailbox;
CREATE TRIGGER medimail_recipients_counted AFTER INSERT ON medimail_recipients BEGIN
  INSERT INTO medimail_counts
    SELECT tenant, mailbox, place = 0 AND NEW.place = 0, ${each((state) => `NEW.state = '${state}'`)}
    FROM medimail_mails WHERE id = NEW.mail
    ON CONFLICT (tenant, mailbox) DO UPDATE SET submissions = submissions + excluded.submissions,
      ${each((state) => `${state} = ${state} + excluded.${state}`)};
END;
CREATE TRIGGER medimail_recipients_recounted AFTER UPDATE OF state ON medimail_recipients WHEN NEW.state <> OLD.state BEGIN
  UPDATE medimail_counts SET ${each((state) => `${state} = ${state} - (OLD.state = '${state}') + (NEW.state = '${state}')`)}
    WHERE (tenant, mailbox) = (SELECT tenant, mailbox FROM medimail_mails WHERE id = NEW.mail);
END;

CREATE INDEX medimail_submissions_mailbox ON medimail_submissions (tenant, mailbox);
CREATE INDEX medimail_submissions_kept ON medimail_submissions (created_at) WHERE erased_at IS NULL;
DROP INDEX medimail_mails_settled;
DROP INDEX medimail_recipients_attention;
CREATE INDEX medimail_recipients_state ON medimail_recipients (state, submission);
CREATE INDEX medimail_receipts_mailbox ON medimail_receipts (tenant, mailbox);
DROP INDEX medimail_receipts_unmatched;
CREATE INDEX medimail_receipts_unmatched ON medimail_receipts (tenant, mailbox) WHERE submission IS NULL;
CREATE INDEX medimail_receipts_kept ON medimail_receipts (at) WHERE submission IS NULL AND data IS NOT NULL;
`;
