"""Accusés rendus à l'expéditeur : MDN (RFC 8098), MDN d'échec, courriel d'échec quand aucun accusé n'est demandé."""

import uuid
from email.message import EmailMessage
from email.utils import format_datetime, localtime, make_msgid, parseaddr

from . import mail

LABELS = {
    "900": "Mauvaise version", "901": "Auteur non autorisé", "902": "Patient inconnu", "903": "Pas d'INS",
    "904": "INS non concordante", "905": "INS incomplète", "906": "Autre erreur",
}  # fmt: skip
TEXTS = {"displayed": "Votre message a été affiché par son destinataire.", "processed": "Votre message a été traité."}


def may_answer(original: EmailMessage) -> bool:
    """Jamais de MDN à un rapport, ni à un chemin nul, ni sans demande (RFC 8098 §2.1)."""
    if original.get_content_type() == "multipart/report" or original["Disposition-Notification-To"] is None:
        return False
    return str(original["Return-Path"] or "<x>").strip() != "<>"


def mdn(box: dict, raw: bytes, disposition: str, code: str = "") -> tuple:
    """(destinataire, courriel). Trois parties : texte, notification, original entier. À envoyer avec le chemin nul."""
    original = mail.parse(raw)
    to = parseaddr(original["Disposition-Notification-To"])[1]
    fields = [
        f"Reporting-UA: {box['software']}",
        f"Original-Recipient: rfc822;{box['address']}",
        f"Final-Recipient: rfc822;{box['address']}",
    ]
    if original["Message-ID"]:
        fields.append(f"Original-Message-ID: {str(original['Message-ID']).strip()}")
    automatic = "manual-action/MDN-sent-manually" if disposition == "displayed" else "automatic-action/MDN-sent-automatically"
    if code:
        fields += [f"Disposition: {automatic}; processed/error", _header("Error", f"{code}^{LABELS[code]}")]
        subject, text = _ko_subject(original, code), f"L'intégration du document a échoué : {code} {LABELS[code]}"
    else:
        fields.append(f"Disposition: {automatic}; {disposition}")
        subject, text = _success_subject(original, disposition), TEXTS[disposition]
    boundary = _boundary(raw)
    parts = [
        _text(text),
        ("Content-Type: message/disposition-notification\r\n\r\n" + "\r\n".join(fields) + "\r\n").encode("ascii"),
        _message(raw),
    ]
    head = _head(box, to, subject, original)
    head += f'Content-Type: multipart/report; report-type=disposition-notification;\r\n boundary="{boundary}"\r\n\r\n'
    return to, head.encode("ascii") + _join(boundary, parts)


def failure_mail(box: dict, raw: bytes, code: str) -> tuple:
    """Sans demande d'accusé : un courriel ordinaire, même objet, l'original et ses pièces jointes répétées (in-std)."""
    original = mail.parse(raw)
    to = original["From"].addresses[0].addr_spec
    boundary = _boundary(raw)
    parts = [_text(f"L'intégration du document a échoué : {code} {LABELS[code]}"), _message(raw)]
    for part in original.iter_attachments():
        part.policy = mail.POLICY
        parts.append(part.as_bytes(policy=mail.POLICY))
    head = _head(box, to, _ko_subject(original, code), original)
    head += f'Content-Type: multipart/mixed;\r\n boundary="{boundary}"\r\n\r\n'
    return to, head.encode("ascii") + _join(boundary, parts)


def _success_subject(original: EmailMessage, disposition: str) -> str:
    """Les documents intégrés gardent leur objet (in-mdn) ; une lecture ne dit rien de l'usager."""
    subject = str(original["Subject"] or "")
    return subject if disposition == "processed" and subject.startswith(mail.MARKER) else "Accusé de lecture"


def _ko_subject(original: EmailMessage, code: str) -> str:
    return f"[KO Intégration système !][{code}] {original['Subject'] or ''}"


def _head(box: dict, to: str, subject: str, original: EmailMessage) -> str:
    lines = EmailMessage(policy=mail.POLICY)
    lines["Date"] = format_datetime(localtime())
    lines["From"] = mail.Address(display_name=box["label"], addr_spec=box["address"])
    lines["To"] = to
    lines["Subject"] = subject
    lines["Message-ID"] = make_msgid(domain=box["address"].split("@")[1])
    parent = str(original["Message-ID"] or "").strip()
    if parent:
        lines["In-Reply-To"] = parent
        lines["References"] = parent
    lines["X-MSS-NIL"] = box["nil"]
    lines["MIME-Version"] = "1.0"
    return lines.as_string(policy=mail.POLICY).split("\r\n\r\n")[0] + "\r\n"


def _header(name: str, value: str) -> str:
    """Un champ d'une partie lisible par machine reste en ASCII : mots encodés de la RFC 2047."""
    return mail.POLICY.fold(name, value).rstrip("\r\n")


def _text(text: str) -> bytes:
    part = EmailMessage(policy=mail.POLICY)
    part.set_content(text + "\n", charset="utf-8", cte="quoted-printable")
    del part["MIME-Version"]
    return part.as_bytes(policy=mail.POLICY)


def _message(raw: bytes) -> bytes:
    """L'original tel qu'il est : jamais en base64 (RFC 2046 §5.2.1)."""
    encoding = "7bit" if raw.isascii() else "8bit"
    return f"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + raw


def _boundary(raw: bytes) -> str:
    while True:
        boundary = f"=_{uuid.uuid4().hex}"
        if boundary.encode() not in raw:
            return boundary


def _join(boundary: str, parts: list) -> bytes:
    opening = f"--{boundary}\r\n".encode()
    return b"".join(opening + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
