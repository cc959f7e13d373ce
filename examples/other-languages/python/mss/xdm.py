"""L'archive IHE_XDM.ZIP : écriture (METADATA.XML est fait par `metadata.py`) et lecture d'une archive reçue.

Autre possibilité, sans écrire une ligne de ces deux fichiers : `medimail xdm pack --cda a.xml --out IHE_XDM.ZIP`
(variable MSS_XDM=medimail, fonction `pack_with_medimail`).
"""

import hashlib
import io
import os
import subprocess
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from html import escape

from .cda import Header, without_accents
from .identity import Refused
from .metadata import ACTION_SLOT, RIM, metadata, patient_id

MAX_ENTRIES, MAX_BYTES = 200, 100_000_000


def pack(documents: list, software: dict, action: str = "create", masks: tuple = ()) -> bytes:
    """L'archive d'un ou plusieurs CDA d'un même patient (ECO.2.1.1)."""
    if len({patient_id(header) for header in documents}) != 1:
        raise Refused("ECO.2.1.1 (b) : un seul usager par courriel")
    if os.environ.get("MSS_XDM") == "medimail":
        return pack_with_medimail(documents, action, masks)
    names = [f"DOC{number:04d}.XML" for number in range(1, len(documents) + 1)]
    files = {
        "INDEX.HTM": _index(documents[0], names),
        "README.TXT": _readme(documents[0], software, names),
        "IHE_XDM/SUBSET01/METADATA.XML": metadata(documents, names, software, action, masks),
    }
    for name, header in zip(names, documents):
        files[f"IHE_XDM/SUBSET01/{name}"] = header.raw
    return archive(files)


def archive(files: dict) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for folder in ("IHE_XDM/", "IHE_XDM/SUBSET01/"):
            zipped.writestr(folder, b"")
        for name, content in files.items():
            zipped.writestr(name, content)
    return out.getvalue()


def pack_with_medimail(documents: list, action: str, masks: tuple) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npx", "medimail-connector", "xdm", "pack", "--out", f"{folder}/IHE_XDM.ZIP", "--action", action]
        for number, header in enumerate(documents):
            path = f"{folder}/{number}.xml"
            with open(path, "wb") as file:
                file.write(header.raw)
            command += ["--cda", path]
        for mask in masks:
            command += ["--confidentiality", mask]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(f"{folder}/IHE_XDM.ZIP", "rb") as file:
            return file.read()


def _index(header: Header, names: list) -> bytes:
    links = "".join(f'<li><a href="IHE_XDM/SUBSET01/{name}">{name}</a></li>' for name in names)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML Basic 1.0//EN" '
        '"http://www.w3.org/TR/xhtml-basic/xhtml-basic10.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr">'
        f"<head><title>Archive IHE XDM</title></head><body><p>Emetteur : {escape(header.custodian)}</p>"
        f'<p><a href="README.TXT">README.TXT</a></p><ul>{links}</ul></body></html>\n'
    ).encode()


def _readme(header: Header, software: dict, names: list) -> bytes:
    """ASCII et CRLF : c'est un lecteur humain, sur n'importe quel poste, qui l'ouvre."""
    lines = ["EMETTEUR", f"  {header.custodian}", "", "LOGICIEL EMETTEUR", f"  {software['name']} {software['version']}"]
    lines += ["", "CONTENU", "  IHE_XDM/SUBSET01/METADATA.XML : description des documents"]
    lines += [f"  IHE_XDM/SUBSET01/{name} : document" for name in names]
    return without_accents("\r\n".join(lines) + "\r\n").encode("ascii", "replace")


def open_archive(content: bytes) -> list:
    """Les documents d'une archive reçue, chacun avec ce que METADATA.XML en dit. C'est `patient_id` qui identifie
    l'usager, jamais l'objet du courriel (ECO.2.1.2)."""
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        infos = zipped.infolist()
        if len(infos) > MAX_ENTRIES or sum(info.file_size for info in infos) > MAX_BYTES:
            raise Refused("archive trop grande")
        files = {info.filename.upper(): zipped.read(info) for info in infos if not info.is_dir()}
    found = []
    for path, xml in files.items():
        if not path.endswith("/METADATA.XML"):
            continue
        if b"<!DOCTYPE" in xml:
            raise Refused("METADATA.XML refusé : il contient une DTD")
        folder = path[: -len("METADATA.XML")]
        for entry in ET.fromstring(xml).iter(f"{{{RIM}}}ExtrinsicObject"):
            found.append(_entry(entry, folder, files))
    return found


def _entry(entry, folder: str, files: dict) -> dict:
    slots = {
        slot.get("name"): slot.findtext(f"{{{RIM}}}ValueList/{{{RIM}}}Value") or ""
        for slot in entry.findall(f"{{{RIM}}}Slot")
    }
    identifiers = {e.get("identificationScheme"): e.get("value") for e in entry.findall(f"{{{RIM}}}ExternalIdentifier")}
    content = files.get((folder + slots.get("URI", "")).upper())
    expected = slots.get("hash", "").lower()
    return {
        "content": content,
        "patient_id": identifiers.get("urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427", ""),
        "unique_id": identifiers.get("urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab", ""),
        "action": {"C": "replace", "D": "delete"}.get(slots.get(ACTION_SLOT, ""), "create"),
        "intact": content is not None
        and (not expected or hashlib.sha1(content).hexdigest() == expected)
        and slots.get("size", str(len(content))) == str(len(content)),
    }
