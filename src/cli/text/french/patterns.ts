/**
 * The details that need more than places to be told apart: a place that has no space, or only digits. They go before the phrases. `$1`… is what stood in
 * the place: names of options, files and hosts, never translated.
 */
export const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // The command line
  [/^a command is missing$/, "il manque une commande"],
  [/^unknown command: (.*)$/, "commande inconnue : $1"],
  [/^unknown option (.*)$/, "option inconnue : $1"],
  [/^did you mean (.*)\?$/, "vouliez-vous dire $1 ?"],
  [/^missing: (.*)$/, "il manque : $1"],
  [/^medimail --help lists (?:them|the commands)$/, "medimail --help donne la liste des commandes"],
  [/^too many arguments: (.*) takes none$/, "trop d'arguments : $1 n'en prend pas"],
  [/^too many arguments: (.*) takes (\d+) \((.*)\)$/, "trop d'arguments : $1 en prend $2 ($3)"],
  [/^(\S+) takes no value$/, "$1 ne prend pas de valeur"],
  [/^(\S+(?: \S+)?) was given twice$/, "$1 est donnée deux fois"],
  [/^(\S+) needs a value \((.*)\)$/, "$1 nécessite une valeur ($2)"],
  [/^([^:]+) must be one of (.*)$/, "$1 doit être l'une de ces valeurs : $2"],
  [/^(\S+) must be a whole number from (\S+) to (\S+)$/, "$1 doit être un nombre entier de $2 à $3"],
  [/^(\S+) must be a number from (\S+) to (\S+)$/, "$1 doit être un nombre de $2 à $3"],
  [/^(\S+) must be a day: (.*)$/, "$1 doit être un jour : $2"],
  [/^(\S+) must be a date: (.*), or (.*)$/, "$1 doit être une date : $2, ou $3"],
  [/^(\S+) and (\S+) contradict each other$/, "$1 et $2 se contredisent"],
  [/^no recipient: give --to ADDRESS, or --patient$/, "aucun destinataire : donnez --to ADDRESS, ou --patient"],
  [/^more --pdf than --cda$/, "il y a plus de --pdf que de --cda"],
  [/^the n-th --pdf belongs to the n-th --cda$/, "le n-ième --pdf est celui du n-ième --cda"],
  [/^--html FILE or --pdf FILE is required$/, "il faut --html FILE ou --pdf FILE"],
  [
    /^UID is the number of a mail, as mailbox list shows it$/,
    "UID est le numéro d'un courriel, tel que mailbox list le montre",
  ],
  [
    /^ID is that of a submission: letters, digits and dashes$/,
    "ID est celui d'un envoi : des lettres, des chiffres et des tirets",
  ],
  [/^a text or an option says what to look for$/, "indiquez ce qu'il faut chercher, par un texte ou une option"],
  [
    /^what to search is missing: TEXT, or an option such as (.*)$/,
    "il manque ce qu'il faut chercher : TEXT, ou une option comme $1",
  ],
  [/^an option says which flag: (.*)$/, "indiquez la marque par une option : $1"],
  [
    /^the authorities are missing: give --ca, or --config with tls\.ca$/,
    "il manque les autorités de certification : donnez --ca, ou --config avec tls.ca",
  ],
  [/^no scenario is called (.*)$/, "aucun scénario ne s'appelle $1"],
  [/^medimail validate --list names them$/, "medimail validate --list en donne la liste"],
  [/^(\S+ \S+) needs --config with (.*)$/, "$1 nécessite --config avec $2"],
  [/^not done within (\S+) s$/, "non terminé en $1 s"],
  [/^interrupted$/, "arrêt demandé"],
  [/^run again with --verbose for the stack$/, "relancez avec --verbose pour en savoir plus"],
  // Files
  [/^(.*): there is no file (.*)$/, "$1 : le fichier $2 n'existe pas"],
  [/^there is no file (.*)$/, "le fichier $1 n'existe pas"],
  [/^(.*): there is no folder (.*)$/, "$1 : le dossier $2 n'existe pas"],
  [/^(.*): (.*) cannot be (?:read|written) \(it is a folder\)$/, "$1 : $2 est un dossier"],
  [
    /^(.*): (.*) cannot be written \(a folder or a file of that name is there\)$/,
    "$1 : $2 existe déjà, comme dossier ou comme fichier",
  ],
  [/^(.*): (.*) cannot be read \(permission denied\)$/, "$1 : vous n'avez pas le droit de lire $2"],
  [/^(.*): (.*) cannot be written \(permission denied\)$/, "$1 : vous n'avez pas le droit d'écrire $2"],
  [/^save the file as UTF-8$/, "enregistrez le fichier en UTF-8"],
  [/^(.*) is not JSON, line (\d+), column (\d+)$/, "$1 n'est pas du JSON, ligne $2, colonne $3"],
  // The configuration
  [/^correct the named parts of the configuration$/, "corrigez les parties citées de la configuration"],
  [/^(\S+): unknown key ([^;]*), did you mean ([^;]*)\?$/, "$1 : clé inconnue $2 ; vouliez-vous dire $3 ?"],
  [/^(\S+): unknown key ([^;]*); known keys: ([^;]*)$/, "$1 : clé inconnue $2 ; clés connues : $3"],
  [/^(\S+): is required: (.*) or (.*)$/, "$1 : obligatoire ($2 ou $3)"],
  [/^(\S+): is required$/, "$1 : obligatoire"],
  [/^(\S+): must be true or false$/, "$1 : true ou false"],
  [/^(\S+): must be an object$/, "$1 : doit être un objet"],
  [/^(\S+) is not a certificate \((.*), (.*) or (.*)\)$/, "$1 n'est pas un certificat ($2, $3 ou $4)"],
  [
    /^(\S+): the secret is written in the configuration; prefer (.*), (.*) or (.*)$/,
    "$1 : le secret est écrit dans la configuration ; préférez $2, $3 ou $4",
  ],
  [
    /^(\S+): a revoked server certificate is accepted \((.*)\)$/,
    "$1 : un certificat de serveur révoqué est accepté ($2)",
  ],
  [
    /^(\S+): recipients are not checked against the trust space's white list$/,
    "$1 : les destinataires ne sont pas contrôlés avec la liste blanche de l'espace de confiance",
  ],
  [
    /^(\S+): the proxy's password is written in the configuration$/,
    "$1 : le mot de passe du proxy est écrit dans la configuration",
  ],
  [
    /^(\S+): what is stored goes to the database in clear \(sslmode=disable\)$/,
    "$1 : ce qui est enregistré va en clair à la base de données (sslmode=disable)",
  ],
  // The connection
  [/^(\S+) cannot be connected to \((.*)\)$/, "connexion impossible à $1 ($2)"],
  [/^the proxy (\S+) cannot be connected to \((.*)\)$/, "connexion impossible au proxy $1 ($2)"],
  [/^the proxy (\S+) does not answer$/, "le proxy $1 ne répond pas"],
  [/^the name of the proxy (\S+) could not be resolved \((.*)\)$/, "le nom du proxy $1 n'a pas pu être résolu ($2)"],
  [/^the name (?:of )?(\S+) could not be resolved \((.*)\)$/, "le nom $1 n'a pas pu être résolu ($2)"],
  [
    /^the client certificate does not open with the passphrase given$/,
    "le certificat client ne s'ouvre pas avec la phrase de passe donnée",
  ],
  [
    /^the client certificate does not open without a passphrase: (\S+) gives it$/,
    "le certificat client ne s'ouvre pas sans phrase de passe : indiquez-la dans $1",
  ],
  [/^the IMAP server failed while .* \((\S+)\)$/, "le serveur IMAP a refusé ($1)"],
  // Sending
  [/^(\S+) is not a MSSanté address\.$/, "$1 n'est pas une adresse MSSanté."],
  [/^not a plain address$/, "ce n'est pas une adresse simple"],
  [/^An address ends in (.*)\.$/, "Une adresse se termine par $1."],
  [/^The operator refused this recipient \((.*)\)\.$/, "L'opérateur a refusé ce destinataire ($1)."],
  [
    /^a document was already submitted to one of the recipients with this action$/,
    "un document a déjà été envoyé à l'un des destinataires, avec la même action",
  ],
  [
    /^It is in submission (\S+)\. If it waits there, the outbox delivers it \(medimail outbox run\)\. To send it again on purpose, ask for it \(resend\)\.$/,
    "C'est l'envoi $1. S'il est encore en attente, medimail outbox run le transmettra. Pour le renvoyer volontairement : --resend.",
  ],
  [
    /^not every recipient has reached the state asked within (\S+) s$/,
    "certains destinataires n'ont pas atteint l'état demandé en $1 s",
  ],
  [
    /^The user that runs the software must be able to write the file and its folder\.$/,
    "L'utilisateur qui fait tourner le logiciel doit pouvoir écrire le fichier et son dossier.",
  ],
  [
    /^Another process or connection keeps a transaction open on the same file: make its transactions short\.$/,
    "Un autre processus garde une transaction ouverte sur ce fichier : raccourcissez ses transactions.",
  ],
  [
    /^the submission (\S+) stays in the outbox: medimail outbox run delivers it$/,
    "l'envoi $1 reste dans la boîte d'envoi : medimail outbox run le transmettra",
  ],
  [
    /^the operator has the submission (\S+): medimail outbox run reads the receipts$/,
    "l'opérateur a accepté l'envoi $1 : medimail outbox run lit les accusés",
  ],
  [
    /^the operator may have the submission (\S+): unless a receipt tells \(medimail outbox run\), only medimail outbox retry \S+ --resend sends it again$/,
    "l'opérateur a peut-être accepté l'envoi $1 : si aucun accusé ne le dit (medimail outbox run), seul medimail outbox retry $1 --resend le renvoie",
  ],
  [/^No submission of this id is in the outbox\.$/, "Aucun envoi de la boîte d'envoi n'a cet identifiant."],
  [
    /^Nothing of this submission waits to leave: it cannot be cancelled\.$/,
    "Plus rien de cet envoi n'est en attente : il ne peut pas être annulé.",
  ],
  [
    /^No recipient of this submission failed: there is nothing to send again\.$/,
    "Aucun destinataire de cet envoi n'a échoué : il n'y a rien à renvoyer.",
  ],
  // The mailbox
  [/^the folder has no mail of this UID$/, "le dossier n'a pas de courriel portant ce numéro"],
  [
    /^It was moved or deleted, or the folder was made anew: list the folder again\.$/,
    "Il a été déplacé ou supprimé, ou le dossier a été reconstruit : affichez de nouveau la liste du dossier.",
  ],
  [/^the mailbox has no such folder$/, "la boîte n'a pas ce dossier"],
  [
    /^mailbox\.folders\(\) \((.*)\) lists the folders and what each is for\.$/,
    "$1 donne la liste des dossiers et leur rôle.",
  ],
  [
    /^There is no such folder: mailbox\.folders\(\) \((.*)\) lists those that there are\.$/,
    "Ce dossier n'existe pas : $1 donne la liste des dossiers.",
  ],
  [/^the mail asks for no receipt$/, "ce courriel ne demande pas d'accusé"],
  // Archives and documents
  [
    /^The archive is damaged or not a ZIP: it has no end of directory\.$/,
    "L'archive est endommagée, ou n'est pas un ZIP : la fin de sa table manque.",
  ],
  [
    /^The archive has no METADATA\.XML: it is not an XDM archive\.$/,
    "L'archive n'a pas de METADATA.XML : ce n'est pas une archive XDM.",
  ],
  [/^The CDA has bytes that are not (\S+)\.$/, "Le CDA contient des octets qui ne sont pas de l'$1."],
  [
    /^The file to wrap is not a PDF: no %PDF- in its first 1024 bytes\.$/,
    "Le fichier n'est pas un PDF : pas de %PDF- au début.",
  ],
  [
    /^The document is not a CDA R2 document: it has no ClinicalDocument\.$/,
    "Ce n'est pas un document CDA R2 : il n'a pas de ClinicalDocument.",
  ],
  [/^there is no index of the directory at this path$/, "il n'y a pas d'index de l'annuaire à cet endroit"],
  [/^Import the extraction first: (.*)$/, "Importez d'abord l'extraction : $1"],
];
