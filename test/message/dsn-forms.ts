/** Delivery reports as the mail servers of the field write them; names, hosts and ids are ours. */

export const SENT = "5b8e2f2e-4c1d@ch-exemple.mssante.fr";
export const DOCTOR = "claire.martin@medecin.mssante.fr";

/** Lines as they are sent. */
export const crlf = (text: string): Buffer => Buffer.from(text.replace(/^\n/, "").replace(/\r?\n/g, "\r\n"), "utf8");

/** The header of the mail that comes back. */
const RETURNED = `Received: from pfi.ch-exemple.mssante.fr (pfi.ch-exemple.mssante.fr [192.0.2.10])
\tby smtp.operateur-exemple.fr (Postfix) with ESMTPS id 4Xy12k3z
\tfor <${DOCTOR}>; Tue,  3 Nov 2026 10:12:01 +0100 (CET)
Date: Tue, 03 Nov 2026 10:12:00 +0100
From: Laboratoire <labo@ch-exemple.mssante.fr>
To: ${DOCTOR}
Subject: XDM/1.0/DDM+CR d'examens biologiques LEROY Jeanne 01/02/1960
Message-ID: <${SENT}>
MIME-Version: 1.0
Content-Type: multipart/mixed;
 boundary="=_orig"`;

export interface Form {
  raw: Buffer;
  /** What a reader has to make of it. */
  recipients: { address: string; action: string; status?: string }[];
}

const failed = (status?: string) => [{ address: DOCTOR, action: "failed", ...(status ? { status } : {}) }];

