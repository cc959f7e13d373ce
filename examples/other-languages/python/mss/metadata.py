"""METADATA.XML d'un lot de documents (ebRIM 3.0), à partir de l'en-tête des CDA."""

import hashlib
import uuid
from datetime import datetime, timezone
from xml.sax.saxutils import escape, quoteattr

from . import cda
from .cda import V3, Code, Header
from .identity import Refused

RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
OBJECT = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject"
ACTION_SLOT = "urn:action:extraMetadataSlot"
ACTIONS = {"create": None, "replace": "C", "delete": "D"}

# Classe d'un document d'après son type (table ASS_X04 de l'ANS) : à compléter par les types que produit votre logiciel.
CLASSES = {
    "11488-4": "10", "11490-0": "10", "11502-2": "10", "11505-5": "10", "11506-3": "10", "15507-7": "10",
    "34112-3": "10", "34874-8": "10", "34133-9": "11", "60591-5": "11", "18748-4": "31", "57833-6": "42",
}  # fmt: skip
CLASS_LABELS = {"10": "Compte rendu", "11": "Synthèse", "31": "Imagerie médicale", "42": "Prescription"}

# Format d'après le modèle (table ASS_A11) ; un CDA de niveau 1 qui porte un PDF a toujours le premier.
PDF_FORMAT = Code("urn:ihe:iti:xds-sd:pdf:2008", "1.2.250.1.213.1.1.4.12", "Document à corps non structuré en Pdf/A-1")
FORMATS = {
    "1.2.250.1.213.1.1.1.55": Code("urn:ihe:lab:xd-lab:2008", "1.2.250.1.213.1.1.4.2.282"),
    "1.3.6.1.4.1.19376.1.3.3": Code("urn:ihe:lab:xd-lab:2008", "1.2.250.1.213.1.1.4.2.282"),
    "1.2.250.1.213.1.1.1.45": Code("urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013", "1.2.250.1.213.1.1.4.2.282"),
}
MASKS = {
    "N": Code("N", "2.16.840.1.113883.5.25", "Normal"),
    "R": Code("R", "2.16.840.1.113883.5.25", "Restreint"),
    "V": Code("V", "2.16.840.1.113883.5.25", "Très restreint"),
    "MASQUE_PS": Code("MASQUE_PS", "1.2.250.1.213.1.1.4.13", "Document masqué aux professionnels de santé"),
    "INVISIBLE_PATIENT": Code("INVISIBLE_PATIENT", "1.2.250.1.213.1.1.4.13", "Document non visible par le patient"),
    "INVISIBLE_REPRESENTANTS_LEGAUX": Code(
        "INVISIBLE_REPRESENTANTS_LEGAUX", "1.2.250.1.213.1.1.4.13", "Non visible par les représentants légaux du patient"
    ),
}


def metadata(documents: list, names: list, software: dict, action: str, masks: tuple) -> bytes:
    set_id = uuid.uuid4().urn
    first = documents[0]
    now = datetime.now(timezone.utc).strftime("%Y%m%d%H%M%S")
    title = first.title if len(documents) == 1 else f"{len(documents)} documents"
    content = _Writer(set_id, "SubmissionSet01")
    content.slot("submissionTime", now)
    content.name(title)
    content.node("urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd")
    for author in _distinct(a for header in documents for a in _authors(header)):
        content.author("urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d", author)
    content.code("urn:uuid:aa543740-bdda-424e-8c96-df4873be8500", _content_type(first))
    content.identifier("urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446", "XDSSubmissionSet.patientId", patient_id(first))
    content.identifier("urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832", "XDSSubmissionSet.sourceId", software["oid"])
    content.identifier("urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8", "XDSSubmissionSet.uniqueId", f"2.25.{uuid.uuid4().int}")
    body = f'<rim:RegistryPackage id="{set_id}" objectType="{OBJECT}:RegistryPackage" status="{_APPROVED}">{content}</rim:RegistryPackage>'
    members = ""
    for number, (header, name) in enumerate(zip(documents, names), 1):
        entry_id = uuid.uuid4().urn
        body += _document(header, name, entry_id, number, action, masks)
        members += (
            f'<rim:Association id="Member{number:02d}" objectType="{OBJECT}:Association" '
            f'associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember" '
            f'sourceObject="{set_id}" targetObject="{entry_id}">'
            + _slot("SubmissionSetStatus", ["Original"])
            + "</rim:Association>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns:rim="{RIM}">'
        f"<rim:RegistryObjectList>{body}{members}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>\n"
    ).encode()


