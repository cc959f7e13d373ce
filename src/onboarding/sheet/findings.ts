import { dayIn, say } from "../text.js";
import type { CertificateFacts } from "./certificate.js";
import type { SheetFinding, SheetInput } from "./types.js";

const DAY_MS = 86_400_000;
/** When a new certificate should be asked for, and when it is urgent: ours. */
export const ORDER_DAYS = 90;
export const URGENT_DAYS = 30;

/** The authority of the range that APP mailboxes authenticate with (interfaces.md §6). */
export const ISSUING_AUTHORITY = "AC IGC-SANTE ELEMENTAIRE ORGANISATIONS";

const finding = (severity: SheetFinding["severity"], code: string, fr: string, en: string): SheetFinding => ({
  severity,
  code,
  message: say(fr, en),
});

/** What Mipih would send the sheet back for, as far as it can be known beforehand. */
export function findingsOf(input: SheetInput): SheetFinding[] {
  const { mailbox, authentication, certificate, sourceAddresses = [] } = input;
  const found: SheetFinding[] = [];
  if (mailbox.type === "APP" && authentication.method !== "certificate")
    found.push(
      finding(
        "error",
        "app_without_certificate",
        "Une boîte APP s'authentifie par le certificat de la structure (APP-AUTH), pas par jeton ou mot de passe.",
        "An APP mailbox authenticates by the structure's certificate (APP-AUTH), not by token or password.",
      ),
    );
  if (authentication.method === "certificate" && mailbox.type !== "APP")
    found.push(
      finding(
        "warning",
        "certificate_for_person",
        `Un certificat de structure est prévu pour une boîte APP ; celle-ci est de type ${mailbox.type}.`,
        `A structure's certificate is meant for an APP mailbox; this one is of type ${mailbox.type}.`,
      ),
    );
  if (!/\.mssante\.fr$/i.test(mailbox.address))
    found.push(
      finding(
        "error",
        "address_outside",
        "L'adresse de la boîte n'appartient pas au domaine mssante.fr.",
        "The mailbox's address is not in mssante.fr.",
      ),
    );
  if (authentication.method === "certificate" && !certificate)
    found.push(
      finding(
        "warning",
        "certificate_missing",
        "Le certificat n'a pas pu être lu : ses rubriques sont à compléter.",
        "The certificate could not be read: its lines are to be completed.",
      ),
    );
  if (certificate) found.push(...ofCertificate(certificate, input));
  if (!input.trust.whiteList)
    found.push(
      finding(
        "warning",
        "white_list_off",
        "La liste blanche des domaines n'est pas configurée (trust.whiteList) : les destinataires ne sont pas contrôlés.",
        "The white list of domains is not set (trust.whiteList): recipients are not checked.",
      ),
    );
  if (input.trust.revocation === "off")
    found.push(
      finding(
        "error",
        "revocation_off",
        "La révocation des certificats du serveur n'est pas contrôlée (ECO.1.1.6, SC.MSS/CONF.22).",
        "The revocation of the server's certificates is not checked (ECO.1.1.6, SC.MSS/CONF.22).",
      ),
    );
  if (sourceAddresses.some(isPrivate))
    found.push(
      finding(
        "warning",
        "private_source",
        "Une adresse source est privée : le Mipih voit celle de la sortie sur Internet (traduction d'adresses), sauf liaison dédiée.",
        "A source address is private: Mipih sees that of the way out (NAT), unless there is a line of its own.",
      ),
    );
  return found;
}

