"""The bytes of a mail: parts, headers, names of every kind, and nothing smuggled in."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any
from uuid import UUID

import pytest

from admitone.messaging.channels import Parcel
from admitone.messaging.mime import address, build

ID = UUID("0192f0c8-0000-7000-8000-000000000001")


def parcel(**fields: Any) -> Parcel:
    values = {
        "id": ID,
        "at": datetime(2026, 11, 2, 9, tzinfo=UTC),
        "from_name": "Praxis Klein",
        "from_email": "praxis@klein.example",
        "to": "ana@example.com",
        "reply_to": "dr@klein.example",
        "subject": "Appointment",
        "text": "See you.\n",
        **fields,
    }
    return Parcel(**values)


def parsed(**fields: Any) -> EmailMessage:
    return message_from_bytes(build(parcel(**fields)).content, policy=policy.default)


def test_plain_mail_has_the_headers_of_an_automatic_one() -> None:
    message = parsed()
    assert message["Message-ID"] == f"<{ID}@testserver>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert (message["From"], message["Reply-To"]) == ("Praxis Klein <praxis@klein.example>", "dr@klein.example")
    assert message.get_content_type() == "text/plain"


def test_invitation_has_text_html_calendar_and_attachment() -> None:
    ics = "BEGIN:VCALENDAR\r\nSUMMARY:Grüße\r\nEND:VCALENDAR\r\n"
    message = parsed(html="<p>See you.</p>", ics=ics, ics_method="REQUEST")
    alternative, attachment = message.iter_parts()
    assert [part.get_content_type() for part in alternative.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    calendar = list(alternative.iter_parts())[2]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_content_charset() == "utf-8"
    assert calendar.get_payload(decode=True).decode() == ics
    assert (attachment.get_content_type(), attachment.get_filename()) == ("application/ics", "invite.ics")
    assert attachment.get_content() == ics.encode()


def test_names_in_every_script_survive() -> None:
    name, subject = 'Клиника «Müller» 診療所, "Süd"', "Termin bei Dr. Müller: Fr., 6. Nov. 2026 – 診療 " * 3
    message = parsed(from_name=name, subject=subject)
    assert message["From"].addresses[0].display_name == name
    assert message["Subject"] == subject.strip()


@pytest.mark.parametrize(
    "name", ["Dr. Klein, M.D.", 'The "Practice"', "a\\b", "", "Praxis Dr. Müller-Lüdenscheidt & Kollegen, Süd " * 2]
)
def test_sender_names_survive_quoting(name: str) -> None:
    raw = message_from_bytes(build(parcel(from_name=name)).content)["From"]
    shown, spec = parseaddr(raw)
    shown = str(make_header(decode_header(shown)))
    assert (shown, spec) == (name.strip(), "praxis@klein.example")


def test_long_plain_subject_survives_folding() -> None:
    assert parsed(subject="appointment " * 20)["Subject"] == ("appointment " * 20).strip()


def test_international_domain_is_sent_in_ascii() -> None:
    mime = build(parcel(to="ana@müller.example", from_email="x@praxis-süd.example"))
    assert (mime.recipient, mime.utf8) == ("ana@xn--mller-kva.example", False)
    assert mime.sender == "x@xn--praxis-sd-x9a.example"


def test_international_local_part_needs_smtputf8() -> None:
    mime = build(parcel(to="müller@example.com"))
    assert mime.utf8
    assert "müller@example.com".encode() in mime.content


@pytest.mark.parametrize("field", ["subject", "from_name"])
@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: evil@example.com", "x\nX-Evil: 1\n\nbody", "x\x00\x0b\u2028Bcc: evil@example.com"]
)
def test_line_breaks_in_header_text_make_no_header(field: str, evil: str) -> None:
    message = parsed(**{field: evil})
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert sorted(message.keys()) == sorted(parsed().keys())


@pytest.mark.parametrize("field", ["to", "from_email", "reply_to"])
@pytest.mark.parametrize(
    "evil",
    [
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com,b@example.com",
        "<a@example.com>",
        "a b@example.com",
        "@x",
        "a@",
        "a",
    ],
)
def test_anything_but_one_address_is_refused(field: str, evil: str) -> None:
    with pytest.raises(ValueError, match="not an email address"):
        build(parcel(**{field: evil}))


def test_long_text_lines_stay_below_the_limit_of_smtp() -> None:
    content = build(parcel(text="Wort " * 2000 + "\n", html=f"<p>{'ü' * 5000}</p>")).content
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert parsed(text="Wort " * 2000 + "\n").get_content().splitlines() == ["Wort " * 2000]


def test_address_keeps_the_local_part() -> None:
    assert address("Ana.Lima+x@Example.com").addr_spec == "Ana.Lima+x@example.com"


def test_address_to_unsubscribe_stands_whole_on_its_line() -> None:
    url = f"https://book.{'long' * 12}.example/u/{'x' * 44}"
    raw = build(parcel(unsubscribe=url)).content.decode()
    assert f"\r\nList-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
