"""SMTP sessions, tokens, names: what is said before TLS, how one authenticates, what is done when something fails."""

import base64
import smtplib

from mss import connector, session, tokens, transport
from mss.session import Deferred, Operator
from wrong import mutant

SEND = "envoi-niveau-1"


@mutant("smtp-no-starttls", "ECO.1.0.1", SEND, "never says STARTTLS: everything goes in clear")
def _():
    def clear(self, place, context):
        made = session._Smtp(*place)
        made.ehlo()
        return made

    Operator._smtp_tls = clear
    transport.Revocation.learn = lambda self, host, sock: self.urls.setdefault(host, [])


@mutant("smtp-starttls-stripped", "ECO.1.1.1", "starttls-absent", "goes on in clear where STARTTLS is not offered")
def _():
    right = Operator._smtp_tls

    def opportunistic(self, place, context):
        made = session._Smtp(*place)
        made.ehlo()
        if made.has_extn("starttls"):
            made.close()
            return right(self, place, context)
        return made

    Operator._smtp_tls = opportunistic
    learn = transport.Revocation.learn
    transport.Revocation.learn = lambda self, host, sock: learn(self, host, sock) if hasattr(sock, "cipher") else self.urls.setdefault(host, [])


@mutant("smtp-auth-in-clear", "ECO.1.2.1", "boite-envoi", "authenticates before TLS")
def _():
    class Early(session._Smtp):
        def starttls(self, *arguments, **named):
            token = base64.b64encode(b"user=martin.dupont@medecin.mssante.fr\1auth=Bearer x\1\1").decode()
            self.docmd("AUTH", f"XOAUTH2 {token}")
            return super().starttls(*arguments, **named)

    session._Smtp = Early


@mutant("smtp-pipelined-plaintext", "RFC-3207-3501", SEND, "sends commands behind STARTTLS without waiting for its answer")
def _():
    class Hasty(session._Smtp):
        def docmd(self, cmd, args=""):
            if cmd.upper() != "STARTTLS":
                return super().docmd(cmd, args)
            self.send("STARTTLS\r\nNOOP\r\n")
            return self.getreply()

    session._Smtp = Hasty


@mutant("smtp-ehlo-once", "RFC-3207-3501", SEND, "does not ask for the capabilities again under TLS")
def _():
    class Remembering(session._Smtp):
        def starttls(self, *arguments, **named):
            known = (self.ehlo_resp, dict(self.esmtp_features), self.does_esmtp)
            answer = super().starttls(*arguments, **named)
            self.ehlo_resp, self.esmtp_features, self.does_esmtp = known
            return answer

        def ehlo(self, name=""):
            if self.esmtp_features:
                return (250, b"")
            return super().ehlo(name)

    session._Smtp = Remembering


@mutant("smtp-mail-before-tls", "ECO.1.0.1", SEND, "tries MAIL in clear before it says STARTTLS")
def _():
    class Impatient(session._Smtp):
        def starttls(self, *arguments, **named):
            self.docmd("MAIL", "FROM:<labo@ch-exemple.mssante.fr>")
            return super().starttls(*arguments, **named)

    session._Smtp = Impatient


@mutant("smtp-no-quit", "RFC-5321", SEND, "hangs up without QUIT")
def _():
    session.leave = lambda made: made.close() if isinstance(made, smtplib.SMTP) else made.shutdown()


@mutant("srv-not-asked", "ECO.1.1.9", "srv-decouverte", "has the operator's host in its settings and asks for no SRV record")
def _():
    def fixed(self, service):
        known = self.ready["smtp" if service == "submission" else "imap"]
        return "127.0.0.1", known["host"], known["port"]

    Operator.locate = fixed


@mutant("srv-first-only", "RFC-6186", "srv-priorites", "knows the first server of the DNS only")
def _():
    right = transport.srv
    transport.srv = lambda dns, service, domain: right(dns, service, domain)[:1]


@mutant("token-user", "ECO.1.2.1", "boite-envoi", "authenticates under a name that is not the mailbox")
def _():
    Operator._xoauth2 = lambda self, token: f"user=899900000019\1auth=Bearer {token}\1\1".encode()


@mutant("token-kept", "ECO.1.2.5", "psc-redemarrage", "uses the token of before the restart")
def _():
    tokens.ProSanteConnect.forget = lambda self: None


@mutant("token-refused-again", "RFC-7628", "jeton-refuse", "shows the refused token again")
def _():
    right = tokens.ProSanteConnect.get
    tokens.ProSanteConnect.get = lambda self, box, fresh: right(self, box, False)


