"""Python's own IMAP client against a server: what it understood, as JSON. Started by imaplib.test.ts, which reads it."""

import imaplib
import json
import ssl
import sys

access = json.loads(sys.argv[1])
imaplib.Commands.update({"MOVE": ("SELECTED",), "IDLE": ("AUTH", "SELECTED")})
MAIL = b"From: <a@t.fr>\r\nTo: <b@t.fr>\r\nSubject: Essai\r\nMessage-ID: <%d@t.fr>\r\n\r\nBonjour\r\n"
out = {}


def connect():
    client = imaplib.IMAP4("localhost", access["port"])
    client.starttls(ssl.create_default_context(cadata=access["ca"]))
    if "xoauth2" in access:
        secret = f"user={access['user']}\x01auth=Bearer {access['xoauth2']}\x01\x01".encode()
        client.authenticate("XOAUTH2", lambda challenge: secret)
    else:
        client.authenticate("PLAIN", lambda challenge: f"\0{access['user']}\0{access['plain']}".encode())
    return client


def text(data):
    return [part.decode("latin1") if isinstance(part, bytes) else part for part in data if part is not None]


a, b = connect(), connect()
out["capabilities"] = text(a.capability()[1])[-1].split()
for number in range(1, 6):
    a.append("INBOX", "", None, MAIL % number)
out["enabled"] = text(b.enable("QRESYNC")[1])
a.select("INBOX")
out["selected"] = text(b.select("INBOX")[1])
modseq = b.response("HIGHESTMODSEQ")[1][0].decode()
out["modseq"] = int(modseq)
validity = b.response("UIDVALIDITY")[1][0].decode()

a.uid("STORE", "2,4", "+FLAGS.SILENT", "(\\Deleted)")
a.uid("EXPUNGE", "2,4")
a.uid("STORE", "5", "+FLAGS", "(\\Flagged)")
b.noop()
out["vanished"] = text(b.response("VANISHED")[1])
out["flags"] = text(b.response("FETCH")[1])
out["changedSince"] = text(b.uid("FETCH", "1:*", "(FLAGS)", f"(CHANGEDSINCE {modseq})")[1])
typ, data = b.uid("STORE", "5", f"(UNCHANGEDSINCE {modseq})", "+FLAGS.SILENT", "(\\Seen)")
out["conditional"] = [typ, *text(b.response("MODIFIED")[1])]

b.unselect()
typ, data = b._simple_command("SELECT", "INBOX", f"(QRESYNC ({validity} {modseq}))")
b.state = "SELECTED"
out["resync"] = [typ, *text(b.response("VANISHED")[1])]

out["search"] = text(b.uid("SEARCH", "FLAGGED")[1])
out["body"] = [part[1].decode("latin1") for part in b.uid("FETCH", "1", "(BODY.PEEK[])")[1] if isinstance(part, tuple)]
out["copied"] = b.uid("COPY", "1", "Trash")[0]
out["moved"] = b.uid("MOVE", "3", "Trash")[0]
out["trash"] = text(b.status("Trash", "(MESSAGES UIDNEXT)")[1])
out["folders"] = text(b.list()[1])
out["left"] = text(b.uid("SEARCH", "ALL")[1])
b.close()
for client in (a, b):
    client.logout()
print(json.dumps(out))
