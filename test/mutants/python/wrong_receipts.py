"""Receipts: MDN, refused integration, the ordinary mail of failure."""

import re

from mss import connector, mailbox, receipts
from wrong import mutant

ASKED = "accuse-rendu"
KO = "integration-refusee"
KO_MAIL = "integration-refusee-sans-demande"


def edited(function: str, change):
    """The mail that `function` makes, changed as bytes; what is not there to be changed is a mutant that mutates nothing."""
    right = getattr(receipts, function)

    def made(*arguments):
        to, content = right(*arguments)
        after = change(content)
        if after == content:
            raise AssertionError("nothing to change")
        return to, after

    setattr(receipts, function, made)


def cut(pattern: bytes, by: bytes = b""):
    return lambda content: re.sub(pattern, lambda _: by, content, count=1, flags=re.S)


@mutant("mdn-never", "ECO.3.1.6", ASKED, "returns no receipt where one is asked")
def _():
    connector.answer_with_receipt = lambda *arguments: None


@mutant("mdn-unasked", "ECO.3.1.6", "accuse-non-demande", "returns a receipt that nobody asked")
def _():
    def always(box, uid, disposition, code=""):
        raw = box.fetch(uid)
        if b"\nDisposition-Notification-To:" not in raw:
            sender = re.search(rb"\nFrom:[^<]*<([^>]+)>", raw)[1]
            raw = b"Disposition-Notification-To: " + sender + b"\r\n" + raw
        return receipts.mdn(box.operator.box, raw, disposition, code) + (True,)

    connector.answer_with_receipt = always


@mutant("mdn-twice", "RFC-8098", ASKED, "returns the receipt as often as it is told")
def _():
    right = connector.Connector.receipt

    def twice(self, wanted, disposition, code=""):
        right(self, wanted, disposition, code)
        return right(self, wanted, disposition, code)

    mailbox.Mailbox.flags = lambda self, uid: b""
    connector.Connector.receipt = twice


@mutant("mdn-of-mdn", "RFC-8098", "accuse-d-accuse", "returns a receipt to a receipt")
def _():
    def any_mail(original):
        return original["Disposition-Notification-To"] is not None

    receipts.may_answer = any_mail


@mutant("mdn-return-path", "RFC-8098", ASKED, "sends the receipt from its mailbox instead of the null path")
def _():
    right = connector.Connector.deliver
    connector.Connector.deliver = lambda self, to, content, delivery=True, patience=0, sender=None: right(
        self, to, content, delivery, patience, self.box["address"]
    )


@mutant("mdn-plain", "in-mdn", ASKED, "returns the receipt as an ordinary text")
def _():
    edited("mdn", cut(rb"multipart/report; report-type=disposition-notification", b"multipart/mixed"))


@mutant("mdn-no-original", "in-mdn", ASKED, "does not return the original")
def _():
    edited("mdn", cut(rb"(?<=\r\n)--=_[0-9a-f]+\r\nContent-Type: message/rfc822.*?(?=--=_[0-9a-f]+--\r\n)"))


@mutant("mdn-headers-only", "in-mdn", ASKED, "returns the headers of the original only")
def _():
    edited("mdn", cut(rb"Content-Type: message/rfc822", b"Content-Type: text/rfc822-headers"))


@mutant("mdn-no-original-id", "in-mdn", ASKED, "does not say which mail it is about")
def _():
    edited("mdn", cut(rb"Original-Message-ID: [^\r]*\r\n"))


@mutant("mdn-no-final-recipient", "in-mdn", ASKED, "has no Final-Recipient")
def _():
    edited("mdn", cut(rb"Final-Recipient: [^\r]*\r\n"))


@mutant("mdn-no-original-recipient", "in-mdn", ASKED, "has no Original-Recipient")
def _():
    edited("mdn", cut(rb"Original-Recipient: [^\r]*\r\n"))


@mutant("mdn-no-disposition", "in-mdn", ASKED, "has no Disposition")
def _():
    edited("mdn", cut(rb"Disposition: [^\r]*\r\n"))


