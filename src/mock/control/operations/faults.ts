import { z } from "zod";
import { defined } from "../../../defined.js";
import { describeFault, FAULT_NAMES, momentsOfFault, usualMoment } from "../../fault-kinds.js";
import { FAULT_TEXTS_FR } from "../../fault-texts-fr.js";
import type { Fault, FaultScript } from "../../faults.js";
import { ControlError } from "../failure.js";
import { operation } from "../operation.js";
import * as schemas from "../schemas.js";

const tag = "faults";

function viewOf({ id, name, at, script, struck, spent }: Fault): z.input<typeof schemas.faultView> {
  const { times = 1, skip, for: address } = script;
  return {
    id,
    name,
    at,
    times: times === Number.POSITIVE_INFINITY ? "always" : times,
    ...defined({ skip, for: address }),
    struck,
    spent,
  };
}

export const faults = [
  operation({
    id: "listFaultKinds",
    method: "GET",
    path: "/fault-kinds",
    tag,
    summary: "Every fault by its name: what it does, and where it can strike",
    answer: { status: 200, schema: z.array(schemas.faultKind), what: "The faults that there are" },
    run: () =>
      FAULT_NAMES.map((name) => ({
        name,
        description: { fr: FAULT_TEXTS_FR[name], en: describeFault(name) },
        moments: [...momentsOfFault(name)],
        ...defined({ usual: usualMoment(name) }),
      })),
  }),
  operation({
    id: "listFaults",
    method: "GET",
    path: "/faults",
    tag,
    summary: "Faults in place, spent ones too, with how often each has struck",
    answer: { status: 200, schema: z.array(schemas.faultView), what: "The faults" },
    run: ({ mock }) => mock.faults.all.map(viewOf),
  }),
  operation({
    id: "addFault",
    method: "POST",
    path: "/faults",
    tag,
    summary: "Puts a fault in place: by its name, at a moment, counted, never by chance",
    body: schemas.faultScript,
    answer: { status: 201, schema: schemas.faultView, what: "The fault" },
    run({ mock }, { body }) {
      const times = body.times === "always" ? Number.POSITIVE_INFINITY : body.times;
      return viewOf(mock.faults.add(defined({ ...body, times }) as FaultScript));
    },
  }),
  operation({
    id: "removeFault",
    method: "DELETE",
    path: "/faults/{id}",
    tag,
    summary: "Takes one fault away",
    params: z.strictObject({ id: z.coerce.number().int().min(1) }),
    answer: { status: 204, what: "It is gone" },
    run({ mock }, { params }) {
      const fault = mock.faults.all.find(({ id }) => id === params.id);
      if (!fault) throw new ControlError("not_found", "There is no such fault", { path: "id" });
      mock.faults.remove(fault);
    },
  }),
  operation({
    id: "clearFaults",
    method: "DELETE",
    path: "/faults",
    tag,
    summary: "Takes every fault away",
    answer: { status: 204, what: "They are gone" },
    run: ({ mock }) => mock.faults.clear(),
  }),
];
