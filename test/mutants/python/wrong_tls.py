"""TLS: what is offered, and what is accepted of a server."""

import ssl

from mss import session, transport
from wrong import mutant


def context(change):
    """The context of the right connector, then the change."""
    right = transport.tls_context

    def made(ca, client=None, crls=()):
        made_context = right(ca, client, crls)
        change(made_context)
        return made_context

    transport.tls_context = made


def no_revocation(made_context):
    made_context.verify_flags &= ~(ssl.VERIFY_CRL_CHECK_CHAIN | ssl.VERIFY_CRL_CHECK_LEAF)


@mutant("tls-1.1-accepted", "ECO.1.1.1", "tls-1.1", "goes on with a server limited to TLS 1.1")
def _():
    def old(made_context):
        made_context.minimum_version = ssl.TLSVersion.TLSv1
        # OpenSSL 3 has TLS 1.1 at its lowest security level only.
        made_context.set_ciphers(f"{transport.SUITES}:ECDHE-RSA-AES128-SHA:AES128-SHA:@SECLEVEL=0")

    context(old)


@mutant("tls-1.3-only", "ECO.1.1.2", "envoi-niveau-1", "does not speak TLS 1.2")
def _():
    def new(made_context):
        made_context.minimum_version = ssl.TLSVersion.TLSv1_3

    context(new)


@mutant("suites-weak-offered", "ECO.1.1.3", "envoi-niveau-1", "offers suites that are not of the list")
def _():
    context(lambda made: made.set_ciphers(f"{transport.SUITES}:ECDHE-RSA-AES128-SHA:AES256-SHA"))


@mutant("suites-default-offered", "ECO.1.1.3", "envoi-niveau-1", "offers what its library offers by default")
def _():
    context(lambda made: made.set_ciphers("DEFAULT"))


@mutant("suites-weak-accepted", "ECO.1.1.3", "tls-suites", "goes on with a server that has only suites outside of the list")
def _():
    context(lambda made: made.set_ciphers("ALL:@SECLEVEL=0"))


@mutant("certificate-expired", "ECO.1.1.5", "certificat-perime", "goes on with an expired certificate")
def _():
    unverified()


@mutant("certificate-untrusted", "ECO.1.1.10", "certificat-autre-autorite", "goes on with a certificate of an unknown authority")
def _():
    unverified()


@mutant("certificate-system-store", "ECO.1.1.10", "certificat-autre-autorite", "does not look at who signed the certificate")
def _():
    unverified()


@mutant("certificate-revoked", "ECO.1.1.6", "certificat-revoque", "asks for no revocation, and goes on with a revoked certificate")
def _():
    context(no_revocation)
    transport.Revocation.learn = lambda self, host, sock: self.urls.setdefault(host, [])


@mutant("certificate-revoked-ignored", "ECO.1.1.6", "certificat-revoque", "asks for the list and does not look into it")
def _():
    context(no_revocation)


@mutant("certificate-wrong-name", "RFC-7817", "certificat-autre-nom", "does not compare the name of the server")
def _():
    def nameless(made_context):
        made_context.check_hostname = False

    context(nameless)


@mutant("certificate-wrong-range", "ECO.1.1.10", "certificat-autre-gamme", "goes on with a certificate of another range of IGC-Santé")
def _():
    transport.check_range = lambda sock: None


@mutant("revocation-not-kept", "ECO.1.1.7", "liste-revocation-absente", "keeps no list: none to be had, no session")
def _():
    right = transport.Revocation._list

    def forgetful(self, url):
        import os

        kept = os.path.join(self.folder, "".join(c if c.isalnum() else "_" for c in url) + ".pem")
        if os.path.exists(kept):
            os.remove(kept)
        return right(self, url)

    transport.Revocation._list = forgetful


@mutant("client-certificate-missing", "APP-AUTH", "envoi-niveau-1", "shows no certificate of its own")
def _():
    right = transport.tls_context
    transport.tls_context = lambda ca, client=None, crls=(): right(ca, None, crls)


@mutant("authority-public", "ECO.1.1.4", "envoi-plusieurs-destinataires", "believes public authorities alone: the operator's certificate is refused")
def _():
    right = transport.tls_context

    def public(ca, client=None, crls=()):
        made = right(ca, client, ())
        fresh = ssl.create_default_context()
        fresh.set_ciphers(transport.SUITES)
        return fresh if made else made

    transport.tls_context = public


@mutant("revocation-soft", "ECO.1.1.6", "liste-absente-et-revoque", "goes on without a list where none can be had")
def _():
    right = transport.Revocation._list

    def soft(self, url):
        import urllib.error
        import urllib.request

        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            return None
        return right(self, url)

    transport.Revocation._list = soft
    lists = transport.Revocation.lists
    transport.Revocation.lists = lambda self, host: tuple(path for path in lists(self, host) if path)


@mutant("certificate-usage", "ECO.1.1.10", "certificat-autre-usage", "goes on with a certificate that is not for servers")
def _():
    unverified()


def unverified():
    """A context that verifies nothing, in a connector that leaves the rest as it is."""

    def blind(made_context):
        made_context.check_hostname = False
        made_context.verify_mode = ssl.CERT_NONE

    context(blind)
    transport.check_range = lambda sock: None
    transport.Revocation.learn = lambda self, host, sock: self.urls.setdefault(host, [])
    session.Operator.context = lambda self, host: transport.tls_context(self.ready["ca"], self.client)
