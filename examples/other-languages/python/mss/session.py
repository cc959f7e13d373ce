"""Sessions SMTP et IMAP : STARTTLS d'abord, certificat jugé, puis seulement l'authentification."""

import imaplib
import smtplib
import socket
import ssl
import time
import uuid

from . import transport
from .identity import Refused
from .transport import TIMEOUT

imaplib._MAXLINE = 10_000_000


class Deferred(Exception):
    """Refus provisoire (4xx) ou serveur absent : à tenter de nouveau plus tard."""


class Unknown(Exception):
    """Connexion perdue après le point final : l'opérateur a peut-être le courriel, on ne le renvoie pas à l'aveugle."""


class _Smtp(smtplib.SMTP):
    """Le nom vérifié par TLS est celui de l'enregistrement SRV ; l'adresse est celle que le DNS en donne."""

    def __init__(self, ip: str, host: str, port: int):
        self.ip = ip
        super().__init__(host, port, timeout=TIMEOUT)

    def _get_socket(self, host, port, timeout):
        return socket.create_connection((self.ip, port), timeout)


class _Imap(imaplib.IMAP4):
    def __init__(self, ip: str, host: str, port: int):
        self.ip = ip
        super().__init__(host, port, TIMEOUT)

    def _create_socket(self, timeout):
        return socket.create_connection((self.ip, self.port), timeout)


class Operator:
    """Où est l'opérateur d'une boîte, et comment on s'y présente."""

    def __init__(self, ready: dict, box: dict, tokens, revocation: transport.Revocation):
        self.ready, self.box, self.tokens, self.revocation = ready, box, tokens, revocation
        auth = box["auth"]
        self.client = auth if auth["method"] == "certificate" else None

    def locate(self, service: str) -> tuple:
        """(adresse IP, nom, port), par les enregistrements SRV du domaine de la boîte (ECO.1.1.9)."""
        dns, known = self.ready.get("dns"), self.ready["smtp" if service == "submission" else "imap"]
        targets = transport.srv(dns, service, self.box["address"].split("@")[1]) if dns else []
        if not targets:
            return known["host"], known["host"], known["port"]
        for host, port in targets:
            # Celui qui ne répond pas laisse la place au suivant (RFC 2782).
            ip = transport.address(dns, host)
            if len(targets) == 1:
                return ip, host, port
            try:
                socket.create_connection((ip, port), TIMEOUT).close()
                return ip, host, port
            except OSError:
                continue
        raise Deferred("aucun serveur ne répond")

    def context(self, host: str):
        return transport.tls_context(self.ready["ca"], self.client, self.revocation.lists(host))

    # --- SMTP ---
    def smtp(self) -> smtplib.SMTP:
        place = self.locate("submission")
        if place[1] not in self.revocation.urls:
            probe = self._smtp_tls(place, transport.tls_context(self.ready["ca"], self.client))
            self.revocation.learn(place[1], probe.sock)
            probe.quit()
        session = self._smtp_tls(place, self.context(place[1]))
        try:
            self._smtp_login(session)
        except BaseException:
            session.close()
            raise
        return session

    def _smtp_tls(self, place: tuple, context) -> smtplib.SMTP:
        session = _Smtp(*place)
        try:
            session.ehlo()
            if not session.has_extn("starttls"):
                raise Refused("ECO.1.0.1 : l'opérateur n'offre pas STARTTLS")
            _secured(lambda: session.starttls(context=context))
            transport.check_range(session.sock)
            session.ehlo()  # ce qui a été annoncé avant TLS est oublié
        except BaseException:
            session.close()
            raise
        return session

    def _smtp_login(self, session: smtplib.SMTP) -> None:
        auth = self.box["auth"]
        if auth["method"] == "xoauth2":
            for fresh in (False, True):
                token = self.tokens.get(self.box, fresh)
                try:
                    session.auth("XOAUTH2", lambda challenge=None: "" if challenge else self._xoauth2(token).decode())
                    return
                except smtplib.SMTPAuthenticationError:
                    if fresh:
                        raise
        elif auth["method"] == "certificate" and auth["sasl"]["smtp"] == "external":
            session.auth("EXTERNAL", lambda challenge=None: "")

    def _xoauth2(self, token: str) -> bytes:
        return f"user={self.box['auth']['username']}\1auth=Bearer {token}\1\1".encode()

    # --- IMAP ---
    def imap(self) -> imaplib.IMAP4:
        place = self.locate("imap")
        if place[1] not in self.revocation.urls:
            probe = self._imap_tls(place, transport.tls_context(self.ready["ca"], self.client))
            self.revocation.learn(place[1], probe.sock)
            probe.logout()
        session = self._imap_tls(place, self.context(place[1]))
        try:
            self._imap_login(session)
        except BaseException:
            session.shutdown()
            raise
        return session

    def _imap_tls(self, place: tuple, context) -> imaplib.IMAP4:
        session = _Imap(*place)
        try:
            if "STARTTLS" not in session.capabilities:
                raise Refused("ECO.1.0.2 : l'opérateur n'offre pas STARTTLS")
            _secured(lambda: session.starttls(context))  # imaplib redemande les capacités sous TLS
            transport.check_range(session.sock)
        except BaseException:
            session.shutdown()
            raise
        return session

    def _imap_login(self, session: imaplib.IMAP4) -> None:
        auth = self.box["auth"]
        if auth["method"] != "xoauth2":
            session.authenticate("EXTERNAL", lambda challenge: b"")
            return
        for fresh in (False, True):
            token = self.tokens.get(self.box, fresh)
            try:
                # Au refus, le serveur montre du JSON : on répond par une ligne vide (RFC 7628), puis une seule fois par un jeton neuf.
                session.authenticate("XOAUTH2", lambda challenge: b"" if challenge else self._xoauth2(token))
                return
            except imaplib.IMAP4.error:
                if fresh:
                    raise