def _document(header: Header, name: str, entry_id: str, number: int, action: str, masks: tuple) -> str:
    content = _Writer(entry_id, f"Document{number:02d}")
    if ACTIONS[action]:
        # Remplacer ou supprimer n'est pas une association RPLC mais cette rubrique de l'entrée.
        content.slot(ACTION_SLOT, ACTIONS[action])
    content.slot("hash", hashlib.sha1(header.raw).hexdigest())
    content.slot("size", str(len(header.raw)))
    content.slot("URI", name)
    content.slot("creationTime", cda.utc(header.effective_time))
    content.slot("languageCode", header.language)
    if header.legal is not None:
        content.slot("legalAuthenticator", _person(header.legal))
    event = header.events[0] if header.events else {"low": "", "high": ""}
    content.slot("serviceStartTime", cda.utc(event["low"]))
    content.slot("serviceStopTime", cda.utc(event["high"]))
    local = [f"{ext}^^^&{oid}&ISO^PI" for oid, ext in header.local_ids]
    content.slot("sourcePatientId", local[0] if local else patient_id(header))
    content.slots("sourcePatientInfo", _patient_info(header, local[1:]))
    content.name(header.title)
    for code in (code for event in header.events for code in event["codes"]):
        content.code("urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", code)
    for author in _authors(header):
        content.author("urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d", author)
    content.code("urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a", _class_code(header))
    for code in _distinct([header.confidentiality, *(MASKS[mask] for mask in masks)]):
        content.code("urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f", code)
    content.code("urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d", _format(header))
    content.code("urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", header.facility)
    content.code("urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead", header.practice)
    content.code("urn:uuid:f0306f51-975f-434e-a61c-c59651d33983", header.code)
    content.identifier("urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427", "XDSDocumentEntry.patientId", patient_id(header))
    content.identifier("urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab", "XDSDocumentEntry.uniqueId", header.id)
    return (
        f'<rim:ExtrinsicObject id="{entry_id}" mimeType="text/xml" '
        f'objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1" status="{_APPROVED}">{content}</rim:ExtrinsicObject>'
    )


_APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"


class _Writer:
    """L'ordre d'ebRIM est Slot, Name, Classification, ExternalIdentifier : il est celui des appels."""

    def __init__(self, owner: str, prefix: str):
        self.owner, self.prefix, self.count, self.text = owner, prefix, 0, ""

    def __str__(self) -> str:
        return self.text

    def slot(self, name: str, value: str) -> None:
        self.slots(name, [value])

    def slots(self, name: str, values: list) -> None:
        self.text += _slot(name, [value for value in values if value])

    def name(self, value: str) -> None:
        self.text += _name(value)

    def node(self, node: str) -> None:
        self.text += f'<rim:Classification {self._id("Classification")} classificationNode="{node}" classifiedObject="{self.owner}"/>'

    def code(self, scheme: str, code) -> None:
        if code and code.code:
            self._classify(scheme, code.code, _slot("codingScheme", [code.system]) + _name(code.label))

    def author(self, scheme: str, author: tuple) -> None:
        institution, person, role, specialty = author
        content = "".join(
            _slot(name, [value] if value else [])
            for name, value in (
                ("authorInstitution", institution), ("authorPerson", person),
                ("authorRole", role), ("authorSpecialty", specialty),
            )
        )  # fmt: skip
        self._classify(scheme, "", content)

    def identifier(self, scheme: str, label: str, value: str) -> None:
        self.text += (
            f'<rim:ExternalIdentifier {self._id("ExternalIdentifier")} identificationScheme="{scheme}" '
            f'registryObject="{self.owner}" value={quoteattr(value)}>{_name(label)}</rim:ExternalIdentifier>'
        )

    def _classify(self, scheme: str, value: str, content: str) -> None:
        self.text += (
            f'<rim:Classification {self._id("Classification")} classificationScheme="{scheme}" '
            f'classifiedObject="{self.owner}" nodeRepresentation={quoteattr(value)}>{content}</rim:Classification>'
        )

    def _id(self, kind: str) -> str:
        self.count += 1
        return f'id="{self.prefix}_{self.count}" objectType="{OBJECT}:{kind}"'


