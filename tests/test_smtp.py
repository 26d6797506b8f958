"""The SMTP server that other tests send to."""

import smtplib
from email.message import EmailMessage

import pytest
from tests.smtp import SmtpServer


def message() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "clinic@example.com", "guest@example.com", "Your appointment"
    mail.set_content("See you at nine.")
    return mail


def send(server: SmtpServer, login: tuple[str, str] | None = None) -> None:
    with smtplib.SMTP(server.host, server.port, timeout=10) as client:
        if login:
            client.login(*login)
        client.send_message(message())


def test_accepted_message_is_kept(smtp_server: SmtpServer):
    send(smtp_server)
    (received,) = smtp_server.messages
    assert (received.recipients, received.text().strip()) == (("guest@example.com",), "See you at nine.")


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("refuse_recipient", smtplib.SMTPRecipientsRefused),
        ("refuse_message", smtplib.SMTPDataError),
        ("busy", smtplib.SMTPDataError),
    ],
)
def test_refusing_mode_keeps_nothing(smtp_server: SmtpServer, mode: str, error: type[Exception]):
    smtp_server.mode = mode
    with pytest.raises(error):
        send(smtp_server)
    assert smtp_server.messages == []


def test_required_login_accepts_the_right_password_only(smtp_server: SmtpServer):
    smtp_server.require_login("clinic", "s3cret")
    send(smtp_server, ("clinic", "s3cret"))
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(smtp_server, ("clinic", "wrong"))
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(smtp_server)
    assert len(smtp_server.messages) == 1
