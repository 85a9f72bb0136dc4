"""Reads mails with the parser of Python, strictly, and says what is wrong with them."""

import email
import email.policy
import pathlib
import sys

POLICY = email.policy.SMTP.clone(raise_on_defect=True)
ONCE = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version",
    "Content-Type", "Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress", "X-Hermes-Loop",
]


def problems(path):
    raw = path.read_bytes()
    head = raw.split(b"\r\n\r\n", 1)[0]
    if not head.isascii():
        yield "the header is not ASCII"
    if b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
        yield "a line does not end with CRLF"
    if max(map(len, raw.split(b"\r\n"))) > 998:
        yield "a line is longer than 998"
    if max(map(len, head.split(b"\r\n"))) > 78 * 2:
        yield "a line of the header is not folded"
    mail = email.message_from_bytes(raw, policy=POLICY)
    for name in ONCE:
        found = mail.get_all(name) or []
        if len(found) != 1:
            yield f"{name} is there {len(found)} times"
        for value in found:
            if getattr(value, "defects", None):
                yield f"{name}: {value.defects}"
    if mail["Precedence"]:
        yield "Precedence is there"
    kinds = [part.get_content_type() for part in mail.walk()]
    if kinds != ["multipart/alternative", "text/plain", "text/html"]:
        yield f"the parts are {kinds}"
    for part in mail.walk():
        if part.defects:
            yield f"{part.get_content_type()}: {part.defects}"
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    wide = [line for line in text.splitlines() if len(line) > 78 and " " in line.strip()[:78]]
    if wide:
        yield f"a line of the text is wide: {wide[0]!r}"
    if "(hermes-" not in text.splitlines()[0]:
        yield "the marker is not the first line"
    words = text.split("\n")[2].split()[0]
    if words not in html:
        yield "the HTML says something else"


if __name__ == "__main__":
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*.eml"))
    wrong = [f"{path.name}: {problem}" for path in paths for problem in problems(path)]
    print("\n".join(wrong) or f"{len(paths)} mails are well-formed")
    sys.exit(bool(wrong))
