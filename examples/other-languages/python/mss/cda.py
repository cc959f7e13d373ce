"""Lecture de l'en-tête d'un CDA R2 : ce qu'il faut pour le courriel et pour METADATA.XML."""

import base64
import re
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Optional

from .identity import INS_OIDS, Refused

V3 = "{urn:hl7-org:v3}"
LABEL_MAX = 40


@dataclass
class Code:
    code: str
    system: str = ""
    label: str = ""


@dataclass
class Header:
    """Les valeurs sont celles du document, telles quelles."""

    id: str
    set_id: str
    version: int
    code: Code
    title: str
    effective_time: str
    language: str
    confidentiality: Code
    ins: Optional[tuple]  # (matricule, OID)
    local_ids: list
    family: list  # [(qualificatif, valeur)]
    given: list
    birth_time: str
    gender: str
    birth_place: str
    authors: list
    legal: Optional[ET.Element]
    events: list
    custodian: str
    facility: Optional[Code]
    practice: Optional[Code]
    templates: list
    pdf: Optional[bytes] = None
    structured: bool = False
    raw: bytes = field(default=b"", repr=False)

    @property
    def birth_name(self) -> str:
        return _name(self.family, "BR") or _name(self.family, "") or _name(self.family, "CL")

    @property
    def first_given(self) -> str:
        return _name(self.given, "BR") or (_name(self.given, "").split() or [""])[0]

    @property
    def label(self) -> str:
        """Libellé du type de document, coupé à 40 caractères (ECO.2.1.3, ECO.2.1.6)."""
        return (self.code.label or "Document")[:LABEL_MAX].rstrip()

    @property
    def traits_complete(self) -> bool:
        """Matricule, OID et quatre traits : X-MSS-INS vaut alors O (ECO.2.4.2)."""
        return bool(self.ins and self.birth_name and self.first_given and self.birth_time[:8] and self.gender)

    @property
    def act_date(self) -> str:
        """La date de l'acte, telle qu'écrite : jamais convertie en UTC."""
        low = next((event["low"] for event in self.events if event["low"]), "")
        return (low or self.effective_time)[:8]


def read(raw: bytes) -> Header:
    # Une DTD n'a pas sa place dans un CDA ; la refuser coupe court aux entités malveillantes.
    if b"<!DOCTYPE" in raw[:4096] or b"<!ENTITY" in raw:
        raise Refused("CDA refusé : il contient une DTD")
    root = ET.fromstring(raw)
    if root.tag != V3 + "ClinicalDocument":
        inner = root.find(f".//{V3}ClinicalDocument")  # CDA auto-présentable : la feuille de style est la racine
        if inner is None:
            raise Refused("CDA refusé : pas de ClinicalDocument")
        root = inner
    role = root.find(f"{V3}recordTarget/{V3}patientRole")
    patient = role.find(f"{V3}patient")
    ids = [(e.get("root", ""), e.get("extension", "")) for e in role.findall(f"{V3}id")]
    name = patient.find(f"{V3}name")
    text = root.find(f"{V3}component/{V3}nonXMLBody/{V3}text")
    pdf = None
    if text is not None and text.get("mediaType") == "application/pdf":
        pdf = base64.b64decode("".join(text.itertext()))
    county = patient.find(f"{V3}birthplace/{V3}place/{V3}addr/{V3}county")
    return Header(
        id=identifier(root.find(f"{V3}id")),
        set_id=identifier(root.find(f"{V3}setId")),
        version=int(attribute(root, "versionNumber", "value") or 1),
        code=code_of(root.find(f"{V3}code")),
        title=(root.findtext(f"{V3}title") or "").strip(),
        effective_time=attribute(root, "effectiveTime", "value"),
        language=attribute(root, "languageCode", "code"),
        confidentiality=code_of(root.find(f"{V3}confidentialityCode")),
        ins=next(((ext, oid) for oid, ext in ids if oid in INS_OIDS), None),
        local_ids=[(oid, ext) for oid, ext in ids if oid not in INS_OIDS and ext],
        family=[(e.get("qualifier", ""), (e.text or "").strip()) for e in name.findall(f"{V3}family")],
        given=[(e.get("qualifier", ""), (e.text or "").strip()) for e in name.findall(f"{V3}given")],
        birth_time=attribute(patient, "birthTime", "value"),
        gender=attribute(patient, "administrativeGenderCode", "code"),
        birth_place="" if county is None else (county.text or "").strip(),
        authors=root.findall(f"{V3}author/{V3}assignedAuthor"),
        legal=root.find(f"{V3}legalAuthenticator/{V3}assignedEntity"),
        events=[_event(e) for e in root.findall(f"{V3}documentationOf/{V3}serviceEvent")],
        custodian=identifier(root.find(f".//{V3}representedCustodianOrganization/{V3}id")),
        facility=_first_code(root, f".//{V3}healthCareFacility/{V3}code"),
        practice=_first_code(root, f".//{V3}performer//{V3}standardIndustryClassCode")
        or _first_code(root, f".//{V3}standardIndustryClassCode"),
        templates=[e.get("root", "") for e in root.findall(f"{V3}templateId")],
        pdf=pdf,
        structured=root.find(f"{V3}component/{V3}structuredBody") is not None,
        raw=raw,
    )


def code_of(element) -> Code:
    if element is None:
        return Code("")
    return Code(element.get("code", ""), element.get("codeSystem", ""), element.get("displayName", ""))


def identifier(element) -> str:
    """`racine` ou `racine^extension`, comme dans les métadonnées XDS."""
    if element is None:
        return ""
    root, extension = element.get("root", ""), element.get("extension", "")
    return f"{root}^{extension}" if extension else root


def attribute(parent, name: str, key: str) -> str:
    found = parent.find(V3 + name)
    return "" if found is None else found.get(key, "")


def utc(time: str) -> str:
    """Heure d'un CDA en UTC, 14 chiffres, comme l'exigent les métadonnées."""
    match = re.fullmatch(r"(\d{8,14})(?:\.\d+)?([+-]\d{4})?", time)
    if not match:
        return ""
    digits = match[1].ljust(14, "0")
    if not match[2]:
        return digits
    local = datetime.strptime(digits + match[2], "%Y%m%d%H%M%S%z")
    return local.astimezone(timezone.utc).strftime("%Y%m%d%H%M%S")


def without_accents(text: str) -> str:
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _name(names: list, qualifier: str) -> str:
    for found, value in names:
        if value and (qualifier in found.split() if qualifier else not found):
            return value
    return ""


def _first_code(root, path: str) -> Optional[Code]:
    found = root.find(path)
    return None if found is None else code_of(found)


def _event(element) -> dict:
    times = element.find(f"{V3}effectiveTime")
    codes = []
    coded = element.find(f"{V3}code")
    if coded is not None:
        codes = [code_of(coded)] + [code_of(e) for e in coded.findall(f"{V3}translation")]
    return {
        "low": "" if times is None else attribute(times, "low", "value"),
        "high": "" if times is None else attribute(times, "high", "value"),
        "codes": [code for code in codes if code.code],
    }