export const DSN_FORMS: Readonly<Record<string, Form>> = {
  "Postfix, user unknown": {
    raw: crlf(`
Return-Path: <>
Date: Tue,  3 Nov 2026 10:12:02 +0100 (CET)
From: MAILER-DAEMON@smtp.operateur-exemple.fr (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: labo@ch-exemple.mssante.fr
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4Xy12k3z.1762161122/smtp.operateur-exemple.fr"
Message-Id: <20261103091202.4Xy12m4@smtp.operateur-exemple.fr>

This is a MIME-encapsulated message.

--4Xy12k3z.1762161122/smtp.operateur-exemple.fr
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host smtp.operateur-exemple.fr.

<${DOCTOR}>: host mx.medecin.mssante.fr[192.0.2.25] said: 550
    5.1.1 <${DOCTOR}>: Recipient address rejected: User unknown
    (in reply to RCPT TO command)

--4Xy12k3z.1762161122/smtp.operateur-exemple.fr
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; smtp.operateur-exemple.fr
X-Postfix-Queue-ID: 4Xy12k3z
X-Postfix-Sender: rfc822; labo@ch-exemple.mssante.fr
Arrival-Date: Tue,  3 Nov 2026 10:12:01 +0100 (CET)

Final-Recipient: rfc822; ${DOCTOR}
Original-Recipient: rfc822;${DOCTOR}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.medecin.mssante.fr
Diagnostic-Code: smtp; 550 5.1.1 <${DOCTOR}>: Recipient address
    rejected: User unknown

--4Xy12k3z.1762161122/smtp.operateur-exemple.fr
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

${RETURNED}

--4Xy12k3z.1762161122/smtp.operateur-exemple.fr--
`),
    recipients: failed("5.1.1"),
  },
  "Postfix before LMTP, relayed": {
    raw: crlf(`
Return-Path: <>
From: MAILER-DAEMON@zimbra.operateur-exemple.fr (Mail Delivery System)
Subject: Successful Mail Delivery Report
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="9F0.17/zimbra"
Message-Id: <20261103091203.9F0@zimbra.operateur-exemple.fr>

--9F0.17/zimbra
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

Your message was successfully delivered to the destination(s) listed below.

--9F0.17/zimbra
Content-Description: Delivery report
Content-Type: message/global-delivery-status
Content-Transfer-Encoding: 8bit

Reporting-MTA: dns; zimbra.operateur-exemple.fr
Original-Envelope-Id: ENV-0042

Final-Recipient: utf-8; ${DOCTOR}
Original-Recipient: rfc822;${DOCTOR}
Action: relayed
Status: 2.0.0
Remote-MTA: dns; 127.0.0.1
Diagnostic-Code: smtp; 250 2.1.5 Delivery OK

--9F0.17/zimbra
Content-Description: Message Headers
Content-Type: message/global-headers
Content-Transfer-Encoding: 8bit

${RETURNED}

--9F0.17/zimbra--
`),
    recipients: [{ address: DOCTOR, action: "relayed", status: "2.0.0" }],
  },
  "Sendmail, transient warning": {
    raw: crlf(`
Return-Path: <MAILER-DAEMON>
Date: Tue, 3 Nov 2026 14:12:05 +0100
From: Mail Delivery Subsystem <MAILER-DAEMON@relais.ch-exemple.fr>
Message-Id: <202611031312.5A3DC5k2012345@relais.ch-exemple.fr>
To: <labo@ch-exemple.mssante.fr>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="5A3DC5k2012345.1762175525/relais.ch-exemple.fr"
Subject: Warning: could not send message for past 4 hours
Auto-Submitted: auto-generated (warning-timeout)

This is a MIME-encapsulated message

--5A3DC5k2012345.1762175525/relais.ch-exemple.fr

    **********************************************
    **      THIS IS A WARNING MESSAGE ONLY      **
    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
    **********************************************

   ----- Transcript of session follows -----
451 medecin.mssante.fr: Name server timeout
Warning: message still undelivered after 4 hours

--5A3DC5k2012345.1762175525/relais.ch-exemple.fr
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.ch-exemple.fr
Arrival-Date: Tue, 3 Nov 2026 10:12:01 +0100

Final-Recipient: RFC822; ${DOCTOR}
Action: delayed
Status: 4.4.3
Last-Attempt-Date: Tue, 3 Nov 2026 14:12:05 +0100
Will-Retry-Until: Sun, 8 Nov 2026 10:12:01 +0100

--5A3DC5k2012345.1762175525/relais.ch-exemple.fr
Content-Type: message/rfc822

Return-Path: <labo@ch-exemple.mssante.fr>
${RETURNED}

--=_orig
Content-Type: text/plain

Bonjour

--=_orig--

--5A3DC5k2012345.1762175525/relais.ch-exemple.fr--
`),
    recipients: [{ address: DOCTOR, action: "delayed", status: "4.4.3" }],
  },
  "Exchange Online, in French": {
    raw: crlf(`
From: =?iso-8859-1?Q?Remise_diff=E9r=E9e?= <postmaster@cabinet-exemple.mssante.fr>
To: <labo@ch-exemple.mssante.fr>
Date: Tue, 3 Nov 2026 09:12:04 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1_5c0ba2d4-6a0e-4d7a-9b0e-7c2f"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: fr-FR
Message-ID: <5c0ba2d4-6a0e-4d7a@PR0P264MB0001.FRAP264.PROD.OUTLOOK.COM>
In-Reply-To: <${SENT}>
References: <${SENT}>
Subject: =?iso-8859-1?Q?Non_remis=A0:_CR_d'examens?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--b1_5c0ba2d4-6a0e-4d7a-9b0e-7c2f
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="b2_5c0ba2d4"

--b2_5c0ba2d4
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

Votre message n'a pas pu =EAtre remis.

--b2_5c0ba2d4
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

<html><body>Votre message n'a pas pu =EAtre remis.</body></html>

--b2_5c0ba2d4--

--b1_5c0ba2d4-6a0e-4d7a-9b0e-7c2f
Content-Type: message/delivery-status

Reporting-MTA: dns;PR0P264MB0001.FRAP264.PROD.OUTLOOK.COM
Received-From-MTA: dns;MR1P264CA0042.FRAP264.PROD.OUTLOOK.COM
Arrival-Date: Tue, 3 Nov 2026 09:12:03 +0000

Final-Recipient: rfc822;${DOCTOR}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ${DOCTOR} not found by SMTP address lookup
X-Display-Name: ${DOCTOR}


--b1_5c0ba2d4-6a0e-4d7a-9b0e-7c2f
Content-Type: message/rfc822

${RETURNED}

--b1_5c0ba2d4-6a0e-4d7a-9b0e-7c2f--
`),
    recipients: failed("5.1.10"),
  },
  "Exim 4.9, with its own fields beside the report": {
    raw: crlf(`
Return-path: <>
X-Failed-Recipients: ${DOCTOR}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.operateur-exemple.fr>
To: labo@ch-exemple.mssante.fr
References: <${SENT}>
Content-Type: multipart/report; report-type=delivery-status; boundary=1762161122-eximdsn-804289383
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1vFq2b-0001Ab-3x@mail.operateur-exemple.fr>
Date: Tue, 03 Nov 2026 10:12:05 +0100

--1762161122-eximdsn-804289383
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

--1762161122-eximdsn-804289383
Content-type: message/delivery-status

Reporting-MTA: dns; mail.operateur-exemple.fr

Action: failed
Final-Recipient: rfc822;${DOCTOR}
Status: 5.0.0
Remote-MTA: dns; mx.medecin.mssante.fr
Diagnostic-Code: smtp; 552 5.2.2 Over quota

--1762161122-eximdsn-804289383
Content-type: message/rfc822

Return-path: <labo@ch-exemple.mssante.fr>
${RETURNED}

--1762161122-eximdsn-804289383--
`),
    recipients: failed("5.2.2"),
  },
  "Lotus Domino": {
    raw: crlf(`
From: Postmaster <postmaster@clinique-exemple.mssante.fr>
To: labo@ch-exemple.mssante.fr
Date: Tue, 3 Nov 2026 10:12:07 +0100
Subject: DELIVERY FAILURE: User claire.martin (${DOCTOR}) not listed in Domino
 Directory
Message-ID: <OF1A2B3C4D.5E6F7A8B-ONC12587.0032B1F4@clinique-exemple.mssante.fr>
X-Mailer: IBM Notes Release 9.0.1
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="==IFJRGLKFGIR25201654UHRUHIHD"

--==IFJRGLKFGIR25201654UHRUHIHD
Content-Type: text/plain; charset=ISO-8859-1

Your message

  Subject: XDM/1.0/DDM+CR

was not delivered to:

  ${DOCTOR}

--==IFJRGLKFGIR25201654UHRUHIHD
Content-Type: message/delivery-status

Reporting-MTA: dns;smtp.clinique-exemple.mssante.fr

Final-Recipient: rfc822;${DOCTOR}
Action: failed
Status: 5.1.1
Diagnostic-Code: X-Notes; User claire.martin not listed in Domino Directory

--==IFJRGLKFGIR25201654UHRUHIHD
Content-Type: message/rfc822

${RETURNED}

--==IFJRGLKFGIR25201654UHRUHIHD--
`),
    recipients: failed("5.1.1"),
  },
  "James, with the report in quoted-printable": {
    raw: crlf(`
Date: Tue, 3 Nov 2026 10:12:09 +0100 (CET)
From: postmaster@james.operateur-exemple.fr
To: labo@ch-exemple.mssante.fr
Message-ID: <771234.1.1762161129@james.operateur-exemple.fr>
Subject: Mail delivery failed
MIME-Version: 1.0
Content-Type: multipart/report;
\tboundary="----=_Part_0_77"; report-type="delivery-status"

------=_Part_0_77
Content-Type: text/plain; charset=UTF-8

Hi.

------=_Part_0_77
Content-Type: message/delivery-status; charset=us-ascii
Content-Transfer-Encoding: quoted-printable
Content-Disposition: inline

Reporting-MTA: dns; james.operateur-exemple.fr
Received-From-MTA: dns; 192.0.2.10

Final-Recipient: rfc822; =
${DOCTOR}
Action: failed
Status: 5.4.4
Diagnostic-Code: smtp; 554 5.4.4 Host not found

------=_Part_0_77
Content-Type: text/rfc822-headers; name=headers.txt
Content-Disposition: attachment; filename=headers.txt

${RETURNED}

------=_Part_0_77--
`),
    recipients: failed("5.4.4"),
  },
  "Dovecot, mailbox full": {
    raw: crlf(`
Return-Path: <>
Message-ID: <dovecot-1762161130-428871-0@imap.operateur-exemple.fr>
Date: Tue, 03 Nov 2026 10:12:10 +0100
From: Mail Delivery Subsystem <postmaster@imap.operateur-exemple.fr>
To: <labo@ch-exemple.mssante.fr>
Auto-Submitted: auto-replied (rejected)
Subject: Rejected: XDM/1.0/DDM+CR d'examens
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="12345/imap.operateur-exemple.fr"

This is a MIME-encapsulated message

--12345/imap.operateur-exemple.fr
Content-Type: text/plain; charset=utf-8
Content-Disposition: inline
Content-Transfer-Encoding: 8bit

Your message to <${DOCTOR}> was automatically rejected:
Quota exceeded (mailbox for user is full)

--12345/imap.operateur-exemple.fr
Content-Type: message/delivery-status

Reporting-MTA: dns; imap.operateur-exemple.fr
Original-Recipient: rfc822; ${DOCTOR}
Final-Recipient: rfc822; ${DOCTOR}
Action: failed
Status: 5.2.2

--12345/imap.operateur-exemple.fr
Content-Type: text/rfc822-headers
Content-Disposition: inline

${RETURNED}

--12345/imap.operateur-exemple.fr--
`),
    recipients: failed("5.2.2"),
  },
};

