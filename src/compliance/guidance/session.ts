import type { GuidanceTable } from "./guidance.js";
import { both, onPaper, onScreen } from "./guidance.js";

/** Sections 4 and 5: session, security, Pro Santé Connect; patients' mailboxes. */
export const session: GuidanceTable = {
  "SC.PSC.01": {
    help: both(
      "Connexion par Pro Santé Connect : code d'autorisation, scope openid, acr_values eidas1, state, nonce et PKCE ; ou CIBA.",
      "Login by Pro Santé Connect: authorization code, scope openid, acr_values eidas1, state, nonce and PKCE; or CIBA.",
    ),
  },
  "SC.PSC.14": {
    help: both(
      "Test d'intrusion par un prestataire qualifié PASSI, formulaire de moins d'un an, signé.",
      "Penetration test by a PASSI-qualified firm, form under one year, signed.",
    ),
    attest: onPaper(
      both("Le formulaire est-il de moins d'un an et signé ?", "Is the form under one year and signed?"),
      both("Formulaire de l'ANS signé", "ANS form, signed"),
    ),
  },
  "psc-mtls": {
    help: both(
      "Le logiciel s'authentifie à chaque demande de jeton : secret, assertion signée, ou certificat client (mTLS) dans l'espace de confiance.",
      "The software proves itself at each token request: secret, signed assertion, or client certificate (mTLS) in the trust space.",
    ),
  },
  "psc-edc": {
    help: both(
      "Habilitation à l'espace de confiance Pro Santé Connect pour appeler des API connectées ; non demandée dans le couloir hôpital.",
      "Habilitation to the PSC trust space to call connected APIs; not asked in the hospital lane.",
    ),
    attest: onPaper(
      both("L'habilitation est-elle obtenue, ou est-elle sans objet ?", "Is the habilitation held, or without object?"),
      both("Habilitation, ou justification", "Habilitation, or reason"),
    ),
  },
  "SC.SSI-IE.33": {
    help: both(
      "Les identifiants des professionnels sont gérés dans le logiciel.",
      "Professionals' identifiers are managed in the software.",
    ),
    attest: onScreen(both("Où les identifiants sont-ils gérés ?", "Where are identifiers managed?")),
  },
  "SC.SSI-IE.38": {
    help: both(
      "L'utilisateur ferme sa session : LOGOUT sur la boîte, fin de session chez Pro Santé Connect.",
      "The user closes the session: LOGOUT of the box, end of session at Pro Santé Connect.",
    ),
    attest: onScreen(
      both(
        "Où ferme-t-on la session, et qu'affiche l'écran ensuite ?",
        "Where is the session closed, and what does the screen show then?",
      ),
    ),
  },
  "SC.SSI-IE.58": {
    help: both(
      "Après deux heures sans activité, l'écran se verrouille et la boîte n'est plus interrogée sans une nouvelle connexion.",
      "After two hours idle the screen locks and the box is not asked without a new login.",
    ),
    attest: onScreen(
      both("L'écran se verrouille-t-il au bout de deux heures au plus ?", "Does the screen lock within two hours?"),
    ),
  },
  "SC.SSI-IAM.91-.92": {
    help: both(
      "Les opérations sur les comptes gérés par le produit sont tracées ; les administrateurs ont un mot de passe fort ou un dispositif équivalent.",
      "Operations on accounts of the product are traced; administrators have strong passwords or an equal device.",
    ),
    attest: onPaper(
      both(
        "Quelles opérations sont tracées, et quelle règle s'applique aux administrateurs ?",
        "Which operations are traced, which rule for administrators?",
      ),
      both("Extrait du journal, démonstration", "Extract of the log, demonstration"),
    ),
  },
  "mes-minor": {
    help: both(
      "Le document d'un mineur est envoyé à l'adresse formée du matricule INS du mineur.",
      "A minor's document goes to the address made of the minor's INS.",
    ),
  },
  "mes-bounce": {
    help: both(
      "Les quatre retours (boîte fermée, usager inconnu, adresse fausse, courriel trop volumineux) sont expliqués à l'utilisateur.",
      "The four returns (box closed, unknown patient, bad address, too big) are explained to the user.",
    ),
    unchecked: both(
      "Le serveur renvoie les quatre rapports ; l'explication ne se constate qu'à l'écran.",
      "The server sends the four reports back; the explanation is on the screen.",
    ),
    attest: onScreen(
      both(
        "Qu'affiche le logiciel pour chacun des quatre retours ?",
        "What does the software say of each of the four returns?",
      ),
    ),
  },
  "mes-25mb": {
    help: both(
      "Vers un usager, le courriel entier fait 25 000 000 d'octets au plus, encodage compris.",
      "To a patient the whole mail has 25,000,000 bytes at most, encoding included.",
    ),
  },
  "mes-fin": {
    help: both(
      "Pour clore un échange : X-MSS-MES: FIN de préférence, ou un courriel dont l'objet est exactement [FIN].",
      "To end an exchange: X-MSS-MES: FIN by preference, or a mail of subject exactly [FIN].",
    ),
  },
  "mes-test": {
    help: both(
      "L'ANS propose une boîte de réponse automatique sur l'espace de production, à essayer par l'intermédiaire d'un opérateur réel.",
      "ANS has an auto-reply box on the production space, to be tried through a real operator.",
    ),
    unchecked: both(
      "Elle n'existe que chez un opérateur réel : le simulateur n'écrit à personne.",
      "It is only at a real operator: the mock writes to nobody.",
    ),
  },
  "mes-replyto": {
    help: both(
      "Avec Reply-To, l'usager répond à cette boîte, qui devient son seul contact admis.",
      "With Reply-To the patient answers that box, which alone becomes an allowed contact.",
    ),
  },
};
