"""Jetons Pro Santé Connect : code d'autorisation avec PKCE, renouvellement, fin de session. Rien n'est jamais écrit sur disque."""

import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from .identity import Refused


class LoginRequired(Refused):
    """Le renouvellement est refusé : la session de messagerie se ferme, le professionnel doit se reconnecter (ECO.1.2.6)."""


class GivenTokens:
    """Le jeton est donné de l'extérieur : par le logiciel qui gère déjà Pro Santé Connect."""

    def get(self, box: dict, fresh: bool) -> str:
        return box["auth"]["token"]

    def forget(self) -> None:
        pass


class ProSanteConnect:
    """Le connecteur tient la session : jeton en mémoire seulement (ECO.1.2.5), renouvelé avant sa fin."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, browser):
        self.issuer, self.client_id, self.client_secret, self.browser = issuer, client_id, client_secret, browser
        self.access, self.until, self.refresh, self.id_token = "", 0.0, "", ""
        self.places: dict = {}

    def get(self, box: dict, fresh: bool) -> str:
        if self.access and not fresh and time.monotonic() < self.until:
            return self.access
        if self.refresh:
            try:
                self._grant({"grant_type": "refresh_token", "refresh_token": self.refresh})
            except LoginRequired:
                self.forget()
                raise
        else:
            self._login()
        return self.access

    def forget(self) -> None:
        self.access, self.until, self.refresh, self.id_token = "", 0.0, "", ""

    def logout(self) -> None:
        """Le professionnel se déconnecte : fin de session chez Pro Santé Connect aussi."""
        if self.id_token:
            query = urllib.parse.urlencode({"id_token_hint": self.id_token})
            _get(f"{self._discover()['end_session_endpoint']}?{query}")
        self.forget()

    def _discover(self) -> dict:
        if not self.places:
            # Le nom du document n'est pas celui de la norme.
            self.places = json.loads(_get(f"{self.issuer}/.well-known/wallet-openid-configuration"))
        return self.places

    def _login(self) -> None:
        verifier, state, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        with _Landing() as landing:
            query = {
                "response_type": "code", "client_id": self.client_id, "redirect_uri": landing.url, "scope": "openid scope_all",
                "acr_values": "eidas1", "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
            }  # fmt: skip
            self.browser(f"{self._discover()['authorization_endpoint']}?{urllib.parse.urlencode(query)}")
            answer = landing.wait()
        if answer.get("state") != state or "code" not in answer:
            raise LoginRequired("Pro Santé Connect : connexion refusée")
        grant = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": landing.url, "code_verifier": verifier}
        self._grant(grant)

    def _grant(self, form: dict) -> None:
        basic = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        request = urllib.request.Request(
            self._discover()["token_endpoint"],
            urllib.parse.urlencode(form).encode(),
            {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            raise LoginRequired(f"Pro Santé Connect : {error.code}") from None
        self.access = answer["access_token"]
        self.refresh = answer.get("refresh_token", self.refresh)
        self.id_token = answer.get("id_token", self.id_token)
        # Renouvelé avant la fin, dont la durée se lit et ne se suppose pas.
        self.until = time.monotonic() + max(1.0, float(answer.get("expires_in", 60)) - 20)


class _Landing:
    """Où le navigateur revient : une adresse de cette machine, le temps d'une connexion."""

    def __enter__(self):
        landing = self
        self.answer: dict = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                landing.answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.end_headers()
                self.wfile.write("Vous pouvez fermer cette page.".encode())

            def log_message(self, *arguments):
                pass  # l'adresse contient le code

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.server.timeout = 120
        self.url = f"http://127.0.0.1:{self.server.server_port}/retour"
        self.thread = threading.Thread(target=self.server.handle_request, daemon=True)
        self.thread.start()
        return self

    def wait(self) -> dict:
        self.thread.join(timeout=125)
        return self.answer

    def __exit__(self, *_):
        self.server.server_close()


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read(1_000_000)