function ofCertificate(certificate: CertificateFacts, { date, sender }: SheetInput): SheetFinding[] {
  const found: SheetFinding[] = [];
  const now = Date.parse(`${date}T00:00:00Z`);
  const left = Math.floor((Date.parse(certificate.validTo) - now) / DAY_MS);
  const until = certificate.validTo.slice(0, 10);
  if (left < 0)
    found.push(
      finding(
        "error",
        "certificate_expired",
        `Le certificat a expiré le ${dayIn(until, "fr")}.`,
        `The certificate expired on ${until}.`,
      ),
    );
  else if (left <= ORDER_DAYS)
    found.push(
      finding(
        left <= URGENT_DAYS ? "error" : "warning",
        "certificate_expiring",
        `Le certificat expire le ${dayIn(until, "fr")}, dans ${left} jour${left > 1 ? "s" : ""} : commandez le suivant.`,
        `The certificate expires on ${until}, in ${left} days: order the next.`,
      ),
    );
  if (Date.parse(certificate.validFrom) > now + DAY_MS)
    found.push(
      finding(
        "error",
        "certificate_not_yet",
        `Le certificat n'est valide qu'à partir du ${dayIn(certificate.validFrom.slice(0, 10), "fr")}.`,
        `The certificate is valid from ${certificate.validFrom.slice(0, 10)} on only.`,
      ),
    );
  if (!certificate.clientAuth)
    found.push(
      finding(
        "error",
        "certificate_usage",
        "Le certificat n'a pas l'usage d'authentification d'un client (AUTH_CLI) : c'est peut-être celui d'un serveur ou d'un cachet.",
        "The certificate may not authenticate a client (AUTH_CLI): it may be one of a server or a seal.",
      ),
    );
  if (certificate.keyBits !== undefined && certificate.keyBits < 2048)
    found.push(
      finding(
        "error",
        "certificate_weak",
        `Clé trop courte : ${certificate.key}.`,
        `The key is too short: ${certificate.key}.`,
      ),
    );
  if (certificate.test)
    found.push(
      finding(
        "warning",
        "certificate_test",
        "Certificat de la chaîne de test de l'IGC-Santé : réservé à la plateforme de test.",
        "A certificate of IGC-Santé's test chain: for the test platform only.",
      ),
    );
  else if (certificate.issuerName !== ISSUING_AUTHORITY)
    found.push(
      finding(
        "warning",
        "certificate_issuer",
        `Le certificat n'est pas émis par ${ISSUING_AUTHORITY}, la gamme attendue pour une boîte APP.`,
        `The certificate is not issued by ${ISSUING_AUTHORITY}, the range expected of an APP mailbox.`,
      ),
    );
  found.push(...ofHolder(certificate, sender.structure?.idNat));
  return found;
}

function ofHolder({ holder }: CertificateFacts, expected: string | undefined): SheetFinding[] {
  if (!holder)
    return [
      finding(
        "warning",
        "holder_unreadable",
        "Le sujet du certificat ne nomme pas sa structure (OU = 1 + FINESS ou 3 + SIRET).",
        "The certificate's subject does not name its structure (OU = 1 + FINESS or 3 + SIRET).",
      ),
    ];
  const found: SheetFinding[] = [];
  if (!holder.keyRight)
    found.push(
      finding(
        "error",
        "holder_key",
        `La clé du numéro ${holder.kind} du certificat est fausse.`,
        `The check digit of the certificate's ${holder.kind} is wrong.`,
      ),
    );
  if (expected === undefined || expected === holder.idNat) return found;
  const comparable = expected.charAt(0) === holder.idNat.charAt(0);
  found.push(
    finding(
      comparable ? "error" : "warning",
      comparable ? "holder_differs" : "holder_other_kind",
      comparable
        ? "Le certificat est celui d'une autre structure que sender.structure : il appartient à une entité juridique et ne se partage pas, même au sein d'un GHT."
        : "Le certificat et sender.structure désignent la structure par deux types de numéro (FINESS, SIRET) : vérifiez qu'il s'agit de la même.",
      comparable
        ? "The certificate is of another structure than sender.structure: it belongs to one legal entity and is not shared, not even within a GHT."
        : "The certificate and sender.structure name the structure by two kinds of number (FINESS, SIRET): check that it is the same.",
    ),
  );
  return found;
}

/** RFC 1918, RFC 4193, loopback and link-local. */
function isPrivate(range: string): boolean {
  const address = range.split("/")[0] ?? "";
  return (
    /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address) ||
    /^(f[cd]|fe[89ab]|::1$)/i.test(address)
  );
}
