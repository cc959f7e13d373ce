import type { ImapExtension } from "./capabilities.js";
import { enable } from "./condstore.js";
import { fetch } from "./fetch-command.js";
import { create, remove, rename, subscribe } from "./folder-commands.js";
import { list, lsub } from "./list.js";
import { notify } from "./notify.js";
import type { Outcome } from "./outcome.js";
import { bad, no, ok } from "./outcome.js";
import { getQuota, getQuotaRoot } from "./quota.js";
import { search } from "./search-command.js";
import { select } from "./select.js";
import type { ImapSession } from "./session.js";
import { status } from "./status.js";
import { store } from "./store-command.js";
import type { Value } from "./syntax.js";
import { append, copy, expunge, move } from "./transfer.js";

export interface Command {
  /** From which state of the session on (RFC 9051 §3). */
  state: "any" | "authenticated" | "selected";
  /** Not there unless this extension is. */
  needs?: ImapExtension;
  run: (session: ImapSession, values: readonly Value[]) => Outcome | Promise<Outcome>;
}

const any = (run: Command["run"]): Command => ({ state: "any", run });
const authenticated = (run: Command["run"]): Command => ({ state: "authenticated", run });
const selected = (run: Command["run"]): Command => ({ state: "selected", run });
const needing = (needs: ImapExtension, command: Command): Command => ({ ...command, needs });

/** Every command that the mock knows. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  CAPABILITY: any((session) => {
    session.untagged(`* CAPABILITY ${session.capabilities()}`);
    return ok("Done");
  }),
  NOOP: any(() => ok("Done")),
  LOGOUT: any((session) => {
    session.untagged("* BYE Goodbye");
    return ok("Done");
  }),
  STARTTLS: any((session) => session.starttls()),
  AUTHENTICATE: any(() => bad("Syntax of AUTHENTICATE")),
  LOGIN: any(() => no("[PRIVACYREQUIRED] LOGIN is disabled")),
  ID: needing(
    "ID",
    any((session) => {
      session.untagged('* ID ("name" "mock Medimail" "vendor" "medimail-connector")');
      return ok("Done");
    }),
  ),
  ENABLE: needing(
    "ENABLE",
    authenticated((session, values) => {
      enable(session, values);
      return ok("Done");
    }),
  ),
  NAMESPACE: needing(
    "NAMESPACE",
    authenticated((session) => {
      const { prefix, delimiter } = session.context.naming;
      session.untagged(`* NAMESPACE (("${prefix}" "${delimiter}")) NIL NIL`);
      return ok("Done");
    }),
  ),
  IDLE: needing(
    "IDLE",
    authenticated((session) => session.idle()),
  ),
  NOTIFY: needing("NOTIFY", authenticated(notify)),
  GETQUOTA: needing("QUOTA", authenticated(getQuota)),
  GETQUOTAROOT: needing("QUOTA", authenticated(getQuotaRoot)),
  SETQUOTA: needing(
    "QUOTA",
    authenticated(() => no("[NOPERM] Set by the operator")),
  ),
  LIST: authenticated(list),
  LSUB: authenticated(lsub),
  STATUS: authenticated(status),
  SELECT: authenticated((session, values) => select(session, values, false)),
  EXAMINE: authenticated((session, values) => select(session, values, true)),
  CREATE: authenticated(create),
  DELETE: authenticated(remove),
  RENAME: authenticated(rename),
  SUBSCRIBE: authenticated((session, values) => subscribe(session, values, true)),
  UNSUBSCRIBE: authenticated((session, values) => subscribe(session, values, false)),
  APPEND: authenticated(append),
  CHECK: selected(() => ok("Done")),
  CLOSE: selected((session) => {
    const view = session.view;
    if (view && !view.readOnly) view.folder.remove(view.folder.messages.filter((message) => message.has("\\Deleted")));
    session.view = undefined;
    return ok("Done");
  }),
  UNSELECT: needing(
    "UNSELECT",
    selected((session) => {
      session.view = undefined;
      return ok("Done");
    }),
  ),
  EXPUNGE: selected((session, values) => expunge(session, values, false)),
  "UID EXPUNGE": needing(
    "UIDPLUS",
    selected((session, values) => expunge(session, values, true)),
  ),
  FETCH: selected((session, values) => fetch(session, values, false)),
  "UID FETCH": selected((session, values) => fetch(session, values, true)),
  SEARCH: selected((session, values) => search(session, values, false)),
  "UID SEARCH": selected((session, values) => search(session, values, true)),
  STORE: selected((session, values) => store(session, values, false)),
  "UID STORE": selected((session, values) => store(session, values, true)),
  COPY: selected((session, values) => copy(session, values, false)),
  "UID COPY": selected((session, values) => copy(session, values, true)),
  MOVE: needing(
    "MOVE",
    selected((session, values) => move(session, values, false)),
  ),
  "UID MOVE": needing(
    "MOVE",
    selected((session, values) => move(session, values, true)),
  ),
};
