"""IMAP and the directory: reading a mailbox, its sessions, answers to what stands in it."""

import imaplib
import re

from mss import connector, directory, mail, mailbox, session, tokens, transport
from mss.mailbox import Mailbox
from mss.session import Operator
from wrong import mutant

READ = "boite-lecture"
REPLY = "boite-reponse"


@mutant("imap-login-in-clear", "ECO.1.0.2", READ, "says LOGIN in clear")
def _():
    def clear(self, place, context):
        made = session._Imap(*place)
        made._simple_command("LOGIN", self.box["address"], '"secret"')
        return made

    def tolerant(self, place, context):
        try:
            clear(self, place, context)
        except (imaplib.IMAP4.error, OSError):
            pass
        return right(self, place, context)

    right = Operator._imap_tls
    Operator._imap_tls = tolerant


@mutant("imap-no-starttls", "ECO.1.0.2", READ, "never says STARTTLS on IMAP")
def _():
    def clear(self, place, context):
        return session._Imap(*place)

    Operator._imap_tls = clear
    transport.Revocation.learn = lambda self, host, sock: self.urls.setdefault(host, [])


@mutant("imap-capability-once", "RFC-3207-3501", READ, "does not ask for the capabilities again under TLS")
def _():
    class Remembering(session._Imap):
        def _get_capabilities(self):
            if not getattr(self, "capabilities", None):
                super()._get_capabilities()

    session._Imap = Remembering


@mutant("imap-numbers", "RFC-9051-3501", READ, "asks by sequence numbers")
def _():
    def number(self, command, *arguments):
        if command == "SEARCH":
            return imaplib.IMAP4.search(self, None, *arguments)
        if command == "FETCH":
            return imaplib.IMAP4.fetch(self, *[_text(each) for each in arguments])
        if command == "STORE":
            return imaplib.IMAP4.store(self, *[_text(each) for each in arguments])
        return right(self, command, *arguments)

    right = imaplib.IMAP4.uid
    session._Imap.uid = number


@mutant("imap-marks-read", "RFC-9051-3501", READ, "marks every mail of the mailbox as read when it looks for one")
def _():
    right = Mailbox.find

    def greedy(self, wanted):
        self.again(lambda imap: imap.uid("FETCH", "1:*", "(BODY[])"))
        return right(self, wanted)

    Mailbox.find = greedy


@mutant("imap-no-reopening", "ECO.1.2.7", "boite-coupure", "does not open its session again after BYE")
def _():
    def once(self, work):
        if getattr(self, "over", False):
            raise mailbox.Refused("reconnectez-vous")
        try:
            return work(self.connected())
        except mailbox.LOST:
            self.over = True
            self.drop()
            raise

    Mailbox.again = once
    Mailbox.idle = lambda self, seconds: session.pause(seconds)


@mutant("reply-no-references", "ECO.2.2.2", REPLY, "answers without References")
def _():
    answered(lambda message: message.__delitem__("References"))


@mutant("reply-no-in-reply-to", "ECO.2.2.2", REPLY, "answers without In-Reply-To")
def _():
    answered(lambda message: message.__delitem__("In-Reply-To"))


@mutant("reply-other-parent", "ECO.2.2.2", REPLY, "names another mail than the one it answers")
def _():
    def other(message):
        message.replace_header("In-Reply-To", "<nobody@medecin.mssante.fr>")
        message.replace_header("References", "<nobody@medecin.mssante.fr>")

    answered(other)


@mutant("reply-no-nil", "ECO.2.4.3", REPLY, "leaves X-MSS-NIL out of answers")
def _():
    answered(lambda message: message.__delitem__("X-MSS-NIL"))


@mutant("reply-codecda", "ECO.2.4.1", REPLY, "writes X-MSS-CODECDA into an answer without documents")
def _():
    answered(lambda message: message.__setitem__("X-MSS-CODECDA", "11502-2"))


@mutant("reply-ins", "ECO.2.4.2", REPLY, "writes X-MSS-INS into an answer without documents")
def _():
    answered(lambda message: message.__setitem__("X-MSS-INS", "N"))


@mutant("fin-subject", "mes-fin", "boite-reponse-usager", "ends the exchange by a subject that is nearly [FIN]")
def _():
    def fin(message):
        del message["X-MSS-MES"]
        message.replace_header("Subject", "[Fin]")

    answered(fin)


@mutant("psc-no-level", "SC.PSC.01", "psc-connexion", "does not ask for the level of authentication that health needs")
def _():
    login(lambda url: url.replace("acr_values=eidas1", "acr_values=eidas0"))


@mutant("psc-no-state", "SC.PSC.01", "psc-connexion", "asks for a code without state: anybody's answer is taken for its own")
def _():
    login(lambda url: re.sub("&state=[^&]*", "", url))


@mutant("psc-no-openid", "SC.PSC.01", "psc-connexion", "does not ask who the professional is (scope openid)")
def _():
    login(lambda url: url.replace("scope=openid+scope_all", "scope=scope_all"))


@mutant("psc-password", "SC.PSC.01", "psc-connexion", "asks the professional for a password, and Pro Santé Connect for a token by it")
def _():
    right = tokens.ProSanteConnect._grant
    form = {"grant_type": "password", "username": "899900000019", "password": "secret"}

    def by_password(self, asked):
        try:
            right(self, form)
        except tokens.LoginRequired:
            right(self, asked)

    tokens.ProSanteConnect._grant = by_password


@mutant("psc-no-client-proof", "psc-mtls", "psc-connexion", "asks for the token without a proof of the software")
def _():
    right = tokens.urllib.request.Request

    def bare(url, data=None, headers=None, **more):
        kept = {name: value for name, value in (headers or {}).items() if name != "Authorization"}
        return right(url, data + b"&client_id=medimail-test" if data else data, kept, **more)

    tokens.urllib.request.Request = bare


@mutant("session-left-open", "SC.SSI-IE.38", "psc-deconnexion", "hangs up without LOGOUT when the user closes the session")
def _():
    Mailbox.close = Mailbox.drop


@mutant("directory-not-asked", "ECO.3.1.4", "annuaire-recherche", "has the address in a file of its own")
def _():
    connector.Connector.search = lambda self, query: ["martin.dupont@medecin.mssante.fr"]


@mutant("directory-name-only", "SC.MSS-UX.41", "annuaire-criteres", "searches by name, whatever was asked")
def _():
    right = directory.search
    connector.directory.search = lambda base, wanted, api_key="": right(base, {"name": wanted.get("name") or "DUPONT"}, api_key)


@mutant("stored-subject", "ECO.3.1.3", READ, "files what was read again, its subject without the marker")
def _():
    right = connector.Connector.read

    def filing(self, wanted):
        found = right(self, wanted)
        raw = self.mailbox.fetch(self.mailbox.find(wanted))
        bare = raw.replace(b"XDM/1.0/DDM+", b"", 1)
        self.mailbox.again(lambda imap: imap.append("INBOX", "(\\Seen)", None, bare))
        return found

    connector.Connector.read = filing


def login(change):
    """The login request as the browser gets it, changed."""
    right = tokens.ProSanteConnect.__init__

    def made(self, issuer, client_id, client_secret, browser):
        right(self, issuer, client_id, client_secret, lambda url: browser(change(url)))

    tokens.ProSanteConnect.__init__ = made


def answered(change):
    right = mail.reply

    def changed(box, original, text, fin=False):
        message = right(box, original, text, fin)
        change(message)
        return message

    mail.reply = changed


def _text(value):
    return value.decode() if isinstance(value, bytes) else value
