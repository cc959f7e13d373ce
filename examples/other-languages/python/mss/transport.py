"""Atteindre l'opérateur : enregistrements SRV, profil TLS, révocation. Rien n'est dit avant que le certificat ne soit jugé bon."""

import os
import secrets
import socket
import ssl
import struct
import urllib.request

from .identity import Refused

# TLS 1.2 : les suites de la liste (ECO.1.1.3) et rien d'autre ; celles de TLS 1.3 restent à côté.
SUITES = "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"
# Gamme d'IGC-Santé admise pour un opérateur (ECO.1.1.10).
RANGE = "ELEMENTAIRE ORGANISATIONS"
TIMEOUT = 30


def tls_context(ca: str, client=None, crls: tuple = ()) -> ssl.SSLContext:
    """Les seules autorités données font foi : jamais celles du système."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES)
    context.load_verify_locations(cafile=ca)
    for path in crls:
        context.load_verify_locations(cafile=path)
    if crls:
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
    if client:
        context.load_cert_chain(client["pem"], client["key"])
    return context


def check_range(sock: ssl.SSLSocket) -> None:
    issuer = " ".join(value for part in sock.getpeercert()["issuer"] for _, value in part)
    if RANGE not in issuer.upper():
        raise Refused("ECO.1.1.10 : le certificat n'est pas de la gamme Élémentaire Organisations")


class Revocation:
    """La bibliothèque standard sait vérifier une liste de révocation, pas la trouver : une première poignée de main donne les
    adresses des listes de toute la chaîne ; la session qui compte est ouverte ensuite, listes chargées (ECO.1.1.6)."""

    def __init__(self, folder: str):
        self.folder = folder
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.urls: dict = {}

    def learn(self, host: str, sock: ssl.SSLSocket) -> None:
        urls = []
        for info in _chain(sock):
            urls += [url for url in info.get("crlDistributionPoints", ()) if url.startswith("http://")]
        if not urls:
            raise Refused("ECO.1.1.6 : le certificat ne dit pas où sa révocation se vérifie")
        self.urls[host] = list(dict.fromkeys(urls))

    def lists(self, host: str) -> tuple:
        """Les fichiers des listes. Celle qu'on ne peut plus demander est la dernière gardée, tant qu'elle n'est pas périmée
        (ECO.1.1.7) : OpenSSL refuse une liste dont la date est passée."""
        return tuple(self._list(url) for url in self.urls[host])

    def _list(self, url: str) -> str:
        path = os.path.join(self.folder, "".join(c if c.isalnum() else "_" for c in url) + ".pem")
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
                pem = _crl_pem(answer.read(20_000_000))
            with open(path + ".new", "w", encoding="ascii") as file:
                file.write(pem)
            os.replace(path + ".new", path)
        except OSError:
            if not os.path.exists(path):
                raise Refused("ECO.1.1.6 : liste de révocation introuvable, et aucune gardée") from None
        return path


def _crl_pem(der: bytes) -> str:
    if der.startswith(b"-----BEGIN"):
        return der.decode("ascii")
    return ssl.DER_cert_to_PEM_cert(der).replace("CERTIFICATE", "X509 CRL")


def _chain(sock: ssl.SSLSocket) -> list:
    # Public à partir de Python 3.13 seulement, sous une forme qui ne dit pas les points de distribution.
    inner = getattr(sock, "_sslobj", None)
    if hasattr(inner, "get_verified_chain"):
        chain = [certificate.get_info() for certificate in inner.get_verified_chain() or ()]
        return [info for info in chain if info["subject"] != info["issuer"]]
    return [sock.getpeercert()]


def srv(dns: dict, service: str, domain: str) -> list:
    """(cible, port) par ordre de préférence (RFC 2782). Une cible « . » : le service n'est pas offert."""
    answers = _query(dns, f"_{service}._tcp.{domain}", 33)
    found = []
    for data, packet, offset in answers:
        priority, weight, port = struct.unpack("!HHH", data[:6])
        target, _ = _name(packet, offset + 6)
        found.append((priority, -weight, target, port))
    found.sort()
    if found and found[0][2] == "":
        raise Refused("RFC 6186 : l'opérateur n'offre pas ce service")
    return [(target, port) for _, _, target, port in found]


def address(dns: dict, host: str) -> str:
    answers = _query(dns, host, 1)
    if not answers:
        raise OSError("nom sans adresse")
    return socket.inet_ntoa(answers[0][0][:4])


def _query(dns: dict, name: str, kind: int) -> list:
    ident = secrets.randbits(16)
    question = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split(".")) + b"\0"
    packet = struct.pack("!HHHHHH", ident, 0x0100, 1, 0, 0, 0) + question + struct.pack("!HH", kind, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(5)
        udp.connect((dns["host"], dns["port"]))
        udp.send(packet)
        answer = udp.recv(4096)
    got, flags, _, count = struct.unpack("!HHHH", answer[:8])
    if got != ident or flags & 0x0F not in (0, 3):
        raise OSError("réponse DNS inutilisable")
    offset = 12 + len(question) + 4
    found = []
    for _ in range(count):
        _, offset = _name(answer, offset)
        record, _, _, length = struct.unpack("!HHIH", answer[offset : offset + 10])
        offset += 10
        if record == kind:
            found.append((answer[offset : offset + length], answer, offset))
        offset += length
    return found


def _name(packet: bytes, offset: int) -> tuple:
    labels, end, jumps = [], None, 0
    while packet[offset]:
        length = packet[offset]
        if length & 0xC0:
            jumps += 1
            if jumps > 10:
                raise OSError("nom DNS sans fin")
            end = end or offset + 2
            offset = struct.unpack("!H", packet[offset : offset + 2])[0] & 0x3FFF
            continue
        labels.append(packet[offset + 1 : offset + 1 + length].decode("ascii"))
        offset += 1 + length
    return ".".join(labels), end or offset + 1
