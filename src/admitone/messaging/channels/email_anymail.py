"""Email through a service's HTTP API. django-anymail writes the request; it is imported only where one is used."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.core.mail import EmailMultiAlternatives

from admitone.messaging.channels import channel
from admitone.messaging.channels.base import Channel, Parcel, Receipt, Refused
from admitone.messaging.esps import ESPS, Esp
from admitone.messaging.mime import address, headers_of, line, message_id

MAX_WORDS = 1000
TOO_LONG = "The service took the message but did not confirm it in time."
TRANSIENT = frozenset({408, 409, 425, 429})
#: Where services put their sentence in a JSON answer.
WORDS = ("message", "Message", "ErrorMessage", "error_message", "description", "detail", "reason", "error", "name")


@dataclass(frozen=True, slots=True)
class AnymailParams:
    """`options` are the values of the service's fields by name; `timeout` in seconds."""

    provider: str
    options: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 20.0


@channel("email_anymail")
class EmailAnymail(Channel[AnymailParams]):
    """Email through Mailgun, Postmark and the like: the account's own, see messaging/esps.py."""

    Params = AnymailParams

    def deliver(self, parcel: Parcel, params: AnymailParams) -> Receipt:
        esp = ESPS[params.provider]
        with refusals(esp):
            message = letter(parcel, esp)
            backend = backend_of(esp, params)
            backend.open()
            try:
                if esp.once:
                    backend.session.headers[esp.once] = str(parcel.id)
                backend.send_messages([message])
            finally:
                backend.close()
        return receipt(message.anymail_status)  # type: ignore[attr-defined]


def receipt(status: Any) -> Receipt:
    """Some services refuse with a status of 4xx that anymail takes for an answer about one of several recipients."""
    response = status.esp_response
    if response is not None and response.status_code >= 400:
        raise Refused(answered(response), permanent=response.status_code not in TRANSIENT)
    return Receipt(str(status.message_id or ""))


def backend_of(esp: Esp, params: AnymailParams) -> Any:
    """An instance of its own: accounts share no settings."""
    from anymail.exceptions import AnymailNotSupportedWarning

    warnings.simplefilter("ignore", AnymailNotSupportedWarning)  # SendGrid works, but is no longer tested there
    options = {name: value for name, value in params.options.items() if value and name not in ("region", esp.signed_by)}
    if url := esp.regions.get(params.options.get("region", ""), ""):
        options["api_url"] = url
    return import_module(esp.backend).EmailBackend(**options, timeout=params.timeout, fail_silently=False)


def letter(parcel: Parcel, esp: Esp) -> EmailMultiAlternatives:
    """ValueError when an address could not stand in a header."""
    sender, recipient = address(parcel.from_email), address(parcel.to)
    message = EmailMultiAlternatives(
        subject=line(parcel.subject),
        body=parcel.text,
        from_email=named(line(parcel.from_name), sender.addr_spec),
        to=[recipient.addr_spec],
        reply_to=[address(parcel.reply_to).addr_spec] if parcel.reply_to else None,
    )
    if parcel.html:
        message.attach_alternative(parcel.html, "text/html")
    if parcel.ics:
        kind = f"text/calendar; method={parcel.ics_method or 'REQUEST'}; charset=utf-8"
        message.attach("invite.ics", parcel.ics, kind)
    if esp.headers:
        message.extra_headers = {"Message-ID": message_id(parcel), **headers_of(parcel)}
    if esp.metadata:
        message.metadata = {"message": str(parcel.id)}  # type: ignore[attr-defined]
    return message


def named(name: str, email: str) -> str:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{email}>' if name else email


@contextmanager
def refusals(esp: Esp) -> Iterator[None]:
    """Turn every way in which a service fails into Refused with its own words."""
    from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused

    try:
        yield
    except AnymailRecipientsRefused as error:
        raise Refused(words_of(error) or f"{esp.label} refused the recipient.", permanent=True) from error
    except AnymailAPIError as error:
        raise judged(error, esp) from error
    except (AnymailError, ValueError) as error:
        raise Refused(" ".join(str(error).split())[:MAX_WORDS], permanent=True) from error


def judged(error: Any, esp: Esp) -> Refused:
    """By the answer's status; without one, by what went wrong on the way there."""
    status = error.status_code
    if status is None:
        return lost(error.__cause__, esp)
    if 200 <= status < 300:  # it has been taken, but what it answered makes no sense
        return Refused(words_of(error) or TOO_LONG, permanent=False, unsure=not esp.once)
    return Refused(words_of(error), permanent=status < 500 and status not in TRANSIENT)


def lost(cause: BaseException | None, esp: Esp) -> Refused:
    """No answer: it never heard of the message, or may have taken it."""
    import requests
    from urllib3.exceptions import ProtocolError

    if isinstance(cause, requests.ConnectTimeout):
        return Refused(f"{esp.label} did not answer in time.", permanent=False)
    hung_up = cause is not None and bool(cause.args) and isinstance(cause.args[0], ProtocolError)
    if isinstance(cause, requests.ReadTimeout) or hung_up:
        return Refused(TOO_LONG, permanent=False, unsure=not esp.once)
    return Refused(f"{esp.label} cannot be reached.", permanent=False)


def words_of(error: Any) -> str:
    response = getattr(error, "response", None)
    if response is None:
        return " ".join(str(error.args[0] if error.args else "").split())[:MAX_WORDS]
    return answered(response)


def answered(response: Any) -> str:
    """`401 Unauthorized: Invalid API key`, on one line."""
    try:
        said = sentence(response.json())
    except ValueError:
        said = response.text
    text = " ".join((said or response.text).split())
    return f"{response.status_code} {response.reason or ''}: {text}"[:MAX_WORDS].strip(" :")


def sentence(answer: Any) -> str:
    """The first sentence in a JSON answer, wherever the service puts it."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, list):
        return next((found for one in answer if (found := sentence(one))), "")
    if not isinstance(answer, dict):
        return ""
    named_first = [answer[name] for name in WORDS if answer.get(name)]
    inner = [value for value in answer.values() if isinstance(value, (dict, list))]
    return next((found for one in [*named_first, *inner] if (found := sentence(one))), "")
