// The books of the soak: what was submitted, told and received, and whether it adds up.
export class Ledger {
  faults = [];
  submitted = new Map();
  #states = new Map();
  #events = new Map();
  #told = new Map();
  #acted = new Set();
  #integrated = new Map();
  #entries = [];
  #log;
  #say;

  constructor(log, say) {
    this.#log = log;
    this.#say = say;
  }

  take(note) {
    const { note: kind } = note;
    if (kind !== "new" && kind !== "event" && kind !== "state" && kind !== "events-stored")
      this.#log.write(`${JSON.stringify(note)}\n`);
    if (kind === "submitted") this.submitted.set(note.id, note);
    else if (kind === "state") this.#states.set(note.id, note);
    else if (kind === "event") this.#event(note);
    else if (kind === "events-stored") this.#stored(note);
    else if (kind === "new") this.#new(note);
    else if (kind === "acted") this.#acted.add(`${note.box} ${note.messageId}`);
    else if (kind === "integrated") count(this.#integrated, `${note.box} ${note.uniqueId}`);
    else if (kind === "entry") this.#entries.push(note);
    else if (kind === "mirror") this.fault(`mirror of ${note.box}: ${note.what}`);
    else if (kind === "warning" || kind === "late" || kind === "never-stored") this.fault(JSON.stringify(note));
    else if (kind === "error" && (!note.ours || /UNHANDLED|UNCAUGHT/.test(note.key)))
      this.fault(`${note.key}: ${note.message}`);
  }

  fault(text) {
    this.faults.push(text);
    if (this.faults.length <= 60) this.#say(`FAULT ${text}`);
  }

  #event({ tenant, seq, event, messageId }) {
    if (!this.#events.has(tenant)) this.#events.set(tenant, new Set());
    const seen = this.#events.get(tenant);
    if (seen.has(seq)) this.fault(`${tenant}: event ${seq} told twice`);
    seen.add(seq);
    if (event === "accepted") {
      const key = `${tenant} ${messageId}`;
      if (seen.has(key)) this.fault(`${tenant}: ${messageId} accepted twice`);
      seen.add(key);
    }
  }

  #stored({ tenant, seqs }) {
    const missed = seqs.filter((seq) => !this.#events.get(tenant)?.has(seq));
    this.#say(`${tenant}: ${seqs.length} events stored, ${missed.length} never told`);
    if (missed.length > 0) this.fault(`${tenant}: events never told: ${missed.slice(0, 5)}`);
  }

  #new({ box, folder, messageId, rebuilt }) {
    const key = `${box} ${messageId}`;
    const seen = this.#told.get(key) ?? { inbox: 0 };
    this.#told.set(key, seen);
    if (folder === "INBOX" && !rebuilt) seen.inbox += 1;
  }

  settle({ operator, given, boxes, unattended, quiet }) {
    const held = new Map([...boxes, ...quiet, ...unattended].map((address) => [address, operator.held(address)]));
    const states = {};
    let copies = 0;
    for (const [id, { tenant }] of this.submitted) {
      const state = this.#states.get(id);
      // The outboxes of answers are not listed one by one.
      if (!state) {
        if (!boxes.includes(tenant)) this.fault(`${tenant}: submission ${id} is in no outbox`);
        continue;
      }
      for (const { address, state: how, messageId } of state.recipients) {
        states[how] = (states[how] ?? 0) + 1;
        const arrived =
          how !== "queued" && how !== "failed" && how !== "cancelled" && how !== "unknown" && how !== "given-up";
        const inMock = given[address]?.[messageId] ?? 0;
        const real = held.get(address);
        // Mails of watched mailboxes are moved and deleted by others; what the watch told stands for them.
        const told =
          this.#told.get(`${address} ${messageId}`) ??
          // Seen in a list and acted upon before the watch came to it.
          (this.#acted.has(`${address} ${messageId}`) ? { inbox: 0 } : undefined);
        const number = /\.test\.mssante\.fr$/.test(address)
          ? boxes.includes(address)
            ? told
              ? 1
              : 0
            : (real?.get(messageId) ?? 0)
          : inMock;
        // The address of a patient goes with the content, after its retention.
        if (address === "" || address.endsWith("@patient.mssante.fr")) continue;
        copies += number;
        if (arrived && number !== 1) this.fault(`${messageId} for ${address} is ${how} and arrived ${number} times`);
        if (how === "failed" && number !== 0) this.fault(`${messageId} for ${address} is failed and arrived`);
        if (number > 1) this.fault(`${messageId} for ${address} arrived ${number} times`);
        if (number > 0 && boxes.includes(address)) {
          if (!told) this.fault(`${messageId} came into ${address} and was never told`);
          else if (told.inbox > 1 && !this.#acted.has(`${address} ${messageId}`))
            this.fault(`${messageId} was told ${told.inbox} times in ${address}`);
        }
      }
    }
    this.#say(
      `${this.submitted.size} submissions: ${JSON.stringify(states)}; ${copies} copies found at their recipients`,
    );
    const entries = {};
    for (const { box, uniqueId, state, error } of this.#entries) {
      entries[state] = (entries[state] ?? 0) + 1;
      const times = this.#integrated.get(`${box} ${uniqueId}`) ?? 0;
      if (state === "integrated" && times !== 1) this.fault(`${uniqueId} was integrated ${times} times`);
      if (state !== "integrated") this.fault(`${uniqueId} in ${box} is ${state}: ${error}`);
    }
    this.#say(`documents taken in unattended: ${JSON.stringify(entries)}`);
  }
}

const count = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);
