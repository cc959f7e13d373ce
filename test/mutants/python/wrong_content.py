"""What a connector that packs for itself can get wrong and ours could not be made to."""

from mss import connector, mail, xdm
from wrong import mutant


@mutant("two-patients", "ECO.2.1.1-b", "envoi-deux-patients", "puts the documents of two patients into one mail")
def _():
    connector.xdm.patient_id = xdm.patient_id
    right = xdm.pack

    def careless(documents, software, action="create", masks=()):
        kept = xdm.Refused

        class Passed(Exception):
            pass

        def same(header):
            return "one"

        before, xdm.patient_id = xdm.patient_id, same
        try:
            return right(documents, software, action, masks)
        finally:
            xdm.patient_id = before
            xdm.Refused = kept

    connector.xdm.pack = careless


@mutant("filename-8-bit", "RFC-2047-2231", "envoi-accents", "writes the name of the PDF in bare UTF-8")
def _():
    import re

    right = mail.serialise

    def bare(message):
        name = next(part.get_filename() for part in message.iter_attachments() if part.get_content_type() == "application/pdf")
        content = right(message)
        pattern = rb"filename\*(?:0\*)?=.*?(?=\r\n[A-Za-z-]+:|\r\n\r\n)"
        return re.sub(pattern, lambda _: b'filename="' + name.encode() + b'"', content, count=1, flags=re.S)

    mail.serialise = bare


@mutant("filename-encoded-words", "RFC-2047-2231", "envoi-accents", "writes the name of the PDF in encoded words")
def _():
    import base64
    import re

    right = mail.serialise

    def words(message):
        name = next(part.get_filename() for part in message.iter_attachments() if part.get_content_type() == "application/pdf")
        word = b"=?utf-8?B?" + base64.b64encode(name.encode()) + b"?="
        pattern = rb"filename\*(?:0\*)?=.*?(?=\r\n[A-Za-z-]+:|\r\n\r\n)"
        return re.sub(pattern, lambda _: b'filename="' + word + b'"', right(message), count=1, flags=re.S)

    mail.serialise = words
