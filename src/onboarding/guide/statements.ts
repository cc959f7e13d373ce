import type { Part } from "./types.js";

/**
 * Where a statement of the guide is found here: `step:<id>`, `solution:<id>.<row>`, `party:<id>`, `contact:<id>`, `form:<field>`, `domain:<structure>`,
 * `type:<account type>`, `status:<account status>`, `command:<name>`, `template:<name>`, `doc:<file>#<anchor>`.
 */
export type Pointer =
  `${"step" | "solution" | "party" | "contact" | "form" | "domain" | "type" | "status" | "command" | "template" | "doc"}:${string}`;

/** One thing that the guide de raccordement says, in words of ours. */
export interface Statement {
  id: string;
  part: Part | 0;
  /** The heading of the guide under which it stands. */
  heading: string;
  says: string;
  /** `carried`: data or a command has it. `shown`: the documentation tells it. `not-ours`: nothing for software to do. */
  status: "carried" | "shown" | "not-ours";
  where: readonly Pointer[];
  /** Why it is not ours. */
  why?: string;
}

const RACC = "doc:docs/raccordement.md#";

const at = (part: Part | 0, heading: string) => ({
  carried: (id: string, says: string, ...where: Pointer[]): Statement => ({
    id,
    part,
    heading,
    says,
    status: "carried",
    where,
  }),
  shown: (id: string, says: string, anchor: string): Statement => ({
    id,
    part,
    heading,
    says,
    status: "shown",
    where: [`${RACC}${anchor}` as Pointer],
  }),
  notOurs: (id: string, says: string, why: string): Statement => ({
    id,
    part,
    heading,
    says,
    status: "not-ours",
    where: [],
    why,
  }),
});

const steps = at(0, "Les étapes du raccordement");
const roles = at(0, "Rôles des parties prenantes lors d'un projet de raccordement");
const form = at(1, "Compléter le formulaire de raccordement");
const agreement = at(1, "Signer la convention entre l'établissement et le Mipih");
const choice = at(2, "Choisir la solution technique");
const gateway = at(2, "Déploiement de la passerelle de messagerie");
const connector1 = at(2, "Déploiement du connecteur avec le logiciel métier (1/2)");
const connector2 = at(2, "Déploiement du connecteur avec le logiciel métier (2/2)");
const domain = at(3, "Choisir un nom de domaine MSSanté");
const admin = at(3, "La formation à l'interface d'administration");
const accounts = at(3, "Créer les comptes");
const byAdmin = at(3, "Créer les comptes – action côté administrateur.ice");
const byUser = at(3, "Créer les comptes – actions côté utilisateur.ice");
const options = at(3, "Créer les comptes – options supplémentaires");
const links = at(3, "Liens utiles");
const duties = at(4, "Les démarches administratives");
const telling = at(4, "Communiquer");
const training = at(4, "Formation de vos utilisateurs");
const support = at(5, "Support : Assistance e-santé Occitanie");
const space = at(5, "L'espace utilisateurs Medimail sur notre site Internet");

