import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import packet from "dns-packet";
import { MedimailError } from "../../errors.js";

/** One record of a service: where it is. The target `.` says that there is none. */
export interface MockSrv {
  target: string;
  port: number;
  priority?: number;
  weight?: number;
}

/** How a name server may fail: it says so, it says nothing, or it says what cannot be read. */
export type MockDnsFailure = "SERVFAIL" | "REFUSED" | "silence" | "garbage";

export interface MockDnsQuery {
  /** Lower case, without the final dot. */
  name: string;
  /** `SRV`, `A`, `AAAA`… */
  type: string;
  /** `NOERROR` or `NXDOMAIN` with the number of records; or the failure in its place. */
  answer: string;
  records: number;
}

interface Names extends Records {
  failure?: MockDnsFailure;
}

interface Records {
  srv?: readonly MockSrv[];
  addresses?: readonly string[];
}

const RCODES: Record<string, number> = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };

/** A name server on 127.0.0.1 (UDP) that knows SRV, A and AAAA records, and nothing of the rest of the world. */
export class MockDns {
  readonly #socket: Socket = createSocket("udp4");
  readonly #names = new Map<string, Names>();
  readonly #fallback: (name: string) => Records | undefined;
  readonly #seen: (query: MockDnsQuery) => void;
  readonly #queries: MockDnsQuery[] = [];
  #port = 0;
  #closed: Promise<void> | undefined;

  /** `fallback` gives the records of a name that was not set; `seen` is told of each question. */
  constructor(
    options: { fallback?: (name: string) => Records | undefined; seen?: (query: MockDnsQuery) => void } = {},
  ) {
    this.#fallback = options.fallback ?? (() => undefined);
    this.#seen = options.seen ?? (() => {});
    this.#socket.on("message", (message, from) => this.#answer(message, from));
    // After a client has gone its port may answer with an ICMP error.
    this.#socket.on("error", () => {});
  }

  /** Throws `mock_failed`. */
  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const onError = (cause: Error): void =>
        reject(
          new MedimailError("mock_failed", `The mock's name server cannot listen on 127.0.0.1:${port}`, {
            cause,
            hint: "Use port 0 for a free one.",
          }),
        );
      this.#socket.once("error", onError);
      this.#socket.bind(port, "127.0.0.1", () => {
        this.#socket.removeListener("error", onError);
        this.#port = this.#socket.address().port;
        resolve();
      });
    });
  }

  get host(): string {
    return "127.0.0.1";
  }

  get port(): number {
    return this.#port;
  }

  /** The questions asked, oldest first; the last ten thousand. */
  get queries(): readonly MockDnsQuery[] {
    return this.#queries;
  }

  /** The services of a name such as `_imap._tcp.ch-exemple.mssante.fr`; an empty list: the name is there, the record is not. */
  setSrv(name: string, records: readonly MockSrv[]): void {
    this.#names.set(canonical(name), { srv: records });
  }

  /** IPv4 and IPv6 addresses of a host. */
  setAddresses(host: string, addresses: readonly string[]): void {
    this.#names.set(canonical(host), { addresses });
  }

  /** Questions about the name fail from now on. */
  fail(name: string, failure: MockDnsFailure): void {
    this.#names.set(canonical(name), { failure });
  }

  /** The name does not exist, whatever was known of it. */
  remove(name: string): void {
    this.#names.set(canonical(name), {});
  }

  /** What was set for the name is forgotten. */
  reset(name: string): void {
    this.#names.delete(canonical(name));
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => this.#socket.close(resolve));
    return this.#closed;
  }

  #answer(message: Buffer, from: RemoteInfo): void {
    let query: packet.DecodedPacket;
    try {
      query = packet.decode(message);
    } catch {
      return;
    }
    const [question] = query.questions ?? [];
    if (!question || query.type !== "query") return;
    const name = canonical(question.name);
    const set: Names | undefined = this.#names.get(name) ?? this.#fallback(name);
    const failure = set?.failure;
    const answers = failure === undefined ? answersOf(question, set ?? {}) : [];
    const exists = set?.srv !== undefined || set?.addresses !== undefined;
    const answer = failure ?? (exists ? "NOERROR" : "NXDOMAIN");
    const seen = { name, type: question.type, answer, records: answers.length };
    this.#queries.push(seen);
    if (this.#queries.length > 10_000) this.#queries.shift();
    this.#seen(seen);
    if (failure === "silence") return;
    const reply =
      failure === "garbage"
        ? Buffer.concat([message.subarray(0, 2), Buffer.from([0x84, 0, 0, 1, 0, 9, 0, 0, 0, 0, 0xff])])
        : packet.encode({
            type: "response",
            id: query.id ?? 0,
            flags: packet.AUTHORITATIVE_ANSWER | packet.RECURSION_AVAILABLE | (RCODES[answer] ?? 0),
            questions: [question],
            answers,
          });
    this.#socket.send(reply, from.port, from.address, () => {});
  }
}

function answersOf({ name, type }: packet.Question, { srv = [], addresses = [] }: Names): packet.Answer[] {
  if (type === "SRV")
    return srv.map(({ target, port, priority = 0, weight = 0 }) => ({
      type: "SRV",
      name,
      ttl: 60,
      data: { target, port, priority, weight },
    }));
  if (type === "A" || type === "AAAA")
    return addresses
      .filter((address) => address.includes(":") === (type === "AAAA"))
      .map((data) => ({ type, name, ttl: 60, data }));
  return [];
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** A name server alone, for tests of discovery. */
export async function startMockDns(port = 0): Promise<MockDns> {
  const dns = new MockDns();
  await dns.listen(port);
  return dns;
}