def _slot(name: str, values: list) -> str:
    if not values:
        return ""
    inner = "".join(f"<rim:Value>{escape(value)}</rim:Value>" for value in values)
    return f'<rim:Slot name="{name}"><rim:ValueList>{inner}</rim:ValueList></rim:Slot>'


def _name(value: str) -> str:
    return f'<rim:Name><rim:LocalizedString xml:lang="fr-FR" charset="UTF-8" value={quoteattr(value)}/></rim:Name>' if value else ""

def patient_id(header: Header) -> str:
    """CX : l'INS si le document en a une, sinon l'identifiant local."""
    if header.ins:
        return f"{header.ins[0]}^^^&{header.ins[1]}&ISO^NH"
    oid, extension = header.local_ids[0]
    return f"{extension}^^^&{oid}&ISO^PI"


def _patient_info(header: Header, others: list) -> list:
    all_given = " ".join(value for qualifier, value in header.given if not qualifier)
    lines = [f"PID-5|{header.birth_name}^{header.first_given}^{all_given}^^^^L"]
    lines += [f"PID-3|{other}" for other in others]
    if header.birth_time:
        lines.append(f"PID-7|{header.birth_time}")
    if header.gender:
        lines.append(f"PID-8|{header.gender}")
    if header.birth_place:
        lines.append(f"PID-11|^^^^^^BDL^^{header.birth_place}")
    return lines


def _person(assigned) -> str:
    """XCN d'un auteur ou d'un responsable ; un dispositif a le type RI."""
    found = assigned.find(f"{V3}id")
    root, extension = ("", "") if found is None else (found.get("root", ""), found.get("extension", ""))
    person = assigned.find(f"{V3}assignedPerson/{V3}name")
    if person is not None:
        kind = "EI" if "/" in extension else "IDNPS"
        names = (person.findtext(f"{V3}family") or "", person.findtext(f"{V3}given") or "")
        return f"{extension}^{names[0]}^{names[1]}^^^^^^&{root}&ISO^D^^^{kind}"
    device = assigned.find(f"{V3}assignedAuthoringDevice")
    if device is None:
        return ""
    software, model = device.findtext(f"{V3}softwareName") or "", device.findtext(f"{V3}manufacturerModelName") or ""
    return f"{extension}^{software}^{model}^^^^^^&{root}&ISO^U^^^RI"


def _authors(header: Header) -> list:
    """(structure, personne, rôle, spécialité) de chaque auteur."""
    authors = []
    for assigned in header.authors:
        place = assigned.find(f"{V3}representedOrganization")
        institution = ""
        if place is not None:
            name, found = place.findtext(f"{V3}name") or "", place.find(f"{V3}id")
            institution = name if found is None else (
                f"{name}^^^^^&{found.get('root')}&ISO^IDNST^^^{found.get('extension', '')}"
            )
        code = cda.code_of(assigned.find(f"{V3}code"))
        specialty = f"{code.code}^{code.label}^{code.system}" if code.code else ""
        authors.append((institution, _person(assigned), "", specialty))
    return authors


def _content_type(header: Header) -> Code:
    if header.facility and header.facility.code == "SA25":
        return Code("26", "1.2.250.1.213.2.2", "Analyses médicales biologiques")
    return Code("97", "1.2.250.1.213.2.2", "Type d'activité non différencié")


def _class_code(header: Header) -> Code:
    code = CLASSES.get(header.code.code)
    if code is None:
        raise Refused(f"complétez la table CLASSES pour le type {header.code.code}")
    return Code(code, "1.2.250.1.213.1.1.4.1", CLASS_LABELS[code])


def _format(header: Header) -> Code:
    if header.pdf is not None:
        return PDF_FORMAT
    for template in reversed(header.templates):
        if template in FORMATS:
            return FORMATS[template]
    raise Refused("complétez la table FORMATS pour le modèle de ce document")


def _distinct(values) -> list:
    kept = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return kept
