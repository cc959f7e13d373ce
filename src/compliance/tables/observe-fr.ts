/**
 * How a requirement is seen, in French, by the English words of the catalogue. What is not here is made of names alone (`MIME`, `SMTP, IMAP`) and is
 * said as it is in both languages; a test joins this table to the catalogue.
 */
export const OBSERVE_FR: Readonly<Record<string, string>> = {
  "SMTP: EHLO, STARTTLS, new EHLO, AUTH, MAIL; nothing else before TLS":
    "SMTP : EHLO, STARTTLS, nouvel EHLO, AUTH, MAIL ; rien d'autre avant TLS",
  "IMAP: CAPABILITY, STARTTLS, CAPABILITY again, AUTHENTICATE; never LOGIN in clear":
    "IMAP : CAPABILITY, STARTTLS, de nouveau CAPABILITY, AUTHENTICATE ; jamais de LOGIN en clair",
  "TLS: refuse a mock limited to 1.0/1.1, and one without STARTTLS":
    "TLS : un serveur limité à 1.0/1.1, ou sans STARTTLS, est refusé",
  "TLS: must still work with a 1.2-only server": "TLS : un serveur limité à 1.2 reste accepté",
  "TLS: ClientHello list; mock offering only other suites gets an abort":
    "TLS : liste du ClientHello ; connexion abandonnée si le serveur ne propose que d'autres suites",
  "TLS: handshake with a test-chain certificate succeeds":
    "TLS : la négociation aboutit avec un certificat de la chaîne de test",
  "TLS: expired certificate → no AUTH": "TLS : certificat expiré → pas d'AUTH",
  "HTTP: CRL or OCSP asked; revoked → no AUTH": "HTTP : CRL ou OCSP interrogée ; certificat révoqué → pas d'AUTH",
  "HTTP: CRL endpoint down → session still opens, revoked one still refused":
    "HTTP : serveur de CRL en panne → la session s'ouvre encore, un certificat révoqué reste refusé",
  "DNS: SRV query for the box's domain (labels: RFC 6186), change of target followed without reinstall":
    "DNS : requête SRV pour le domaine de la BAL (noms : RFC 6186), changement de cible suivi sans réinstallation",
  "TLS: valid public-CA certificate or other range refused; issuer of the client certificate":
    "TLS : certificat valide d'une AC publique, ou d'une autre gamme, refusé ; émetteur du certificat client",
  "SMTP/IMAP: AUTH XOAUTH2 only after TLS; user = box, token fresh":
    "SMTP/IMAP : AUTH XOAUTH2 après TLS seulement ; utilisateur = BAL, jeton en cours de validité",
  "TLS: CertificateRequest answered; subject and issuer": "TLS : réponse au CertificateRequest ; sujet et émetteur",
  "SMTP/IMAP: cut, timeouts, 421, NO; UI: other functions answer":
    "SMTP/IMAP : coupure, délais dépassés, 421, NO ; écran : les autres fonctions répondent",
  "HTTP: after restart a new token is asked before AUTH; DECL: no token in files, database, logs":
    "HTTP : après un redémarrage, un nouveau jeton est demandé avant AUTH ; déclaration : aucun jeton dans les fichiers, la base, les journaux",
  "HTTP: token endpoint answers invalid_grant → LOGOUT/QUIT, no further command":
    "HTTP : le serveur de jetons répond invalid_grant → LOGOUT/QUIT, plus aucune commande",
  "HTTP: token call with client certificate": "HTTP : demande de jeton avec le certificat client",
  "HTTP: parameters": "HTTP : paramètres",
  "HTTP: directory query; SMTP: RCPT = address found": "HTTP : requête à l'annuaire ; SMTP : RCPT = adresse trouvée",
  "HTTP: OIDC code flow on mock PSC": "HTTP : cinématique OIDC « code », sur le simulateur Pro Santé Connect",
  "HTTP: FHIR full, delta, unit calls; DECL: video, API logs, frequency":
    "HTTP : appels FHIR complets, différentiels et unitaires ; déclaration : vidéo, journaux de l'API, fréquence",
  "IMAP: slow mock; UI": "IMAP : serveur lent ; écran",
  "IMAP: BYE or cut → new session, no user action":
    "IMAP : BYE ou coupure → nouvelle session, sans action de l'utilisateur",
  UI: "Écran",
  screen: "écran",
  "UI + DECL": "Écran et déclaration",
  "UI (video)": "Écran (vidéo)",
  "UI with mock N3 reports": "Écran, avec des comptes rendus de niveau 3 du simulateur Medimail",
  "UI: mock sends both": "Écran : le simulateur Medimail envoie les deux",
  "UI: title, type, date, patient, author": "Écran : titre, type, date, patient, auteur",
  "UI: with and without label": "Écran : avec et sans libellé",
  "UI; IMAP LOGOUT; HTTP end_session": "Écran ; IMAP LOGOUT ; HTTP end_session",
  "UI; IMAP silence": "Écran ; silence en IMAP",
  "UI; IMAP: stored subject untouched": "Écran ; IMAP : l'objet conservé n'est pas modifié",
  "UI; SMTP; key error and birth date/sex confirmation shown":
    "Écran ; SMTP ; clé fausse signalée, confirmation demandée pour la date de naissance et le sexe",
  "XDM: slot C / D from mock; UI decision": "XDM : slot C / D du simulateur Medimail ; décision à l'écran",
  "XDM: same document twice; UI": "XDM : même document deux fois ; écran",
  "XDM: one patientId across entries": "XDM : un seul patientId pour toutes les entrées",
  "XDM: mock sends subject ≠ patientId; UI/record: patientId wins":
    "XDM : le simulateur Medimail envoie un objet ≠ patientId ; écran ou dossier : patientId l'emporte",
  "XDM: 4 cases; UI": "XDM : 4 cas ; écran",
  "SMTP: no RCPT to that patient; UI": "SMTP : aucun RCPT vers ce patient ; écran",
  "SMTP: bytes of DATA": "SMTP : octets de DATA",
  "SMTP: SIZE announced; nothing larger sent; 552 shown; 25 MB total to patients":
    "SMTP : SIZE annoncé ; rien de plus volumineux n'est envoyé ; 552 affiché ; 25 Mo au total vers les patients",
  "SMTP: RCPT TO equals the INS in XDM, key valid, X-MSS-INS O":
    "SMTP : RCPT TO égal à l'INS du XDM, clé valide, X-MSS-INS O",
  "SMTP: RCPT NOTIFY= when DSN offered; REM restatement names Return-Receipt-To: accept, do not rely on it":
    "SMTP : RCPT NOTIFY= quand DSN est proposé ; le REM cite Return-Receipt-To : l'accepter sans compter dessus",
  "SMTP, only through a real operator; never from the mock":
    "SMTP, par un vrai opérateur seulement ; jamais depuis le simulateur Medimail",
  "SMTP vs XDM patientId": "SMTP comparé au patientId du XDM",
  "SMTP + UI (warning, acknowledged)": "SMTP et écran (avertissement, acquittement)",
  "MIME; reader also takes the old `processed/Error: …`":
    "MIME ; à la lecture, l'ancien `processed/Error: …` est aussi accepté",
  "MIME: two kinds of attachment; XDM: one PDF per CDA": "MIME : deux types de pièce jointe ; XDM : un PDF par CDA",
  "MIME: subject decoded (RFC 2047) against the pattern and the CDA":
    "MIME : objet décodé (RFC 2047), comparé au modèle et au CDA",
  "MIME: structure; with attachments: inside multipart/mixed":
    "MIME : structure ; avec des pièces jointes : dans multipart/mixed",
  "MIME: reply to a mock mail": "MIME : réponse à un courriel du simulateur Medimail",
  "MIME: present, unique, syntax": "MIME : présence, unicité, syntaxe",
  "MIME: mention (format free), XDM: new version, slot C":
    "MIME : mention (forme libre) ; XDM : nouvelle version, slot C",
  "MIME: header exactly FIN, only with a patient recipient; OUT: NTE-4":
    "MIME : en-tête exactement FIN, seulement vers un patient ; HL7 sortant : NTE-4",
  "MIME: filename (RFC 2231) vs CDA low date": "MIME : nom du fichier (RFC 2231) comparé à la date de début du CDA",
  "MIME: every mail, MDN and replies included": "MIME : tous les courriels, accusés et réponses compris",
  "MIME: charset of each text part, bytes valid": "MIME : jeu de caractères de chaque partie de texte, octets valides",
  "MIME: Reply-To; OUT: field optional; else DECL":
    "MIME : Reply-To ; HL7 sortant : champ facultatif ; sinon déclaration",
  "MIME: MDN after mock's request; none without; UI":
    "MIME : accusé après une demande du simulateur Medimail, aucun sans demande ; écran",
  "MIME: From display name": "MIME : libellé de From",
  "MIME: Disposition-Notification-To = sender box": "MIME : Disposition-Notification-To = BAL de l'émetteur",
  "MIME: 4 mock bounces; UI": "MIME : 4 avis d'échec du simulateur Medimail ; écran",
  "MIME, delay after validation": "MIME, délai après la validation",
  "MIME+XDM: byte compare N1; text extraction N3; PDF/A marker":
    "MIME et XDM : comparaison octet à octet en N1, extraction du texte en N3 ; marqueur PDF/A",
  'XDM + MIME: identity "récupérée" → no INS OID in CDA, metadata, address':
    "XDM et MIME : identité « récupérée » → pas d'OID d'INS dans le CDA, les métadonnées, l'adresse",
  "MIME vs XDM": "MIME comparé au XDM",
  "MIME vs HL7": "MIME comparé à HL7",
  "MIME variants": "Variantes MIME",
  "HL7 MDM from the PFI; UI": "HL7 MDM de la PFI ; écran",
  "HDS certificate, description": "Certificat HDS, description",
  "DECL: trace extract joined to the mock's transcript":
    "Déclaration : extrait des traces, rapproché du relevé du simulateur Medimail",
  "DECL: log extract, demonstration": "Déclaration : extrait des journaux, démonstration",
  "DECL: habilitation": "Déclaration : habilitation",
  "DECL: form": "Déclaration : formulaire",
  "DECL: extract; SMTP/IMAP: mock's refusals found in it":
    "Déclaration : extrait ; SMTP/IMAP : les refus du simulateur Medimail s'y retrouvent",
  DECL: "Déclaration",
  "white list entry": "entrée de la liste blanche",
  "training date": "date de la formation",
  "status VALIDE": "statut VALIDE",
  "signed copy": "exemplaire signé",
  "sent form": "formulaire envoyé",
  "register line, notice": "ligne du registre, note d'information",
  "quote accepted": "devis accepté",
  list: "liste",
  "file, status": "fichier, statut",
  demonstration: "démonstration",
  access: "accès",
};
