"""Lire une boîte par IMAP : par UID, sans marquer comme lu ce que personne n'a lu."""

import imaplib
import select
import time

from . import mail, receipts, session
from .identity import Refused

IDLE_SECONDS = 20 * 60  # renouvelé avant les 29 minutes de la RFC 2177
LOST = (imaplib.IMAP4.abort, OSError)


class Mailbox:
    """Une session ouverte sur INBOX ; elle se rouvre seule quand le serveur la coupe (ECO.1.2.7)."""

    def __init__(self, operator: session.Operator):
        self.operator = operator
        self.imap = None

    def connected(self) -> imaplib.IMAP4:
        if self.imap is None:
            self.imap = self.operator.imap()
            self._check(self.imap.select("INBOX"))
        return self.imap

    def close(self) -> None:
        if self.imap is not None:
            session.leave(self.imap)
            self.imap = None

    def again(self, work):
        """Fait le travail ; une session perdue est rouverte une fois, sans rien demander à l'utilisateur."""
        try:
            return work(self.connected())
        except LOST:
            self.drop()
            return work(self.connected())

    def drop(self) -> None:
        if self.imap is not None:
            self.imap.shutdown()
            self.imap = None

    def find(self, wanted: dict) -> bytes:
        """UID du courriel voulu, le plus récent."""
        message_id = (wanted.get("messageId") or "").strip("<>")

        def work(imap):
            imap.noop()
            if message_id:
                return self._check(imap.uid("SEARCH", "HEADER", "Message-ID", f'"<{message_id}>"'))[0].split()
            uids = self._check(imap.uid("SEARCH", "ALL"))[0].split()
            subject = wanted.get("subject")
            return [uid for uid in uids if subject is None or subject in self._subject(imap, uid)]

        uids = self.again(work)
        if not uids:
            raise Refused("aucun courriel de ce nom dans la boîte")
        return uids[-1]

    def fetch(self, uid: bytes) -> bytes:
        return self.again(lambda imap: self._literal(imap.uid("FETCH", uid, "(BODY.PEEK[])")))

    def flags(self, uid: bytes) -> bytes:
        return self.again(lambda imap: self._check(imap.uid("FETCH", uid, "(FLAGS)"))[0] or b"")

    def add_flags(self, uid: bytes, flags: str) -> None:
        self.again(lambda imap: self._check(imap.uid("STORE", uid, "+FLAGS", f"({flags})")))

    def delete(self, uid: bytes) -> None:
        """Vers la corbeille ; l'utilisateur peut revenir dessus."""

        def work(imap):
            if "MOVE" in imap.capabilities:
                self._check(imap.uid("MOVE", uid, "Trash"))
            else:
                self._check(imap.uid("COPY", uid, "Trash"))
                self._check(imap.uid("STORE", uid, "+FLAGS", "(\\Deleted)"))

        self.again(work)

    def idle(self, seconds: float) -> None:
        """Attend des nouvelles ; IDLE est quitté puis repris avant que le serveur ne se lasse."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                self._idle_once(self.connected(), min(left, IDLE_SECONDS))
            except LOST:
                self.drop()
                session.pause(min(1.0, left))

    def _idle_once(self, imap: imaplib.IMAP4, seconds: float) -> None:
        if "IDLE" not in imap.capabilities:
            session.pause(min(seconds, 60))
            imap.noop()
            return
        tag = imap._new_tag()
        imap.send(tag + b" IDLE\r\n")
        end = time.monotonic() + seconds
        while not imap.readline().startswith(b"+"):
            pass
        while (left := end - time.monotonic()) > 0:
            # Des octets déjà déchiffrés n'éveillent pas select.
            if imap.sock.pending() or select.select([imap.sock], [], [], left)[0]:
                line = imap.readline()
                if not line or line.upper().startswith(b"* BYE"):
                    raise imaplib.IMAP4.abort("session fermée par le serveur")
        imap.send(b"DONE\r\n")
        while not (line := imap.readline()).startswith(tag):
            if not line:
                raise imaplib.IMAP4.abort("connexion perdue")

    def _subject(self, imap: imaplib.IMAP4, uid: bytes) -> str:
        raw = self._literal(imap.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])"))
        return str(mail.parse(raw)["Subject"] or "")

    @staticmethod
    def _literal(answer: tuple) -> bytes:
        data = Mailbox._check(answer)
        return next(part[1] for part in data if isinstance(part, tuple))

    @staticmethod
    def _check(answer: tuple) -> list:
        status, data = answer
        if status != "OK":
            raise Refused(f"IMAP : {status}")
        return data


def answer_with_receipt(box: Mailbox, uid: bytes, disposition: str, code: str = ""):
    """L'accusé à envoyer, ou None : rien sans demande, jamais deux fois ($MDNSent)."""
    raw = box.fetch(uid)
    if not receipts.may_answer(mail.parse(raw)):
        return receipts.failure_mail(box.operator.box, raw, code) + (False,) if code else None
    if b"$MDNSENT" in box.flags(uid).upper():
        return None
    box.add_flags(uid, "$MDNSent")
    return receipts.mdn(box.operator.box, raw, disposition, code) + (True,)
