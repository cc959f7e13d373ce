"""Le courriel MSSanté : objet, en-têtes, pièces jointes, réponses."""

import email.policy
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import localtime, make_msgid

from .cda import Header, without_accents
from .identity import Refused, is_patient

# La bibliothèque écrit le quoted-printable à la longueur de la politique : 76, non 78 (RFC 2045 §6.7).
POLICY = email.policy.SMTP.clone(max_line_length=76)
PATIENT_MAX_SIZE = 25_000_000
MARKER = "XDM/1.0/DDM+"


def parse(raw: bytes) -> EmailMessage:
    return BytesParser(policy=email.policy.default).parsebytes(raw)


def subject_of(documents: list, action: str) -> str:
    """`XDM/1.0/DDM+<libellé> <NOM> <prénom> <JJ/MM/AAAA>` (ECO.2.1.3) ; la mention d'un remplacement suit le marqueur."""
    first = documents[0]
    label = first.label if len(documents) == 1 else f"{len(documents)} documents"
    words = [label, without_accents(first.birth_name).upper(), without_accents(first.first_given)]
    if action == "replace":
        words.insert(0, "[Annule et remplace]")
    birth = first.birth_time[:8]
    if len(birth) == 8:
        words.append(f"{birth[6:8]}/{birth[4:6]}/{birth[:4]}")
    return MARKER + " ".join(words)


def pdf_names(documents: list) -> list:
    """`<AAAAMMJJ>_<type>_<NOM>_<prénom>.pdf` (ECO.2.1.6), `-2` devant `.pdf` pour le second du même nom."""
    names = []
    for header in documents:
        parts = [
            header.act_date,
            header.label,
            without_accents(header.birth_name).upper(),
            without_accents(header.first_given),
        ]
        name = "_".join(re.sub(r'[/\\:*?"<>|\x00-\x1f]', "-", part) for part in parts)
        rank = 1
        while (f"{name}-{rank}.pdf" if rank > 1 else f"{name}.pdf") in names:
            rank += 1
        names.append(f"{name}-{rank}.pdf" if rank > 1 else f"{name}.pdf")
    return names


def base(box: dict, to: str) -> EmailMessage:
    """Les champs que tout courriel porte, réponses comprises."""
    message = EmailMessage(policy=POLICY)
    message["Date"] = localtime()
    message["From"] = Address(display_name=box["label"], addr_spec=box["address"])
    message["To"] = Address(addr_spec=to)
    message["Message-ID"] = make_msgid(domain=box["address"].split("@")[1])
    message["X-MSS-NIL"] = box["nil"]
    return message


def compose(box: dict, to: str, documents: list, pdfs: list, archive: bytes, options: dict) -> EmailMessage:
    """Le courriel d'un destinataire : chacun reçoit le sien, avec son propre Message-ID."""
    action = options.get("documentAction", "create")
    message = base(box, to)
    message["Subject"] = subject_of(documents, action)
    if options.get("replyTo"):
        message["Reply-To"] = Address(addr_spec=options["replyTo"])
    if options.get("requestRead"):
        message["Disposition-Notification-To"] = box["address"]
    message["X-MSS-INS"] = "O" if all(header.traits_complete for header in documents) else "N"
    message["X-MSS-CODECDA"] = ",".join(header.code.code for header in documents)
    if options.get("fin") and is_patient(to):
        message["X-MSS-MES"] = "FIN"
    message.set_content(_body(documents, action, is_patient(to)), charset="utf-8", cte="quoted-printable")
    message.add_attachment(
        archive, maintype="application", subtype="zip", filename="IHE_XDM.ZIP", params={"name": "IHE_XDM.ZIP"}
    )
    for name, pdf in zip(pdf_names(documents), pdfs):
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    return message


def reply(box: dict, original: EmailMessage, text: str, fin: bool = False) -> EmailMessage:
    """Une réponse appartient à l'échange : In-Reply-To, et References complétées (ECO.2.2.2)."""
    target = original["Reply-To"] or original["From"]
    to = target.addresses[0].addr_spec
    message = base(box, to)
    subject = str(original["Subject"] or "").replace(MARKER, "")
    message["Subject"] = "Re: " + re.sub(r"^(?:re\s*:\s*)+", "", subject, flags=re.I)
    parent = str(original["Message-ID"] or "").strip()
    if parent:
        before = str(original["References"] or original["In-Reply-To"] or "").split()
        message["In-Reply-To"] = parent
        message["References"] = " ".join(dict.fromkeys([*before, parent]))
    if fin and is_patient(to):
        message["X-MSS-MES"] = "FIN"
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    return message


def recipient_of(message: EmailMessage) -> str:
    return message["To"].addresses[0].addr_spec


def serialise(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=POLICY)


def check_size(content: bytes, to: str, announced: int) -> None:
    """Rien de plus grand que ce que l'opérateur annonce (MSS/va1.13), ni que 25 Mo vers un usager."""
    if announced and len(content) > announced:
        raise Refused("MSS/va1.13 : courriel plus grand que la limite de l'opérateur")
    if is_patient(to) and len(content) > PATIENT_MAX_SIZE:
        raise Refused("mes-25mb : 25 Mo au plus vers un usager")


def pdf_of(header: Header, given: bytes) -> bytes:
    """Le PDF joint vient du CDA (ECO.2.1.5) : celui qu'il contient, sinon le rendu que le logiciel en a fait."""
    if header.pdf is not None:
        return header.pdf
    if not given:
        raise Refused("ECO.2.1.5 : ce CDA est structuré, il faut son rendu PDF/A-1 (`medimail cda render --pdf`)")
    return given


def _body(documents: list, action: str, patient: bool) -> str:
    lines = ["Bonjour,", ""]
    if action == "replace":
        lines += ["Ce document annule et remplace la version envoyée auparavant.", ""]
    if action == "delete":
        lines += ["Demande de suppression : merci de supprimer le document joint de votre dossier.", ""]
    lines += ["Veuillez trouver ci-joint :", *(f"- {header.label}" for header in documents), ""]
    lines += ["Le fichier PDF se lit directement ; l'archive IHE_XDM.ZIP est destinée aux logiciels de santé."]
    if patient:
        lines += ["", "Cordialement."]
    return "\n".join(lines) + "\n"
