import { isMedimailError, MedimailError } from "../errors.js";
import { child, childrenOf, parseXml, type XmlElement } from "../xml/index.js";
import type { MailService } from "./types.js";

/** One server of an autoconfig document, as written there. */
export interface AutoconfigServer {
  service: MailService;
  host: string;
  port: number;
  /** `STARTTLS` is the one that this client speaks. */
  socketType: string;
}

/** A document of a few servers has 2 KB. */
export const MAX_AUTOCONFIG_BYTES = 64 * 1024;
const MAX_SERVERS = 16;

/**
 * Reads the servers of a `config-v1.1.xml` document (Mozilla autoconfig), in its order. Nothing else of it is used: how we authenticate is our
 * configuration's to say.
 *
 * @throws operator_not_found where it is not such a document.
 */
export function readAutoconfig(bytes: Uint8Array, domain: string): AutoconfigServer[] {
  let root: XmlElement;
  try {
    root = parseXml(bytes, {
      what: "autoconfig document",
      limits: { maxBytes: MAX_AUTOCONFIG_BYTES, maxDepth: 16, maxElements: 1_000, maxAttributes: 20 },
    });
  } catch (error) {
    throw new MedimailError("operator_not_found", isMedimailError(error) ? error.message : "it cannot be read", {
      cause: error,
    });
  }
  if (root.local !== "clientConfig")
    throw new MedimailError("operator_not_found", "the document found is not an autoconfig document");
  const provider = child(root, "emailProvider");
  const of = (element: "incomingServer" | "outgoingServer", type: string, service: MailService): AutoconfigServer[] =>
    (provider ? childrenOf(provider, element) : [])
      .filter(({ attrs }) => attrs["type"]?.toLowerCase() === type)
      .slice(0, MAX_SERVERS)
      .map((server) => ({
        service,
        host: text(server, "hostname").replaceAll("%EMAILDOMAIN%", domain),
        port: portOf(text(server, "port")),
        socketType: text(server, "socketType"),
      }));
  return [...of("incomingServer", "imap", "imap"), ...of("outgoingServer", "smtp", "smtp")];
}

function text(server: XmlElement, name: string): string {
  return child(server, name)?.text.trim() ?? "";
}

/** 0 for what is not a port. */
function portOf(written: string): number {
  return /^\d{1,5}$/.test(written) ? Number(written) : 0;
}
