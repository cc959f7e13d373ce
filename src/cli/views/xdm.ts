import type { XdmInspection } from "../../xdm/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";
import { codeText, problemLines, table } from "./cda.js";

/** An archive as a person reads it. */
export function archiveText(archive: XdmInspection, text: Text, style: Style): string {
  const { view } = text;
  const lines: string[] = [];
  for (const set of archive.submissionSets) {
    lines.push(`${style.bold(view.submissionSet)} ${printable(set.uniqueId ?? "")}`);
    lines.push(
      ...table(
        [
          [view.source, set.sourceId],
          [view.contentType, codeText(set.contentTypeCode)],
          [view.date, set.submissionTime],
        ],
        style,
        "  ",
      ),
    );
  }
  for (const document of archive.documents) {
    const { integrity } = document;
    const sound = integrity.file === "present" && integrity.hash === "ok" && integrity.size === "ok";
    lines.push(`${sound ? style.green("✓") : style.red("✗")} ${style.bold(printable(document.title ?? document.uri))}`);
    lines.push(
      ...table(
        [
          [
            view.file,
            `${document.path ?? document.uri}${document.size === null ? "" : ` (${document.size} ${view.bytes})`}`,
          ],
          [view.type, codeText(document.typeCode)],
          [view.document, document.uniqueId],
          [view.action, text.actions[document.action]],
          [view.date, document.creationTime],
          [view.confidentiality, document.confidentialityCodes.map((code) => codeText(code)).join(", ")],
          [
            view.integrity,
            sound
              ? undefined
              : `${view.file} ${text.integrity[integrity.file]}, SHA-1 ${text.integrity[integrity.hash]}, ${view.size} ${text.integrity[integrity.size]}`,
          ],
        ],
        style,
        "  ",
      ),
    );
  }
  return [...lines, ...problemLines(archive.problems, text, style)].join("\n");
}
