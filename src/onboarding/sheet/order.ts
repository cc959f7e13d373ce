import { MedimailError } from "../../errors.js";
import type { Bilingual } from "../text.js";
import { say } from "../text.js";

/** How sure a step is: read in a source of ANS, or drawn from others that agree. */
export type Certainty = "certain" | "inferred" | "uncertain";

export interface CertificateStep {
  id: string;
  title: Bilingual;
  what: Bilingual;
  who: Bilingual;
  certainty: Certainty;
}

const LEGAL = say("représentant légal de la structure", "legal representative of the structure");
const MANAGER = say(
  "gestionnaire des certificats (structure, ou éditeur par délégation)",
  "manager of the certificates (structure, or publisher by delegation)",
);
const TECHNICAL = say("éditeur ou informatique de la structure", "publisher or IT of the structure");

/** How an IGC-Santé AUTH_CLI certificate of an organisation is ordered. ANS's own forms and prices change: see its site. */
export const CERTIFICATE_ORDER: readonly CertificateStep[] = [
  {
    id: "entity",
    title: say("Choisir l'entité juridique", "Choose the legal entity"),
    what: say(
      "Le certificat est au nom d'une entité juridique (OU = 1 + FINESS ou 3 + SIRET) et ne se partage pas entre les établissements d'un GHT : une entité, un certificat. Il peut servir à plusieurs usages (MSSanté et autres), sauf INSi, qui a ses propres noms.",
      "The certificate is of one legal entity (OU = 1 + FINESS or 3 + SIRET) and is not shared within a GHT: one entity, one certificate. It may have several uses (MSSanté and others), but not INSi, which has names of its own.",
    ),
    who: LEGAL,
    certainty: "certain",
  },
  {
    id: "delegate",
    title: say("Habiliter le gestionnaire des certificats", "Empower who manages the certificates"),
    what: say(
      "Le représentant légal habilite une personne de la structure, ou délègue tout ou partie à l'éditeur, sur le portail d'habilitation de l'ANS. Dans le cadre du Ségur, la commande et l'installation par le fournisseur font partie de ses prestations.",
      "The legal representative empowers a person of the structure, or delegates all or part to the publisher, on ANS's portal. Within Ségur, ordering and installing by the supplier are part of his services.",
    ),
    who: LEGAL,
    certainty: "certain",
  },
  {
    id: "key",
    title: say("Créer la clé et la demande", "Make the key and the request"),
    what: say(
      "La clé privée (RSA 2048 bits ou plus) est créée sur le serveur qui l'utilisera, ou dans son coffre-fort ; elle n'est jamais envoyée par courriel. La demande (CSR) porte en CN un nom de service explicite.",
      "The private key (RSA 2048 bits or more) is made on the server that will use it, or in its vault; it is never mailed. The request (CSR) has a telling service name as CN.",
    ),
    who: TECHNICAL,
    certainty: "inferred",
  },
  {
    id: "order",
    title: say("Commander le produit ORG, usage AUTH_CLI", "Order the product ORG, usage AUTH_CLI"),
    what: say(
      "Sur la plateforme de confiance IGC-Santé, avec la carte de la personne habilitée : gamme Élémentaire, Organisations, authentification de client (AUTH_CLI) — ni SSL_SERV (serveurs entre opérateurs), ni cachet. Retirer le certificat, noter son numéro de série et sa date d'expiration.",
      "On IGC-Santé's trust platform, with the card of who is empowered: range Élémentaire, Organisations, client authentication (AUTH_CLI) — neither SSL_SERV (servers between operators) nor a seal. Fetch the certificate, note serial and expiry.",
    ),
    who: MANAGER,
    certainty: "certain",
  },
  {
    id: "test",
    title: say("Pour essayer : un certificat de test", "To try: a test certificate"),
    what: say(
      "Les produits de test se demandent à l'ANS par le formulaire F414 ou en ligne, puis se retirent sur la même plateforme avec une carte de test. Leur chaîne (IGC-SANTE TEST) n'est valable que sur une plateforme de test.",
      "Test products are asked from ANS by form F414 or online, then fetched on the same platform with a test card. Their chain (IGC-SANTE TEST) is good on a test platform only.",
    ),
    who: MANAGER,
    certainty: "certain",
  },
  {
    id: "check",
    title: say("Contrôler le certificat", "Check the certificate"),
    what: say(
      "`medimail trust certificate client.pem --ca igc-sante.p7b --use client` vérifie la chaîne, la gamme, l'usage, les dates et la révocation ; `medimail onboarding sheet` en tire la fiche technique.",
      "`medimail trust certificate client.pem --ca igc-sante.p7b --use client` checks chain, range, usage, dates and revocation; `medimail onboarding sheet` makes the sheet of it.",
    ),
    who: TECHNICAL,
    certainty: "certain",
  },
  {
    id: "declare",
    title: say("Transmettre le certificat au Mipih", "Give the certificate to Mipih"),
    what: say(
      "Envoyer la fiche technique et le certificat (sans sa clé) : le Mipih l'associe à la boîte APP. Le mécanisme SASL attendu après le certificat n'est pas publié : le demander.",
      "Send the sheet and the certificate (without its key): Mipih binds it to the APP mailbox. Which SASL step is wanted after the certificate is not published: ask.",
    ),
    who: say("éditeur", "publisher"),
    certainty: "uncertain",
  },
  {
    id: "install",
    title: say("Installer et tester", "Install and try"),
    what: say(
      "Mettre le certificat et sa clé dans la configuration (auth.p12, ou auth.cert et auth.key), puis lancer `medimail doctor`.",
      "Put certificate and key into the configuration (auth.p12, or auth.cert and auth.key), then `medimail doctor`.",
    ),
    who: TECHNICAL,
    certainty: "certain",
  },
];