@mutant("mdn-unknown-disposition", "in-mdn", ASKED, "says a disposition that does not exist")
def _():
    edited("mdn", cut(rb"; displayed\r\n", b"; lu\r\n"))


@mutant("mdn-filed-subject", "in-mdn", "accuse-traite", "says that documents were filed under a subject of its own")
def _():
    receipts._success_subject = lambda original, disposition: "Accusé de lecture"


@mutant("mdn-to-sender", "in-mdn", "accuse-autre-adresse", "sends the receipt to the sender where it is asked elsewhere")
def _():
    right = receipts.mdn

    def to_sender(box, raw, disposition, code=""):
        sender = re.search(rb"\nFrom:[^<]*<([^>]+)>", raw)[1]
        return right(box, re.sub(rb"Disposition-Notification-To: [^\r]*", b"Disposition-Notification-To: " + sender, raw), disposition, code)

    receipts.mdn = to_sender


@mutant("mdn-no-nil", "ECO.2.4.3", ASKED, "leaves X-MSS-NIL out of receipts")
def _():
    edited("mdn", cut(rb"X-MSS-NIL: [^\r]*\r\n"))


@mutant("ko-says-processed", "in-mdn-ko", KO, "says that a document is processed which it refuses")
def _():
    edited("mdn", cut(rb"; processed/error\r\n", b"; processed\r\n"))


@mutant("ko-no-error-field", "in-mdn-ko", KO, "does not say why")
def _():
    edited("mdn", cut(rb"\r\nError: [^\r]*(?:\r\n [^\r]*)*"))


@mutant("ko-old-form-no-code", "in-mdn-ko", KO, "writes words into the modifier where the guide in force has the code")
def _():
    edited("mdn", cut(rb"; processed/error\r\nError: [^\r]*(?:\r\n [^\r]*)*", b"; processed/Error: Patient inconnu"))


@mutant("ko-code-unknown", "in-mdn-ko", KO, "gives a code that does not exist")
def _():
    edited("mdn", lambda content: content.replace(b"902", b"999"))


@mutant("ko-subject", "in-mdn-ko", KO, "has an ordinary subject")
def _():
    receipts._ko_subject = lambda original, code: "Accusé de lecture"


@mutant("ko-subject-no-code", "in-mdn-ko", KO, "does not write the code into the subject")
def _():
    receipts._ko_subject = lambda original, code: f"[KO Intégration système !] {original['Subject']}"


@mutant("ko-mail-never", "in-std", KO_MAIL, "says nothing where no receipt was asked")
def _():
    right = connector.answer_with_receipt
    connector.answer_with_receipt = lambda *arguments: (made := right(*arguments)) and (made if made[2] else None)


@mutant("ko-mail-no-original", "in-std", KO_MAIL, "does not return the original")
def _():
    edited("failure_mail", cut(rb"(?<=\r\n)--=_[0-9a-f]+\r\nContent-Type: message/rfc822.*?(?=--=_[0-9a-f]+\r\n)"))


@mutant("ko-mail-no-files", "in-std", KO_MAIL, "gives back the header of the original alone, and no attachment")
def _():
    from email.message import EmailMessage

    right = receipts.failure_mail
    whole = receipts._message
    receipts._message = lambda raw: whole(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")

    def bare(box, raw, code):
        attachments = EmailMessage.iter_attachments
        EmailMessage.iter_attachments = lambda self: iter(())
        try:
            return right(box, raw, code)
        finally:
            EmailMessage.iter_attachments = attachments

    receipts.failure_mail = bare


@mutant("ko-mail-subject", "in-std", KO_MAIL, "does not write the code into the subject")
def _():
    receipts._ko_subject = lambda original, code: f"[KO Intégration système !] {original['Subject']}"


@mutant("ko-mail-own-subject", "in-std", KO_MAIL, "tells the failure under a subject of its own")
def _():
    receipts._ko_subject = lambda original, code: "Document non intégré"


@mutant("ko-mail-reply-subject", "in-std", KO_MAIL, "tells the failure as a reply")
def _():
    receipts._ko_subject = lambda original, code: f"Re: {original['Subject'] or ''}"