/** Reports of servers that do not write RFC 3464. */
export const PLAIN_FORMS: Readonly<Record<string, Form>> = {
  "qmail (QSBMF)": {
    raw: crlf(`
Return-Path: <>
Received: (qmail 4242 invoked for bounce); 3 Nov 2026 09:12:11 -0000
Date: 3 Nov 2026 09:12:11 -0000
From: MAILER-DAEMON@qmail.operateur-exemple.fr
To: labo@ch-exemple.mssante.fr
Subject: failure notice

Hi. This is the qmail-send program at qmail.operateur-exemple.fr.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<${DOCTOR}>:
192.0.2.25 does not like recipient.
Remote host said: 550 5.1.1 User unknown
Giving up on 192.0.2.25.

<paul.durand@medecin.mssante.fr>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <labo@ch-exemple.mssante.fr>
${RETURNED}

--=_orig
Content-Type: text/plain

Bonjour
<autre@medecin.mssante.fr>:
--=_orig--
`),
    recipients: [...failed("5.1.1"), { address: "paul.durand@medecin.mssante.fr", action: "failed", status: "5.1.1" }],
  },
  "Exim before 4.83": {
    raw: crlf(`
Return-path: <>
X-Failed-Recipients: ${DOCTOR},
  paul.durand@medecin.mssante.fr
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@vieux.operateur-exemple.fr>
To: labo@ch-exemple.mssante.fr
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1aBcD-0001Ab-3x@vieux.operateur-exemple.fr>
Date: Tue, 03 Nov 2026 10:12:12 +0100

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ${DOCTOR}
    SMTP error from remote mail server after RCPT TO:<${DOCTOR}>:
    host mx.medecin.mssante.fr [192.0.2.25]: 550 5.1.1 User unknown
  paul.durand@medecin.mssante.fr
    mailbox is full

------ This is a copy of the message, including all the headers. ------

Return-path: <labo@ch-exemple.mssante.fr>
${RETURNED}

--=_orig
Content-Type: text/plain

Bonjour
`),
    recipients: [...failed(), { address: "paul.durand@medecin.mssante.fr", action: "failed" }],
  },
};
