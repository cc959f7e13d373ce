"""IMAP and the directory: reading a mailbox, its sessions, answers to what stands in it."""

import imaplib

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


@mutant("imap-capability-once", "ECO.1.0.2", READ, "does not ask for the capabilities again under TLS")
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


@mutant("imap-marks-read", "RFC-9051-3501", READ, "marks every mail as read that it looks at")
def _():
    right = imaplib.IMAP4.uid
    session._Imap.uid = lambda self, command, *arguments: right(
        self, command, *[each.replace("BODY.PEEK[", "BODY[") if isinstance(each, str) else each for each in arguments]
    )


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


@mutant("reply-to-ignored", "ECO.2.2.5", "boite-reponse-ailleurs", "answers the sender where Reply-To names another mailbox")
def _():
    right = mail.reply

    def deaf(box, original, text, fin=False):
        del original["Reply-To"]
        return right(box, original, text, fin)

    mail.reply = deaf


@mutant("reply-no-nil", "ECO.2.4.3", REPLY, "leaves X-MSS-NIL out of answers")
def _():
    answered(lambda message: message.__delitem__("X-MSS-NIL"))


@mutant("reply-codecda", "ECO.2.4.1", REPLY, "writes X-MSS-CODECDA into an answer without documents")
def _():
    answered(lambda message: message.__setitem__("X-MSS-CODECDA", "11502-2"))


@mutant("reply-ins", "ECO.2.4.2", REPLY, "writes X-MSS-INS into an answer without documents")
def _():
    answered(lambda message: message.__setitem__("X-MSS-INS", "N"))


@mutant("psc-no-login", "SC.PSC.01", "psc-connexion", "uses a token that it did not ask Pro Santé Connect for")
def _():
    tokens.ProSanteConnect.get = lambda self, box, fresh: box["auth"]["token"]


@mutant("psc-no-logout", "SC.SSI-IE.38", "psc-deconnexion", "leaves the session at Pro Santé Connect open when the user closes it")
def _():
    tokens.ProSanteConnect.logout = lambda self: self.forget()


@mutant("directory-not-asked", "ECO.3.1.4", "annuaire-recherche", "has the address in a file of its own")
def _():
    connector.Connector.search = lambda self, query: ["martin.dupont@medecin.mssante.fr"]


@mutant("directory-name-only", "SC.MSS-UX.41", "annuaire-criteres", "searches by name, whatever was asked")
def _():
    right = directory.search
    connector.directory.search = lambda base, wanted, api_key="": right(base, {"name": wanted.get("name") or "DUPONT"}, api_key)


def answered(change):
    right = mail.reply

    def changed(box, original, text, fin=False):
        message = right(box, original, text, fin)
        change(message)
        return message

    mail.reply = changed


def _text(value):
    return value.decode() if isinstance(value, bytes) else value