def _secured(handshake) -> None:
    """Un serveur que l'on ne croit pas est un refus, pas une panne : on ne recommence pas jusqu'à ce qu'il plaise."""
    try:
        handshake()
    except ssl.SSLError as error:
        raise Refused(f"TLS : {error.reason or error}") from error


def hand_over(session: smtplib.SMTP, sender: str, to: str, content: bytes, delivery: bool) -> None:
    """Un courriel, un destinataire. Les paramètres de DSN et de taille seulement s'ils sont annoncés (RFC 3461, RFC 1870)."""
    options = [f"SIZE={len(content)}"] if session.has_extn("size") else []
    ask = []
    if session.has_extn("dsn") and sender:
        options += ["RET=HDRS", f"ENVID={uuid.uuid4().hex}"]
        ask = [f"NOTIFY={'SUCCESS,FAILURE,DELAY' if delivery else 'FAILURE'}", f"ORCPT=rfc822;{xtext(to)}"]
    _expect(session, session.mail(sender, options), (250,))
    _expect(session, session.rcpt(to, ask), (250, 251))
    try:
        answer = session.data(content)
    except smtplib.SMTPDataError as error:
        answer = (error.smtp_code, error.smtp_error)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Unknown() from error
    _expect(session, answer, (250,))


def xtext(text: str) -> str:
    return "".join(c if 33 <= ord(c) <= 126 and c not in "+=" else f"+{ord(c):02X}" for c in text)


def _expect(session: smtplib.SMTP, answer: tuple, wanted: tuple) -> None:
    code, text = answer
    if code in wanted:
        return
    if 400 <= code < 500:
        raise Deferred(f"{code}")
    if session.sock:
        session.rset()
    raise Refused(f"l'opérateur refuse : {code} {text.decode('utf-8', 'replace')}")


def leave(session) -> None:
    """QUIT ou LOGOUT ; une connexion déjà perdue n'est plus une erreur."""
    try:
        session.quit() if isinstance(session, smtplib.SMTP) else session.logout()
    except (OSError, smtplib.SMTPException, imaplib.IMAP4.error):
        pass


def pause(seconds: float) -> None:
    time.sleep(seconds)