@mutant("token-refused-silence", "RFC-7628", "jeton-refuse", "does not answer the error that the server shows")
def _():
    def rude(self, made):
        auth = self.box["auth"]
        if auth["method"] != "xoauth2":
            return
        for fresh in (False, True):
            token = base64.b64encode(self._xoauth2(self.tokens.get(self.box, fresh))).decode()
            code, _ = made.docmd("AUTH", f"XOAUTH2 {token}")
            if code == 235:
                return
            if code == 334:
                made.docmd("NOOP")
        raise smtplib.SMTPAuthenticationError(535, b"")

    Operator._smtp_login = rude


@mutant("session-kept", "ECO.1.2.6", "psc-fin-de-session", "goes on with its mail session when the refresh is refused")
def _():
    right = tokens.ProSanteConnect.get

    def stubborn(self, box, fresh):
        # Whether its token has ended by itself meanwhile, on a slow machine, or not: it never asks for a new login.
        before = (self.access, self.until, self.refresh, self.id_token)
        try:
            return right(self, box, fresh)
        except tokens.LoginRequired:
            self.access, self.until, self.refresh, self.id_token = before
            return self.access

    tokens.ProSanteConnect.get = stubborn


@mutant("retry-never", "RFC-5321", "panne-provisoire", "gives up at the first 4xx")
def _():
    connector.BACKOFF = ()


@mutant("retry-at-once", "RFC-5321", "panne-provisoire", "tries again at once, ten times")
def _():
    connector.BACKOFF = (0,) * 10


@mutant("retry-of-5xx", "RFC-5321", "refus-definitif", "tries a 5xx again")
def _():
    right = session._expect

    def stubborn(made, answer, wanted):
        code, text = answer
        if code >= 500:
            raise Deferred(str(code))
        right(made, answer, wanted)

    session._expect = stubborn


@mutant("resend-after-dot", "RFC-5321", "perte-apres-point", "sends the mail again when the answer to its final dot is lost")
def _():
    class Never(Exception):
        """What is caught instead: nothing is unknown any more."""

    session.Unknown = Deferred
    connector.Unknown = Never


@mutant("fault-stops-all", "ECO.1.2.3", "panne-connexion", "ends with the first connection that fails")
def _():
    def fragile(self, to, content, delivery=True, patience=0, sender=None):
        try:
            self.attempt(to, content, delivery, self.box["address"] if sender is None else sender)
        except Exception as error:
            raise SystemExit(70) from error
        return "accepted"

    connector.Connector.deliver = fragile


@mutant("size-not-said", "RFC-1870", SEND, "does not say the size where it is announced")
def _():
    hand_over_without("size")


@mutant("size-not-looked-at", "MSS-va1.13", "limite-operateur", "sends what is larger than the operator takes")
def _():
    from mss import mail

    mail.check_size = lambda content, to, announced: None


@mutant("size-patient", "mes-25mb", "usager-trop-gros", "sends more than 25 MB to a patient")
def _():
    from mss import mail

    mail.check_size = lambda content, to, announced: None


@mutant("dsn-not-asked", "ECO.2.3.1", "accuse-remise", "never asks for a report of delivery")
def _():
    hand_over_without("dsn")


@mutant("dsn-not-announced", "RFC-3461-3464", "sans-dsn", "asks by NOTIFY where DSN is not announced")
def _():
    right = session.hand_over

    def always(made, sender, to, content, delivery):
        has = made.has_extn
        made.has_extn = lambda name: name == "dsn" or has(name)
        right(made, sender, to, content, delivery)

    connector.session.hand_over = always


@mutant("dsn-notify-wrong", "RFC-3461-3464", "accuse-remise", "writes NOTIFY=NEVER,SUCCESS")
def _():
    class Odd(session._Smtp):
        def rcpt(self, recip, options=()):
            return super().rcpt(recip, [o.replace("SUCCESS,FAILURE,DELAY", "NEVER,SUCCESS") for o in options])

    session._Smtp = Odd


@mutant("bare-lf", "RFC-5321", SEND, "ends its lines by LF alone")
def _():
    class Unix(session._Smtp):
        def data(self, msg):
            self.putcmd("data")
            code, answer = self.getreply()
            if code != 354:
                return code, answer
            self.send(msg.replace(b"\r\n", b"\n", 20) + b"\r\n.\r\n")
            return self.getreply()

    session._Smtp = Unix


def hand_over_without(extension: str):
    right = session.hand_over

    def less(made, sender, to, content, delivery):
        has = made.has_extn
        made.has_extn = lambda name: name != extension and has(name)
        right(made, sender, to, content, delivery)

    connector.session.hand_over = less
