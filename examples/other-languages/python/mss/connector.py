"""Le connecteur : ce que le logiciel de santé appelle."""

import json
import smtplib
import time
from datetime import datetime

from . import cda, directory, mail, session, xdm
from .identity import Refused, is_patient, patient_address
from .mailbox import LOST, Mailbox, answer_with_receipt
from .session import Deferred, Operator, Unknown

# Attentes entre deux tentatives, en secondes. En production : quelques minutes, puis des heures.
BACKOFF = (1, 2, 4, 8, 16)


class Traces:
    """Journal fonctionnel de chaque boîte (ECO.4.1.1, ECO.4.1.2) : auteur, heure locale, action, requête, réponse du serveur,
    échecs compris ; jamais le contenu d'un message."""

    def __init__(self, path: str):
        self.path = path

    def write(self, box: str, actor: str, action: str, request: str, answer: str, ok: bool) -> None:
        at = datetime.now().astimezone().isoformat(timespec="milliseconds")
        line = {"at": at, "mailbox": box, "actor": actor, "action": action, "request": request, "answer": answer, "ok": ok}
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


class Connector:
    def __init__(self, operator: Operator, traces: Traces, directory_place: dict | None = None, actor: str = "logiciel"):
        self.operator, self.traces, self.actor = operator, traces, actor
        self.directory = directory_place or {}
        self.box = operator.box
        self.mailbox = Mailbox(operator)
        self.software = {"name": "Exemple Python", "version": "1.0", "oid": "1.2.250.1.999.1.1.3"}

    # --- envoyer ---
    def send(self, step: dict, patience: float = 0) -> list:
        """Les documents d'un usager à chaque destinataire, un courriel chacun. Rend l'état de chaque envoi."""
        documents, pdfs = self.load(step)
        targets = self.targets(step, documents)
        action = step.get("documentAction", "create")
        archive = xdm.pack(documents, self.software, action, tuple(step.get("confidentiality") or ()))
        states = []
        for to in targets:
            message = self.compose(to, documents, pdfs, archive, step)
            states.append(self.deliver(to, mail.serialise(message), step.get("requestDelivery", True), patience))
        return states

    def load(self, step: dict) -> tuple:
        documents, pdfs = [], []
        for entry in step["documents"]:
            with open(entry["cda"], "rb") as file:
                header = cda.read(file.read())
            given = b""
            if entry.get("pdf"):
                with open(entry["pdf"], "rb") as file:
                    given = file.read()
            documents.append(header)
            pdfs.append(mail.pdf_of(header, given))
        status = step.get("identityStatus", "qualifiee")
        if status != "qualifiee" and any(header.ins for header in documents):
            raise Refused("INS/va1.53 : identité non qualifiée, le document ne doit pas porter d'INS")
        return documents, pdfs

    def targets(self, step: dict, documents: list) -> list:
        """Les destinataires permis : opposition de l'usager, adresse de l'usager tirée de son INS."""
        kept = []
        for to in step["to"]:
            if is_patient(to):
                if step.get("opposePatient"):
                    continue  # MSS/va1.20
                if step.get("identityStatus", "qualifiee") != "qualifiee" or to.lower() != patient_address(documents[0]).lower():
                    raise Refused("ECO.2.2.6 : cette adresse n'est pas celle de l'usager du document")
            elif step.get("opposeProfessionals"):
                continue  # MSS/va1.22
            kept.append(to)
        return kept

    def compose(self, to: str, documents: list, pdfs: list, archive: bytes, step: dict):
        return mail.compose(self.box, to, documents, pdfs, archive, step)

    def deliver(self, to: str, content: bytes, delivery: bool = True, patience: float = 0, sender=None) -> str:
        """Tente jusqu'à la réponse : un 4xx ou une panne attend et recommence, un 5xx s'arrête, une perte après le point final
        ne se renvoie pas. Une panne n'empêche jamais le reste du logiciel (ECO.1.2.3) : elle est rendue, pas lancée."""
        end = time.monotonic() + patience
        waits = iter(BACKOFF)
        while True:
            try:
                self.attempt(to, content, delivery, self.box["address"] if sender is None else sender)
                state = "accepted"
            except Unknown:
                state = "unknown"
            except Refused as error:
                state = f"refused: {error}"
            except smtplib.SMTPAuthenticationError as error:
                state = f"refused: {error.smtp_code}"
            except (Deferred, OSError, smtplib.SMTPException) as error:
                state = f"deferred: {error}"
            self.traces.write(self.box["address"], self.actor, "send", "MAIL", state, state == "accepted")
            wait = next(waits, None)
            if not state.startswith("deferred") or wait is None or time.monotonic() + wait > end:
                return state
            session.pause(wait)

    def attempt(self, to: str, content: bytes, delivery: bool, sender: str) -> None:
        smtp = self.operator.smtp()
        try:
            mail.check_size(content, to, int(smtp.esmtp_features.get("size") or 0))
            session.hand_over(smtp, sender, to, content, delivery)
        finally:
            session.leave(smtp)

    # --- lire et répondre ---
    def read(self, wanted: dict) -> dict:
        """Le courriel, et l'usager de ses documents : patientId de METADATA.XML, jamais l'objet (ECO.2.1.2)."""
        uid = self.mailbox.find(wanted)
        message = mail.parse(self.mailbox.fetch(uid))
        archives = [p for p in message.iter_attachments() if (p.get_filename() or "").upper() == "IHE_XDM.ZIP"]
        documents = [entry for part in archives for entry in xdm.open_archive(part.get_content())]
        self.mailbox.add_flags(uid, "\\Seen")
        return {"subject": str(message["Subject"]).replace(mail.MARKER, ""), "documents": documents}

    def reply(self, wanted: dict, text: str, fin: bool = False, patience: float = 0) -> str:
        uid = self.mailbox.find(wanted)
        answer = mail.reply(self.box, mail.parse(self.mailbox.fetch(uid)), text, fin)
        state = self.deliver(mail.recipient_of(answer), mail.serialise(answer), True, patience)
        self.mailbox.add_flags(uid, "\\Answered")
        return state

    def receipt(self, wanted: dict, disposition: str, code: str = "") -> str:
        uid = self.mailbox.find(wanted)
        kind = "processed" if disposition == "error" else disposition
        code = code or ("906" if disposition == "error" else "")
        made = answer_with_receipt(self.mailbox, uid, kind, code)
        if made is None:
            return "none"
        to, content, is_mdn = made
        return self.deliver(to, content, False, sender="" if is_mdn else None)

    def delete(self, wanted: dict) -> None:
        self.mailbox.delete(self.mailbox.find(wanted))
        self.traces.write(self.box["address"], self.actor, "delete", "UID MOVE", "OK", True)

    def search(self, query: dict) -> list:
        return directory.search(self.directory["url"], query, self.directory.get("key", ""))

    # --- vivre ---
    def connect(self) -> None:
        """Ouvre les deux sessions, comme au démarrage du logiciel ; ce qui échoue est signalé et n'arrête rien."""
        try:
            session.leave(self.operator.smtp())
            self.mailbox.again(lambda imap: imap.noop())
        except (Refused, Deferred, smtplib.SMTPException, *LOST) as error:
            self.traces.write(self.box["address"], self.actor, "connect", "STARTTLS, AUTH", str(error), False)
            raise

    def restart(self) -> None:
        """Un redémarrage : plus de session, plus de jeton en mémoire."""
        self.mailbox.close()
        self.operator.tokens.forget()

    def close(self) -> None:
        self.mailbox.close()
