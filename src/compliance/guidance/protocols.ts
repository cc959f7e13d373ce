import type { GuidanceTable } from "./guidance.js";
import { both } from "./guidance.js";

/** Section 7: standards. */
export const protocols: GuidanceTable = {
  "RFC-3207-3501": {
    help: both(
      "Après STARTTLS, oubliez les capacités annoncées en clair et redemandez-les ; n'envoyez rien derrière STARTTLS avant la négociation.",
      "After STARTTLS forget what was announced in clear and ask again; send nothing behind STARTTLS before the handshake.",
    ),
  },
  "RFC-7817": {
    help: both(
      "Le nom du serveur se vérifie dans le certificat (SAN) ; un autre nom met fin à la connexion.",
      "The server's name is checked in the certificate (SAN); another name ends the connection.",
    ),
  },
  "RFC-6186": {
    help: both(
      "Étiquettes _submission._tcp et _imap._tcp ; une cible « . » indique que le service n'est pas proposé.",
      "Labels _submission._tcp and _imap._tcp; a target “.” says that the service is not offered.",
    ),
  },
  "RFC-5321": {
    help: both(
      "EHLO, lignes CRLF de 998 octets au plus, 4xx retenté après une pause, 5xx jamais, un courriel accepté n'est jamais renvoyé, QUIT.",
      "EHLO, CRLF lines of 998 bytes at most, 4xx tried again after a pause, 5xx never, an accepted mail never sent again, QUIT.",
    ),
  },
  "RFC-1870": {
    help: both("MAIL … SIZE= quand l'opérateur annonce SIZE.", "MAIL … SIZE= where the operator announces SIZE."),
  },
  "RFC-5322": {
    help: both(
      "Date, From et Message-ID une seule fois, champs uniques, lignes repliées.",
      "Date, From and Message-ID once, unique fields, folded lines.",
    ),
  },
  "RFC-2045-2049": {
    help: both(
      "MIME-Version: 1.0, séparateurs fermés, base64 de 76 caractères, Content-Disposition: attachment.",
      "MIME-Version: 1.0, boundaries closed, base64 of 76 characters, Content-Disposition: attachment.",
    ),
  },
  "RFC-2047-2231": {
    help: both(
      "En-têtes en ASCII : mots encodés de 75 caractères au plus dans l'objet, filename* pour les noms de fichiers.",
      "ASCII headers: encoded words of 75 characters at most in the subject, filename* for file names.",
    ),
  },
  "RFC-3461-3464": {
    help: both(
      "NOTIFY, ORCPT, ENVID et RET seulement quand DSN est annoncé.",
      "NOTIFY, ORCPT, ENVID and RET only where DSN is announced.",
    ),
  },
  "RFC-8098": {
    help: both(
      "Chemin de retour nul, jamais en réponse à un rapport, un seul par courriel, et accord de l'utilisateur demandé quand l'adresse n'est pas celle de l'expéditeur.",
      "Null path, never to a report, one for a mail, and the user asked where the address is not the sender's.",
    ),
  },
  "RFC-9051-3501": {
    help: both(
      "BODY.PEEK avant la lecture par l'utilisateur, UID, IDLE renouvelé avant 29 minutes.",
      "BODY.PEEK before the user reads, UIDs, IDLE renewed before 29 minutes.",
    ),
  },
  "RFC-7628": {
    help: both(
      "Un jeton refusé n'est pas présenté de nouveau : demandez-en un autre, une seule fois.",
      "A refused token is not shown again: ask for another, once.",
    ),
  },
};