/** A step of the renewal, on its day. */
export interface RenewalStep extends CertificateStep {
  /** Last day on which it should be done, `YYYY-MM-DD`. */
  by: string;
  late: boolean;
}

const DAY_MS = 86_400_000;

const RENEWAL: readonly (CertificateStep & { daysBefore: number })[] = [
  {
    id: "renew-order",
    title: say("Commander le nouveau certificat", "Order the next"),
    what: say(
      "Même produit, même entité ; vérifier que l'habilitation et la carte de la personne qui commande sont encore valides. Créer une nouvelle clé.",
      "Same product, same entity; check that the empowerment and the card of who orders are still valid. Make a new key.",
    ),
    who: MANAGER,
    certainty: "inferred",
    daysBefore: 90,
  },
  {
    id: "renew-declare",
    title: say("Le transmettre au Mipih", "Give it to Mipih"),
    what: say(
      "Demander que les deux certificats soient acceptés pendant le changement ; sinon, convenir de l'heure du changement.",
      "Ask that both certificates be accepted during the change, else agree on an hour.",
    ),
    who: say("éditeur", "publisher"),
    certainty: "uncertain",
    daysBefore: 60,
  },
  {
    id: "renew-install",
    title: say("Installer et tester", "Install and try"),
    what: say(
      "Remplacer les fichiers : le connecteur les relit à la session suivante. Vérifier avec `medimail doctor`.",
      "Replace the files: the connector reads them again with the next session. Then `medimail doctor`.",
    ),
    who: TECHNICAL,
    certainty: "certain",
    daysBefore: 30,
  },
  {
    id: "renew-retire",
    title: say("Retirer l'ancien", "Retire the old one"),
    what: say(
      "Effacer l'ancienne clé ; révoquer l'ancien certificat s'il n'a pas expiré.",
      "Erase the old key; revoke the old certificate where it has not expired.",
    ),
    who: MANAGER,
    certainty: "inferred",
    daysBefore: 0,
  },
];

/**
 * The renewal of a certificate, counted back from its end (90, 60, 30 days: ours; certificates are valid for three years).
 *
 * @param validTo ISO 8601
 * @param today `YYYY-MM-DD`
 * @throws MedimailError `invalid_argument`
 */
export function certificateRenewal(validTo: string, today: string): RenewalStep[] {
  const end = Date.parse(validTo);
  if (Number.isNaN(end)) throw new MedimailError("invalid_argument", "validTo is no date", { path: "validTo" });
  if (!/^\d{4}-\d\d-\d\d$/.test(today) || Number.isNaN(Date.parse(today)))
    throw new MedimailError("invalid_argument", "today is no day of the form YYYY-MM-DD", { path: "today" });
  return RENEWAL.map(({ daysBefore, ...step }) => {
    const by = new Date(end - daysBefore * DAY_MS).toISOString().slice(0, 10);
    return { ...step, by, late: by < today };
  });
}
