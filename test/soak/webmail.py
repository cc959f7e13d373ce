"""The other client of the watched mailboxes: reads, marks, moves and deletes what has been there for some minutes."""
import imaplib, random, ssl, sys, time

ca, port, password, seconds, *addresses = sys.argv[1:]
end = time.time() + float(seconds)
tls = ssl.create_default_context(cafile=ca)
acts = 0


def visit(address):
    global acts
    box = imaplib.IMAP4("localhost", int(port), timeout=30)
    box.starttls(tls)
    box.login(address, password)
    try:
        box.create("Dossiers")
        for folder in ("INBOX", "Dossiers", "Trash", "Sent"):
            if box.select(folder)[0] != "OK":
                continue
            # Old enough for a watcher to have told of it, even after an outage; folders stay short.
            old = box.uid("SEARCH", "OLDER", "180")[1][0].split()
            random.shuffle(old)
            for uid in old[:15]:
                uid = uid.decode()
                way = random.random()
                if way < 0.2:
                    box.uid("STORE", uid, "+FLAGS", r"(\Seen)")
                elif way < 0.4:
                    box.uid("STORE", uid, "FLAGS", random.choice([r"(\Flagged)", r"(\Answered \Seen)", "($Label1)", "()"]))
                elif way < 0.6 and folder == "INBOX":
                    box.uid("MOVE", uid, "Dossiers")
                else:
                    box.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
                acts += 1
            box.expunge()
    finally:
        box.logout()


while time.time() < end:
    try:
        visit(random.choice(addresses))
    except (OSError, imaplib.IMAP4.error):
        pass  # the server restarts
    time.sleep(2)
print(f"webmail: {acts} acts")
