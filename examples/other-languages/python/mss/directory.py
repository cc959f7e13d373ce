"""Annuaire Santé (FHIR R4) : trouver l'adresse d'un correspondant (ECO.3.1.4, SC.MSS/UX.41)."""

import json
import urllib.parse
import urllib.request

MSS = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-contact-point-email-type"


def search(base: str, wanted: dict, api_key: str = "") -> list:
    """Adresses MSSanté des professionnels qui répondent aux critères, les plus précises d'abord."""
    base = base.rstrip("/")
    query: dict = {"_count": "50"}
    if wanted.get("rpps"):
        query["identifier"] = wanted["rpps"]
    if wanted.get("name"):
        query["name"] = wanted["name"]
    if wanted.get("family"):
        query["family"] = wanted["family"]
    if wanted.get("given"):
        query["given"] = wanted["given"]
    if wanted.get("profession") or wanted.get("specialty"):
        query["qualification-code"] = wanted.get("profession") or wanted["specialty"]
    bundle = _get(f"{base}/Practitioner?{urllib.parse.urlencode(query)}", api_key)
    addresses = _addresses(bundle)
    for entry in bundle.get("entry", []):
        practitioner = entry["resource"]
        if practitioner.get("resourceType") != "Practitioner":
            continue
        query = {"practitioner": f"Practitioner/{practitioner['id']}"}
        roles = _get(f"{base}/PractitionerRole?{urllib.parse.urlencode(query)}", api_key)
        addresses += _addresses(roles)
    if wanted.get("city"):
        places = _get(f"{base}/Organization?{urllib.parse.urlencode({'address-city': wanted['city']})}", api_key)
        addresses += _addresses(places)
    return list(dict.fromkeys(addresses))


def _addresses(bundle: dict) -> list:
    """Un courriel ordinaire de l'annuaire n'est pas une boîte MSSanté : l'extension le dit."""
    found = []
    for entry in bundle.get("entry", []):
        for contact in entry.get("resource", {}).get("telecom", []):
            kinds = [e.get("valueCoding", {}).get("code") for e in contact.get("extension", []) if e.get("url") == MSS]
            if contact.get("system") == "email" and "MSSANTE" in kinds:
                found.append(contact["value"])
    return found


def _get(url: str, api_key: str) -> dict:
    headers = {"Accept": "application/fhir+json", **({"ESANTE-API-KEY": api_key} if api_key else {})}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return json.load(answer)
