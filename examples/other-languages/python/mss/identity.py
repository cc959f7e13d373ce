"""Identités : matricule INS, adresses de messagerie."""

import re

# Autorités d'affectation du matricule INS : NIR, NIA, puis NIR de test et de démonstration.
INS_OIDS = ("1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9", "1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11")
PATIENT_DOMAIN = "patient.mssante.fr"


class Refused(Exception):
    """Le connecteur refuse d'agir : la règle est dite dans le message, jamais une donnée du patient."""


def ins_is_valid(matricule: str) -> bool:
    """Quinze caractères, et une clé juste (97 moins le reste par 97 ; 2A et 2B valent 19 et 18)."""
    if not re.fullmatch(r"[0-9]{5}[0-9AB]{2}[0-9]{8}", matricule):
        return False
    body = matricule[:13].replace("2A", "19").replace("2B", "18")
    return body.isdigit() and 97 - int(body) % 97 == int(matricule[13:])


def patient_address(header) -> str:
    """L'adresse de l'usager vient du matricule de son document, et de rien d'autre (ECO.2.2.6)."""
    ins = header.ins
    if ins is None or not ins_is_valid(ins[0]):
        raise Refused("ECO.2.2.6 : pas d'INS qualifiée, donc pas d'adresse d'usager")
    return f"{ins[0]}@{PATIENT_DOMAIN}"


def is_patient(address: str) -> bool:
    return address.lower().endswith("@" + PATIENT_DOMAIN)
