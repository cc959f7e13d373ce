"""The peer of (d) that parses nothing: Python's imaplib. Prints {"ms", "mails", "peakBytes"} of one job."""

import base64
import imaplib
import json
import resource
import ssl
import sys
import time

what, port, ca, user, password, out = sys.argv[1:7]
imaplib._MAXLINE = 100_000_000
client = imaplib.IMAP4("localhost", int(port))
client.starttls(ssl.create_default_context(cafile=ca))
client.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
client.select("Drafts", readonly=True)
since = time.perf_counter()
exists = int(client.select("INBOX", readonly=True)[1][0])
mails = 0
if what == "attachment":
    _, data = client.fetch("1", "(BODY.PEEK[2])")
    with open(out, "wb") as file:
        file.write(base64.b64decode(data[0][1]))
else:
    first = exists - 49 if what == "first page" else 1
    items = "(UID FLAGS BODYSTRUCTURE ENVELOPE INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (REFERENCES AUTO-SUBMITTED)])"
    _, data = client.fetch(f"{first}:*", items)
    mails = sum(1 for item in data if isinstance(item, tuple))
elapsed = (time.perf_counter() - since) * 1000
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"ms": elapsed, "mails": mails, "peakBytes": peak}))
client.logout()
