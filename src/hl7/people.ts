import { isPatientDomain } from "../identity/index.js";
import type { RecipientInput } from "../sending/types.js";
import type { Segment } from "./er7.js";
import { refusal } from "./refusal.js";

export interface People {
  /** PRT `SB`: who asked, by his number (RPPS, IDNPS), else the device. */
  actor?: string;
  professionals: RecipientInput[];
  patients: RecipientInput[];
  replyTo?: string;
}

/** The PRT of a message: sender, recipients, address to answer to. */
export function peopleOf(segments: readonly Segment[]): People {
  const people: People = { professionals: [], patients: [] };
  for (const prt of segments.filter(({ name }) => name === "PRT")) {
    const role = prt.text(4).toUpperCase();
    if (role === "SB") {
      const actor = prt.text(5) || prt.text(10);
      if (actor !== "") people.actor = actor.slice(0, 200);
    } else if (role === "RCT") {
      const address = addressOf(prt);
      if (address === undefined)
        throw refusal(101, "PRT-15", "a recipient has no MSSanté address", {
          hint: "Write it into the fourth component of PRT-15, after X.400.",
        });
      const name = [prt.text(5, 3), prt.text(5, 2)].filter((part) => part !== "").join(" ") || prt.text(8);
      const toPatient = isPatientDomain(address);
      const list = toPatient ? people.patients : people.professionals;
      if (list.some((other) => other.address.toLowerCase() === address.toLowerCase())) continue;
      list.push({
        address,
        kind: toPatient ? "patient" : "professional",
        ...(name === "" || toPatient ? {} : { name }),
      });
    } else if (role === "REPLY") {
      const address = addressOf(prt);
      if (people.replyTo !== undefined && people.replyTo !== address)
        throw refusal(198, "PRT", "there is more than one address to answer to");
      if (address !== undefined) people.replyTo = address;
    }
  }
  return people;
}

/** PRT-15; samples and engines put it a field too far, or too near. */
function addressOf(prt: Segment): string | undefined {
  for (const field of [15, 16, 14, 13, 17]) {
    for (const repetition of prt.repetitions(field)) {
      const address = prt.part(repetition, 4) || prt.part(repetition, 1);
      if (/^[^\s@]+@[^\s@]+$/.test(address)) return address;
    }
  }
  return undefined;
}
