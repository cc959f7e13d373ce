import { crlf, DOCTOR, SENT } from "./dsn-forms.js";

/** Receipts of reading as mail programs write them, French and English. */
const mdn = (head: string, text: string, fields: string, rest = "") =>
  crlf(`
From: =?iso-8859-1?Q?Dr_Claire_MARTIN?= <${DOCTOR}>
To: Laboratoire <labo@ch-exemple.mssante.fr>
Date: Tue, 3 Nov 2026 11:00:00 +0100
${head}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification;
 boundary="BND"

--BND
${text}

--BND
${fields}

${rest}--BND--
`);

const base64 = (text: string) => crlf(text).toString("base64").replace(/.{76}/g, "$&\n");

interface MdnForm {
  raw: Buffer;
  disposition: string;
  automatic: boolean;
  /** Default: it names the mail sent. */
  original?: string;
}

export const MDN_FORMS: Readonly<Record<string, MdnForm>> = {
  "Outlook, in French": {
    raw: mdn(
      "Subject: Lu : CR d'examens\nMessage-ID: <000001dc4c9a$0$0@medecin.mssante.fr>\nX-Mailer: Microsoft Outlook 16.0",
      `Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

Votre message

 =C0 : ${DOCTOR}
 Objet : CR d'examens

a =E9t=E9 lu le 03/11/2026 11:00.`,
      `Content-Type: message/disposition-notification
Content-Transfer-Encoding: 7bit

Reporting-UA: ; Microsoft Outlook 16.0
Final-Recipient: rfc822;${DOCTOR}
Original-Message-ID: <${SENT}>
Disposition: manual-action/MDN-sent-automatically; displayed`,
    ),
    disposition: "displayed",
    automatic: false,
  },
  "Outlook, deleted without being read": {
    raw: mdn(
      "Subject: Non lu : CR d'examens\nMessage-ID: <000002dc4c9a$0$0@medecin.mssante.fr>",
      "Content-Type: text/plain; charset=utf-8\n\na été supprimé sans avoir été lu.",
      `Content-Type: message/disposition-notification

Final-Recipient: rfc822;${DOCTOR}
Original-Message-ID: <${SENT}>
Disposition: manual-action/MDN-sent-automatically; deleted`,
    ),
    disposition: "deleted",
    automatic: false,
  },
  "Exchange, with a name of its directory and the report in base64": {
    raw: mdn(
      `Subject: Lu : CR d'examens\nMessage-ID: <b7@PR0P264MB0001.FRAP264.PROD.OUTLOOK.COM>\nIn-Reply-To: <${SENT}>`,
      "Content-Type: text/plain; charset=utf-8\n\nlu",
      `Content-Type: message/disposition-notification
Content-Transfer-Encoding: base64

${base64(`Reporting-UA: PR0P264MB0001.FRAP264.PROD.OUTLOOK.COM; Microsoft Exchange
Final-recipient: RFC822; /O=CABINET/OU=FRANCE/CN=RECIPIENTS/CN=CMARTIN
Disposition: automatic-action/MDN-sent-automatically; displayed
X-MSExch-Correlation-Key: 1Q2w3e==
Original-Message-ID: <${SENT}>
X-Display-Name: Claire MARTIN
`)}`,
    ),
    disposition: "displayed",
    automatic: true,
  },
  Thunderbird: {
    raw: mdn(
      `Subject: =?UTF-8?Q?Confirmation_de_lecture_=28affich=C3=A9=29_-_CR?=\nMessage-ID: <1e3f@medecin.mssante.fr>\nReferences: <${SENT}>`,
      "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\nCeci est un accusé de réception.",
      `Content-Type: message/disposition-notification; name="MDNPart2.txt"
Content-Disposition: inline
Content-Transfer-Encoding: 7bit

Reporting-UA: medecin.mssante.fr; Mozilla/5.0 (Windows NT 10.0) Thunderbird/128.3.0
Final-Recipient: rfc822;${DOCTOR}
Original-Message-ID: <${SENT}>
Disposition: manual-action/MDN-sent-manually; displayed`,
      `--BND
Content-Type: text/rfc822-headers; name="MDNPart3.txt"
Content-Disposition: inline
Content-Transfer-Encoding: 7bit

Message-ID: <${SENT}>
Subject: XDM/1.0/DDM+CR

`,
    ),
    disposition: "displayed",
    automatic: false,
  },
  Zimbra: {
    raw: mdn(
      "Subject: Read-Receipt: CR d'examens\nMessage-ID: <1041.3.1762164000.JavaMail.zimbra@medecin.mssante.fr>\nX-Mailer: Zimbra 9.0.0",
      "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\nThe message sent to you was read.",
      `Content-Type: message/disposition-notification
Content-Transfer-Encoding: 7bit

Final-Recipient: rfc822;${DOCTOR}
Original-Message-ID: <${SENT}>
Disposition: manual-action/MDN-sent-manually;displayed
`,
    ),
    disposition: "displayed",
    automatic: false,
  },
  "Horde, whose recipient has a name": {
    raw: mdn(
      `Subject: Accusé de réception\nMessage-ID: <20261103110000.Horde.x@medecin.mssante.fr>\nIn-Reply-To: <${SENT}>`,
      "Content-Type: text/plain; charset=UTF-8; format=flowed; DelSp=Yes\n\nLe message a été affiché.",
      `Content-Type: message/disposition-notification

Reporting-UA: webmail.medecin.mssante.fr; Internet Messaging Program (IMP) H5
Final-Recipient: rfc822;"Dr MARTIN (cabinet)" <${DOCTOR}>
Original-Message-ID: <${SENT}>
Disposition: manual-action/MDN-sent-manually; displayed`,
      `--BND
Content-Type: message/rfc822

Message-ID: <${SENT}>

`,
    ),
    disposition: "displayed",
    automatic: false,
  },
  "SOGo, of two parts": {
    raw: mdn(
      "Subject: Accusé de lecture (affiché) - CR\nMessage-ID: <1a2b-5f-1@sogo.medecin.mssante.fr>\nUser-Agent: SOGoMail 5.11.0",
      "Content-Type: text/plain; charset=utf-8\n\nCeci est un accusé de réception.",
      `Content-Type: message/disposition-notification
Content-Disposition: inline

Reporting-UA: SOGoMail
Final-Recipient: rfc822;${DOCTOR}
Original-Message-ID: <${SENT}>
Disposition: manual-action/MDN-sent-manually; displayed;`,
    ),
    disposition: "displayed",
    automatic: false,
  },
  "Pigeonhole, refused by a rule of the recipient's": {
    raw: mdn(
      "Subject: Automatically rejected mail\nMessage-ID: <dovecot-sieve-1762164000-1@imap.medecin.mssante.fr>\nAuto-Submitted: auto-replied (rejected)",
      "Content-Type: text/plain; charset=utf-8\n\nPlus de courrier ici.",
      `Content-Type: message/disposition-notification

Reporting-UA: imap.medecin.mssante.fr; Dovecot Mail Delivery Agent
Final-Recipient: rfc822; ${DOCTOR}
Original-Message-ID: <${SENT}>
Disposition: automatic-action/MDN-sent-automatically; deleted`,
      `--BND
Content-Type: message/rfc822

Message-ID: <${SENT}>

`,
    ),
    disposition: "deleted",
    automatic: true,
  },
  Notes: {
    raw: mdn(
      "Subject: Opened: CR d'examens\nMessage-ID: <OF11AA22BB.3344CC55-ONC12587.0036B1F4@medecin.mssante.fr>",
      "Content-Type: text/plain; charset=US-ASCII\n\nYour Document was successfully received by CN=Claire MARTIN/O=CABINET",
      `Content-Type: message/disposition-notification

Reporting-UA: medecin.mssante.fr;Notes
Final-Recipient: rfc822;CN=Claire MARTIN/O=CABINET@CABINET
Original-Message-ID: <${SENT}>
Disposition: manual-action/MDN-sent-automatically; displayed`,
    ),
    disposition: "displayed",
    automatic: false,
  },
};
