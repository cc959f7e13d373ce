import { DEFAULT_SIZE_LIMIT, DISCOVERED_HOST, type MockMedimail } from "../mock/index.js";
import type { StageAct } from "./plan-types.js";

/** What recipients do where a scenario says nothing: the operator tells that it delivered, nobody reads. */
const RECEIPTS = { deliver: true, read: false, integrate: false } as const;

/** Sets the mock for a scenario. Returns what sets it back. */
export function setStage(mock: MockMedimail, acts: readonly StageAct[]): () => void {
  const undo: (() => void)[] = [];
  for (const act of acts) undo.push(apply(mock, act));
  return () => {
    mock.faults.clear();
    // A reaction may have changed it.
    mock.tune({ revocation: "up" });
    for (const back of undo.reverse()) back();
  };
}

function apply(mock: MockMedimail, act: StageAct): () => void {
  switch (act.do) {
    case "fault": {
      const { do: _, ...script } = act;
      mock.faults.add(script);
      return () => {};
    }
    case "receipts": {
      const { do: _, ...receipts } = act;
      mock.tune({ autoReceipts: { ...RECEIPTS, ...receipts } });
      return () => mock.tune({ autoReceipts: RECEIPTS });
    }
    case "size-limit":
      mock.tune({ sizeLimit: act.bytes });
      return () => mock.tune({ sizeLimit: DEFAULT_SIZE_LIMIT });
    case "revocation":
      mock.tune({ revocation: act.state });
      return () => mock.tune({ revocation: "up" });
    case "renew-token":
      renewToken(mock, act.mailbox);
      return () => {};
    case "end-sessions":
      mock.psc.endSessions();
      return () => {};
    case "srv":
      return setServices(mock, act.mailbox, act.what);
  }
}

/** The token of the configuration files is a new one; whoever kept the old one is refused. */
function renewToken(mock: MockMedimail, mailbox: string): void {
  const old = mock.token(mailbox);
  mock.issueToken(mailbox);
  mock.revokeToken(mailbox, old);
}

/** A host of the domain that nobody answers at: the port of discard, on this machine. */
const DEAD = { target: `ancien.${DISCOVERED_HOST}`, port: 9 };

function setServices(mock: MockMedimail, mailbox: string, what: "dead-first" | "moved"): () => void {
  const domain = mailbox.slice(mailbox.lastIndexOf("@") + 1);
  const services = [
    { name: `_imap._tcp.${domain}`, port: mock.imap.port },
    { name: `_submission._tcp.${domain}`, port: mock.smtp.port },
  ];
  mock.dns.setAddresses(DEAD.target, ["127.0.0.1"]);
  for (const { name, port } of services) {
    const right = { target: DISCOVERED_HOST, port, priority: 20, weight: 0 };
    mock.dns.setSrv(name, what === "moved" ? [DEAD] : [{ ...DEAD, priority: 10, weight: 0 }, right]);
  }
  return () => {
    for (const { name } of services) mock.dns.reset(name);
    mock.dns.reset(DEAD.target);
  };
}

/** The services are where they were: what a move ends with. */
export function moveServices(mock: MockMedimail, mailbox: string): void {
  const domain = mailbox.slice(mailbox.lastIndexOf("@") + 1);
  for (const service of ["_imap", "_submission"]) mock.dns.reset(`${service}._tcp.${domain}`);
}
