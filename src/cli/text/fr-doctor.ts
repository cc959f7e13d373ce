import type { DoctorText } from "./doctor-types.js";

function size(bytes: number): string {
  if (bytes < 1_024) return `${bytes} octet${bytes > 1 ? "s" : ""}`;
  const [value, unit] = bytes < 1_048_576 ? [bytes / 1_024, "ko"] : [bytes / 1_048_576, "Mo"];
  return `${value.toFixed(1).replace(".", ",")} ${unit}`;
}

export const frenchDoctor: DoctorText = {
  title: (mailbox) => `Diagnostic de ${mailbox}`,
  steps: {
    resolved: "Résolution du nom",
    connected: "Connexion",
    tls: "TLS",
    chain: "Certificat du serveur",
    revocation: "Révocation",
    authenticated: "Authentification",
    folders: "Dossiers",
    limits: "Limites",
  },
  notReached: "pas atteint",
  viaProxy: "par le proxy",
  issuedBy: "émis par",
  daysLeft: (days) => (days < 0 ? `expiré depuis ${-days} j` : `expire dans ${days} j`),
  revocation: { off: "non contrôlée", soft: "contrôlée quand c'est possible", strict: "contrôlée" },
  mechanism: (name) => (name === "none" ? "par le certificat seul" : name.toUpperCase()),
  ownCertificate: "notre certificat",
  folders: (count) => `${count} dossier${count > 1 ? "s" : ""}`,
  messages: (count, unseen) =>
    `${count} courriel${count > 1 ? "s" : ""} reçu${count > 1 ? "s" : ""}${unseen === undefined ? "" : `, ${unseen} non lu${unseen > 1 ? "s" : ""}`}`,
  maxSize: (bytes) => `courriel de ${size(bytes)} au plus`,
  noMaxSize: "taille maximale non annoncée",
  dsn: { yes: "accusés de remise proposés", no: "pas d'accusé de remise (DSN)" },
  quota: (usage, limit) => `${size(usage)} occupés sur ${size(limit)}`,
  quotaUnknown: "quota non annoncé",
  firstFailure: "Première panne",
  whatToDo: "À faire",
  allWell: (ms) => `Tout répond, en ${(ms / 1000).toFixed(1).replace(".", ",")} s.`,
  warnings: "À surveiller",
  advice: {
    check_dns:
      "Le nom du serveur n'est pas connu de ce poste : vérifiez l'accès au réseau et le serveur de noms (network.dns), ou le nom indiqué dans la configuration.",
    pin_hosts:
      "Le domaine ne publie pas ses serveurs : indiquez-les dans la configuration (operator.imap, operator.smtp) ; l'opérateur les communique (pour Medimail : le Mipih).",
    host_suffixes:
      "Le serveur trouvé n'est pas dans un domaine admis. S'il est bien celui de l'opérateur, ajoutez son domaine à operator.hostSuffixes.",
    allowed_addresses:
      "Le serveur trouvé a une adresse de réseau privé. Si l'opérateur est joint par un VPN, ajoutez la plage à network.allowedAddresses.",
    open_port:
      "Le serveur refuse la connexion ou n'y répond pas : demandez au service informatique d'ouvrir ce port en sortie vers ce serveur (TCP 587 pour l'envoi, 143 pour la réception, sauf autre indication de l'opérateur), ou réglez network.proxy.",
    check_service:
      "La connexion s'ouvre, mais ce qui répond n'est pas le service attendu : vérifiez l'hôte et le port (587 pour l'envoi, 143 pour la réception ; 465 et 993, en TLS implicite, ne conviennent pas), et qu'ils ne sont pas inversés. S'ils sont justes, un équipement entre les deux retient les échanges, ou le serveur est en panne : transmettez ce rapport à l'opérateur (--bundle).",
    allow_network:
      "Le modèle de permissions de Node (--permission) interdit le réseau à ce processus : lancez-le avec --allow-net.",
    check_proxy:
      "Le proxy n'établit pas la connexion : vérifiez network.proxy et ses identifiants, et qu'il autorise ce serveur et ce port.",
    tls_stripped:
      "Le serveur ne propose pas STARTTLS, ou un équipement entre les deux le retire (antivirus, pare-feu qui inspecte la messagerie) : excluez ce serveur de l'inspection.",
    tls_profile:
      "La négociation TLS échoue : version ou suites du serveur, ou un équipement qui déchiffre le trafic. Excluez ce serveur de l'inspection ; si cela ne suffit pas, transmettez ce rapport à l'opérateur.",
    add_authority:
      "Aucune autorité de tls.ca n'a émis le certificat du serveur : ajoutez la racine et l'autorité intermédiaire de l'IGC-Santé. Si l'émetteur affiché n'est pas l'IGC-Santé, un équipement intercepte le trafic, ou ce n'est pas le bon serveur.",
    certificate_dates:
      "Le certificat du serveur est expiré ou pas encore valide. Vérifiez d'abord la date et l'heure de ce poste ; si elles sont justes, l'opérateur doit renouveler son certificat.",
    certificate_name:
      "Le certificat du serveur porte un autre nom : vérifiez le nom indiqué dans la configuration ; un certificat d'un autre nom n'est jamais accepté.",
    certificate_revoked:
      "Le certificat du serveur est révoqué. Ne contournez pas ce contrôle : transmettez ce rapport à l'opérateur.",
    server_certificate:
      "Le certificat du serveur n'est pas utilisable pour MSSanté (usage, gamme, clé ou signature trop faible, contrainte de son autorité) : ajouter une autorité n'y changera rien. Transmettez ce rapport à l'opérateur (--bundle), qui doit changer de certificat.",
    revocation_sources:
      "Impossible de savoir si le certificat du serveur est révoqué. Vérifiez que ce poste, ou le proxy (network.proxy), atteint en HTTP les adresses de l'autorité (listes de révocation, OCSP) : le message ci-dessus dit ce qui a manqué. Si l'accès est ouvert, transmettez ce rapport à l'opérateur ; ne contournez pas ce contrôle.",
    revocation_off:
      "La révocation du certificat du serveur n'est pas contrôlée (tls.revocation : off) : un certificat révoqué serait accepté.",
    own_certificate:
      "Notre certificat est inutilisable (expiré, endommagé, ou clé d'un autre certificat) : vérifiez auth.p12 ou auth.cert, et demandez-en un nouveau à l'IGC-Santé s'il est expiré.",
    own_certificate_refused:
      "L'opérateur refuse notre certificat, ou en attend un : vérifiez que c'est le certificat de la structure qui est déclaré pour cette boîte, et qu'il est de la gamme Élémentaire Organisations.",
    own_certificate_expiry:
      "Notre certificat expire bientôt : demandez son renouvellement à l'IGC-Santé dès maintenant.",
    server_certificate_expiry: "Le certificat du serveur expire bientôt : prévenez l'opérateur.",
    login:
      "Aucun professionnel n'est connecté par Pro Santé Connect : connectez-vous avec la carte CPS ou e-CPS, puis recommencez.",
    token_refused:
      "L'opérateur refuse le jeton Pro Santé Connect : reconnectez-vous (carte CPS ou e-CPS), et vérifiez que la personne a droit à cette boîte.",
    credentials_refused:
      "L'opérateur refuse l'authentification : vérifiez l'adresse de la boîte, son ouverture chez l'opérateur (compte VALIDE), le certificat (celui qui est déclaré pour cette boîte) ou le mot de passe, et le mécanisme SASL (auth.sasl) qu'il attend.",
    secret_missing:
      "Un secret ou un fichier nécessaire à l'authentification n'est pas accessible à ce compte système, ou n'est pas le bon (phrase de passe) : le message ci-dessus dit lequel.",
    operator_fault:
      "La réponse de l'opérateur à cette étape est anormale : réessayez, puis transmettez-lui ce rapport (--bundle).",
    no_delivery_receipts:
      "L'opérateur ne propose pas d'accusés de remise : un envoi restera « accepté » sans devenir « remis ».",
    quota_nearly_full:
      "La boîte est presque pleine : supprimez des courriels, ou demandez plus de place à l'opérateur.",
  },
  bundleWritten: (file) => `Rapport écrit : ${file} (ni secret, ni donnée de santé).`,
  bundle: {
    title: "Rapport de diagnostic Medimail",
    made: "Établi le",
    nothingSecret:
      "Ce rapport ne contient ni mot de passe, ni jeton, ni clé, ni contenu de courriel, ni nom de dossier. Il contient l'adresse de la boîte, les serveurs et leurs certificats.",
    configuration: "Configuration",
    steps: "Étapes",
    data: "Données",
  },
};
