#!/usr/bin/env python3
"""Joue un scénario de `medimail validate`, ou envoie un document : voir README.md.

    medimail validate --out rapport -- python3 connecteur.py
"""

import imaplib
import json
import os
import smtplib
import sys
import tempfile
import urllib.request

from mss.connector import Connector, Traces
from mss.identity import Refused
from mss.session import Deferred, Operator, pause
from mss.tokens import GivenTokens, ProSanteConnect
from mss.transport import Revocation

FAILURES = (Refused, Deferred, OSError, smtplib.SMTPException, imaplib.IMAP4.error)


class Program:
    """Un connecteur par boîte, ouvert quand on en a besoin."""

    def __init__(self, ready: dict, folder: str):
        self.ready, self.folder = ready, folder
        self.connectors: dict = {}
        self.revocation = Revocation(os.path.join(folder, "crl"))

    def connector(self, address=None) -> Connector:
        boxes = self.ready["mailboxes"]
        found = next((box for box in boxes if box["address"] == address), None) if address else boxes[0]
        if found is None:
            raise Refused(f"boîte inconnue : {address}")
        key = found["address"]
        if key not in self.connectors:
            # Le libellé et le NIL sont ceux de la configuration de la boîte (ECO.2.2.7, ECO.2.4.3).
            with open(self.ready["configs"][key], encoding="utf-8") as file:
                config = json.load(file)
            box = {**found, "label": config["sender"]["label"], "nil": config["software"]["nil"], "software": "Exemple Python; 1.0"}
            operator = Operator(self.ready, box, self.tokens(box), self.revocation)
            traces = Traces(os.path.join(self.folder, "traces.jsonl"))
            self.connectors[key] = Connector(operator, traces, self.ready.get("directory"))
        return self.connectors[key]

    def tokens(self, box: dict):
        psc = self.ready.get("psc")
        if box["auth"]["method"] != "xoauth2" or not psc:
            return GivenTokens()
        secret = os.environ.get("MSS_PSC_SECRET", "medimail-test-secret")
        # Un vrai logiciel ouvre le navigateur (webbrowser.open) ; le bouchon laisse passer sans écran.
        return ProSanteConnect(psc["issuer"], "medimail-test", secret, lambda url: urllib.request.urlopen(url, timeout=60).close())

    def play(self, step: dict, found: list) -> str:
        """Une étape ; ce que le logiciel refuse de faire est une réponse, pas une panne."""
        action, box = step["action"], self.connector(step.get("mailbox"))
        if action == "send":
            if found:
                step = {**step, "to": [*step["to"], *found]}
            patience = 60 if step.get("expect") == "waiting" else 20
            return " ".join(box.send(step, patience))
        if action == "read":
            return f"{len(box.read(step)['documents'])} documents"
        if action == "reply":
            return box.reply(step, step["body"], step.get("fin", False), 20)
        if action == "receipt":
            return box.receipt(step, step["disposition"], step.get("code", ""))
        if action == "delete":
            box.delete(step)
        elif action == "search":
            results = box.search(step["query"])
            if step.get("then") == "send":
                found[:] = results[:1]
            return f"{len(results)} adresses"
        elif action == "connect":
            box.connect()
        elif action == "wait":
            box.mailbox.idle(step["seconds"]) if step.get("mailbox") else pause(step["seconds"])
        elif action == "restart":
            # Ce programme ne s'arrête pas pour de bon : il oublie ce qu'un arrêt oublierait, et le simulateur apprend qu'il est reparti.
            self.tell("end")
            for each in self.connectors.values():
                each.restart()
            self.tell("start")
        return "fait"

    def tell(self, what: str) -> None:
        """Dit au bouchon que le logiciel s'arrête (end) ou démarre (start), par son API de pilotage."""
        control = self.ready.get("control")
        if not control:
            return
        headers = {"Authorization": f"Bearer {control['token']}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{control['url']}/client", json.dumps({"what": what}).encode(), headers)
        urllib.request.urlopen(request, timeout=30).close()

    def close(self) -> None:
        for connector in self.connectors.values():
            connector.close()


def main() -> int:
    with open(os.environ["MEDIMAIL_MOCK"], encoding="utf-8") as file:
        ready = json.load(file)
    wanted = os.environ.get("MEDIMAIL_SCENARIO")
    scenarios = [s for s in ready.get("scenarios", []) if wanted in (None, s["id"])]
    program = Program(ready, os.environ.get("MSS_FOLDER") or tempfile.mkdtemp(prefix="mss-"))
    try:
        for scenario in scenarios:
            found: list = []
            for step in scenario["steps"]:
                try:
                    said = program.play(step, found)
                except FAILURES as error:
                    said = f"{type(error).__name__}: {error}"
                print(f"{scenario['id']}: {step['action']}: {said}", file=sys.stderr)
    finally:
        program.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