/** Every statement of the guide, in its order. A test holds it against the data, the docs and, where it is there, the guide's own headings. */
export const STATEMENTS: readonly Statement[] = [
  steps.carried(
    "five-parts",
    "cinq parties, du démarrage à l'après",
    "step:form",
    "step:support",
    "command:onboarding plan",
  ),
  roles.carried(
    "role-grades",
    "le GRADeS accompagne : qualité, délai, coût, conseil, coordination, formation",
    "party:grades",
  ),
  roles.carried(
    "role-establishment",
    "l'établissement paramètre les comptes, déploie, adapte ses processus, communique",
    "party:establishment",
  ),
  roles.carried("role-mipih", "Mipih assiste techniquement et paramètre passerelle ou connecteur", "party:mipih"),
  roles.carried("role-publisher", "l'éditeur ouvre le connecteur côté logiciel", "party:publisher"),
  form.carried("form-name", "le formulaire demande le nom de la structure", "form:name", "step:form"),
  form.carried("form-number", "il demande le n° FINESS ou SIRET", "form:finess", "form:siret"),
  form.carried("form-referent", "il demande l'identité du référent", "form:referent"),
  form.carried("form-solution", "il demande la solution souhaitée, si elle est connue", "form:solution"),
  form.notOurs(
    "form-link",
    "le formulaire se remplit en ligne",
    "l'adresse du formulaire est un lien du guide, qui n'est pas dans le texte que nous avons",
  ),
  agreement.carried("agreement-sent", "convention et annexe arrivent après le formulaire", "step:agreement"),
  agreement.shown("agreement-why", "l'ANS impose ce contrat à tout opérateur MSSanté", "convention"),
  agreement.shown(
    "agreement-content",
    "il fixe mise à disposition, droits, devoirs, cadre légal, annuaire, support",
    "convention",
  ),
  agreement.carried(
    "agreement-leader",
    "l'établissement désigne un chef de projet et un administrateur, et veille au bon usage des données",
    "step:agreement",
    "step:administrator",
  ),
  agreement.carried("agreement-free", "service gratuit 4 ans, reconduit tacitement", "step:agreement"),
  choice.carried(
    "row-use",
    "ligne « Usage » du tableau",
    "solution:webmail.use",
    "solution:mobile.use",
    "solution:mail-client.use",
    "solution:connector.use",
    "solution:embedded-mailbox.use",
    "solution:gateway.use",
  ),
  choice.carried(
    "row-advantage",
    "ligne « Avantages »",
    "solution:webmail.advantage",
    "solution:mobile.advantage",
    "solution:mail-client.advantage",
    "solution:connector.advantage",
    "solution:embedded-mailbox.advantage",
    "solution:gateway.advantage",
  ),
  choice.carried(
    "row-constraint",
    "ligne « Contraintes »",
    "solution:webmail.constraint",
    "solution:mobile.constraint",
    "solution:mail-client.constraint",
    "solution:connector.constraint",
    "solution:embedded-mailbox.constraint",
    "solution:gateway.constraint",
  ),
  choice.carried(
    "row-authentication",
    "ligne « Authentification »",
    "solution:webmail.authentication",
    "solution:mobile.authentication",
    "solution:mail-client.authentication",
    "solution:connector.authentication",
    "solution:embedded-mailbox.authentication",
    "solution:gateway.authentication",
  ),
  choice.carried(
    "row-cost",
    "ligne « Coût à prévoir »",
    "solution:webmail.cost",
    "solution:mobile.cost",
    "solution:mail-client.cost",
    "solution:connector.cost",
    "solution:embedded-mailbox.cost",
    "solution:gateway.cost",
  ),
  choice.carried("choose", "choisir la solution est une étape", "step:solution", "command:onboarding solution"),
  gateway.notOurs("gateway-video", "une vidéo montre la passerelle", "lien du guide vers une vidéo d'un tiers"),
  gateway.carried(
    "gateway-file",
    "compléter le fichier des prérequis que transmet le GRADeS",
    "step:gateway-prerequisites",
  ),
  gateway.carried("gateway-quote", "Mipih envoie le devis, l'établissement le valide", "step:gateway-quote"),
  gateway.carried("gateway-meeting", "réunion : présentation, éligibilité, planification", "step:gateway-meeting"),
  gateway.carried(
    "gateway-day",
    "journée de paramétrage : documentation, routage et transport, tests, validation",
    "step:gateway-setup",
  ),
  gateway.carried(
    "directory-csv",
    "annuaire régional en .csv sur un serveur de dépôt, accès ouverts par Mipih",
    "step:directories",
  ),
  gateway.carried("directory-ldap", "les deux annuaires en LDAP, identifiants pour le régional", "step:directories"),
  connector1.carried("mode-sending", "envois automatisés à la validation d'un document", "solution:connector.use"),
  connector1.carried(
    "mode-mailbox",
    "module de messagerie dans le logiciel, mails reçus et envoyés",
    "solution:embedded-mailbox.use",
  ),
  connector1.carried(
    "interfaced",
    "la liste des logiciels interfacés est sur le site du GRADeS",
    "step:publisher-asked",
  ),
  connector1.carried(
    "publisher-without",
    "un éditeur sans connecteur écrit à l'équipe MSS",
    "contact:mss",
    "step:publisher-asked",
  ),
  connector2.carried("ask-publisher", "1. demander l'intégration à l'éditeur", "step:publisher-asked"),
  connector2.carried(
    "publisher-contacts",
    "2. l'éditeur contacte Mipih, qui met en place le connecteur",
    "step:publisher-mipih",
    "command:onboarding sheet",
  ),
  connector2.carried("both-sides", "le connecteur s'ouvre côté logiciel et côté Medimail", "step:connector-open"),
  connector2.carried(
    "connector-cost",
    "3. coût éditeur (parfois financé) et coût côté Medimail, 300 à 525 € HT",
    "step:publisher-asked",
    "step:publisher-mipih",
  ),
  connector2.carried("mipih-grades", "4. Mipih contacte le GRADeS pour les comptes", "step:accounts-known"),
  connector2.carried(
    "grades-accounts",
    "5. le GRADeS transmet les comptes à Mipih et à l'éditeur",
    "step:accounts-known",
  ),
  domain.carried("domain-form", "de la forme xxx.mssante.fr, le même pour tous, déclaré à l'ANS", "step:domain"),
  domain.carried("domain-practice", "pro.oc.mssante.fr pour les structures libérales", "domain:practice-group"),
  domain.carried("domain-nursing", "ehpad.oc.mssante.fr pour les EHPAD", "domain:nursing-home"),
  domain.carried("domain-social", "social.oc.mssante.fr pour les structures sociales", "domain:social"),
  domain.carried("domain-other", "oc.mssante.fr pour les autres", "domain:other"),
  domain.carried("domain-own", "un domaine à soi se déclare en environ trois semaines", "step:domain", "contact:mss"),
  domain.carried("white-list", "la liste blanche des domaines se consulte", "command:trust whitelist check"),
  admin.carried("admin-needed", "un administrateur Medimail est obligatoire", "step:administrator"),
  admin.carried(
    "admin-does",
    "il crée et met à jour les comptes, valide les demandes, lit les indicateurs, transmet",
    "party:administrator",
    "step:follow-up",
    "command:onboarding indicators",
  ),
  admin.carried("admin-training", "il suit un webinaire de formation", "step:administrator"),
  admin.notOurs("admin-dates", "les dates des webinaires sont en ligne", "lien du guide, dates qui changent"),
  accounts.shown(
    "directory-reach",
    "quel annuaire est accessible à quel type de boîte (schéma : profession de santé, INS, profession médico-sociale)",
    "annuaires",
  ),
  accounts.shown(
    "professions",
    "profession de santé (médicale, pharmacie, auxiliaires) et profession médico-sociale (dans l'équipe de soins, quelle que soit la structure)",
    "annuaires",
  ),
  byAdmin.carried(
    "load-file",
    "un fichier charge les comptes en masse",
    "step:accounts-file",
    "command:accounts check",
    "command:accounts build",
  ),
  byAdmin.shown("load-procedure", "l'import est expliqué à la formation et, au besoin, en réunion", "comptes"),
  byAdmin.carried("type-per", "PER : boîte personnelle", "type:PER"),
  byAdmin.carried("type-org", "ORG : boîte organisationnelle", "type:ORG"),
  byAdmin.carried("type-app", "APP : boîte applicative", "type:APP"),
  byAdmin.carried("type-int", "INT : boîte interne", "type:INT"),
  byAdmin.carried("type-med", "MED : boîte medimail", "type:MED"),
  byAdmin.shown("type-rules", "les conditions de chaque type sont dans l'onglet « Consignes » du fichier", "comptes"),
  byAdmin.notOurs(
    "load-download",
    "fichier et guide de création se téléchargent",
    "leurs adresses ne sont pas dans le texte que nous avons ; leurs colonnes ne sont pas publiques",
  ),
  byUser.carried("link", "un lien de finalisation part à l'adresse mail de l'utilisateur", "step:accounts-finalised"),
  byUser.carried("finish", "mot de passe, informations, CGU", "step:accounts-finalised"),
  byUser.carried("link-later", "le lien peut partir plus tard", "status:PREINSCRIT"),
  byUser.carried("preinscrit", "avant : PREINSCRIT", "status:PREINSCRIT"),
  byUser.carried("valide", "après : VALIDE, utilisable", "status:VALIDE"),
  options.carried("auto-enrolment", "enrôlement automatique selon des conditions", "step:auto-enrolment"),
  options.carried("a-valider", "l'administrateur, prévenu, valide un compte A VALIDER", "status:A VALIDER"),
  options.carried(
    "daily",
    "le fichier est déposé chaque jour, pris à 18 h",
    "step:daily-file",
    "command:accounts build",
  ),
  options.carried(
    "options-free",
    "à demander à l'équipe MSS, sans coût",
    "step:auto-enrolment",
    "step:daily-file",
    "contact:mss",
  ),
  links.carried(
    "annuaire",
    "annuaire.sante.fr référence les professionnels : nom, adresse, RPPS, ADELI, extraction",
    "step:directories",
    "command:directory search",
  ),
  links.shown("finess", "finess.sante.gouv.fr référence les numéros FINESS", "annuaires"),
  duties.carried(
    "duties-first",
    "ces démarches se font avant la mise en œuvre effective",
    "step:connector-open",
    "step:gateway-setup",
    "step:accounts-finalised",
  ),
  duties.carried(
    "gdpr",
    "déclarer le traitement au registre RGPD",
    "step:gdpr",
    "template:register",
    "command:onboarding template",
  ),
  duties.carried(
    "notice",
    "informer les patients (CNIL, article 32), texte à adapter",
    "step:patient-notice",
    "template:notice",
  ),
  duties.carried("osis", "établissements sanitaires : déclarer dans oSIS", "step:osis"),
  telling.carried("kit", "kit de déploiement interne : diapositives, formation, affichages", "step:communicate"),
  telling.notOurs(
    "kit-download",
    "kits sanitaire et médico-social à télécharger",
    "supports du GRADeS et du national, qui ont leurs auteurs",
  ),
  telling.carried(
    "footer",
    "bas de page et bandeau de signature pour les correspondants",
    "template:footer",
    "template:banner",
  ),
  telling.carried("team", "l'équipe MSS peut venir présenter la messagerie", "contact:mss"),
  training.carried("webinars", "webinaires mensuels pour les utilisateurs", "step:training"),
  training.carried("sessions", "sessions sur demande de l'équipe MSS", "step:training", "contact:mss"),
  training.carried("uses", "accompagnement aux usages par l'animation territoriale", "contact:usages"),
  support.carried("desk", "centre de services pour utilisateurs et administrateurs", "contact:support", "step:support"),
  support.carried("desk-ways", "en ligne, par mail, par téléphone", "contact:support"),
  support.carried("desk-hours", "8 h 30 à 18 h 30, du lundi au vendredi ; 0,09 € par appel", "contact:support"),
  space.shown("space-webmail", "il mène aussi au webmail et aux statistiques de déploiement", "apres"),
  space.shown("space", "l'espace utilisateurs a fiches, vidéos, webinaires, cas d'usage", "apres"),
];
