import { isMedimailError } from "../../errors.js";
import { loadConfigFile } from "../../settings/index.js";
import { type Command, EXIT } from "../command.js";
import { CONFIG_OPTION, warnOfConfig } from "../connect.js";
import { writeAtomically } from "../files.js";
import { sessionByCard } from "../login.js";
import { bundleText } from "../views/bundle.js";
import { doctorText, doctorValue } from "../views/doctor.js";

export const doctor: Command = {
  name: "doctor",
  ownsSignal: true,
  options: { ...CONFIG_OPTION, bundle: { type: "string", value: "FILE" } },
  async run(context, { options }) {
    const config = loadConfigFile(options.needed("config"));
    await warnOfConfig(context, config);
    const { diagnose } = await import("../../support.js");
    const session = config.auth.method === "pro-sante-connect" ? sessionByCard(context, config) : undefined;
    const diagnosis = await diagnose(config, { signal: context.signal, ...(session ? { session } : {}) }).finally(() =>
      session?.[Symbol.asyncDispose](),
    );
    // The time being over is a finding; being interrupted is not.
    const { reason } = context.signal;
    if (diagnosis.interrupted && isMedimailError(reason) && reason.code === "aborted") throw reason;
    const bundle = options.text("bundle");
    // Before it is shown: whoever reads "written" finds it.
    if (bundle !== undefined)
      writeAtomically(bundle, Buffer.from(bundleText(diagnosis, config, context.text), "utf8"), "--bundle");
    await context.value(doctorValue(diagnosis, context.text), (style) => doctorText(diagnosis, context.text, style));
    if (bundle !== undefined) await context.note(context.text.doctor.bundleWritten(bundle));
    return diagnosis.ok ? EXIT.done : EXIT.no;
  },
};
