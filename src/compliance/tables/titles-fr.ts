/** The titles of the rows that the catalogue has in English only: the RFCs, and what the operator answers for. A test joins them to it. */
export const TITLES_FR: Readonly<Record<string, string>> = {
  "RFC-3207-3501":
    "Après STARTTLS, oublier les capacités annoncées et les redemander ; rien n'est envoyé d'avance en clair ; TLS refusé → pas d'authentification",
  "RFC-7817": "Contrôle du nom du serveur (SAN, nom SRV), sans deviner d'après le CN",
  "RFC-6186":
    "`_submission._tcp`, `_imap._tcp` (et `_imaps`) ; cible « . » = service non proposé ; priorité et poids respectés",
  "RFC-5321":
    "EHLO ; point doublé, CRLF, lignes ≤ 998 ; 4xx retenté à intervalles croissants, 5xx jamais ; QUIT ; échecs de RCPT d'une transaction signalés un par un",
  "RFC-1870": "SIZE= donné quand il est annoncé",
  "RFC-5322": "Date, From, Message-ID une seule fois ; lignes repliées ; References = ceux du parent + son identifiant",
  "RFC-2045-2049": "MIME-Version, séparateurs, base64 ≤ 76, pièces jointes en attachment",
  "RFC-2047-2231": "En-têtes en ASCII seulement : objet encodé, `filename*`",
  "RFC-3461-3464":
    "NOTIFY/ORCPT/ENVID/RET seulement si DSN est annoncé ; lecture de multipart/report delivery-status, Action, Status",
  "RFC-8098":
    "Jamais d'accusé à un accusé ni à un chemin nul ; un au plus par courriel ($MDNSent) ; accord de l'utilisateur si l'adresse demandée diffère de Return-Path ; expéditeur d'enveloppe nul",
  "RFC-9051-3501":
    "UID + UIDVALIDITY, BODY.PEEK avant la lecture, IDLE renouvelé avant 29 min, réponses inconnues tolérées",
  "RFC-7628":
    "Après l'erreur JSON, le client répond encore (un octet 0x01 pour OAUTHBEARER, ligne vide pour XOAUTH2) ou abandonne, puis essaie une seule fois avec un nouveau jeton",
  "ope-contract": "L'opérateur contracte avec chaque structure ; le client n'atteint que les BAL ainsi ouvertes",
  "ope-whitelist": "Domaines déclarés à l'ANS ; le client n'est pas tenu de contrôler la liste, mais affiche les refus",
  "ope-stats":
    "L'opérateur compte les logiciels par X-MSS-NIL et les types de documents par X-MSS-CODECDA (une valeur par document, sans dédoublonnage)",
  "ope-lps": "Les opérateurs proposent l'interface LPS (financée par le Ségur)",
  "ope-limits": "Taille, débit, DSN, IDLE, quotas : fixés par chaque opérateur, non publiés pour Medimail",
};
