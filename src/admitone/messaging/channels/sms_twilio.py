"""SMS through Twilio's REST API. Its package is imported only where it is used: it costs a second of start-up."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from admitone.messaging.channels import channel
from admitone.messaging.channels.base import Channel, Parcel, Receipt, Refused

API = "https://api.twilio.com"
MAX_WORDS = 1000
#: It had the request when these came back and may have taken the message; Twilio knows no idempotency key for SMS.
UNSURE = frozenset({500, 502, 504})
TRANSIENT = frozenset({408, 425, 429, 503})
LOST = "Twilio did not confirm that it took the message."
#: docs: twilio.com/docs/api/errors. What its code means, for people; reports come with the code alone.
MEANINGS = {
    "20003": "Twilio does not accept the account SID and auth token.",
    "21211": "This is not a phone number.",
    "21212": "The sender is not a number of this Twilio account.",
    "21408": "This Twilio account may not send to that country.",
    "21606": "The sender cannot send SMS to this number.",
    "21608": "A trial account of Twilio sends to verified numbers only.",
    "21610": "The reader has opted out by answering STOP.",
    "21612": "The sender cannot reach this number.",
    "21614": "This number cannot receive SMS: it is a landline.",
    "21617": "The text is too long.",
    "30001": "Twilio's queue is full.",
    "30002": "This Twilio account is suspended.",
    "30003": "The phone is off or cannot be reached.",
    "30004": "The phone or its company blocks this message.",
    "30005": "There is no such phone any more.",
    "30006": "This number cannot receive SMS: it is a landline, or its company cannot be reached.",
    "30007": "The phone company filtered the message as spam.",
    "30008": "The phone company gave no reason.",
    "30032": "The toll-free number is not verified yet.",
    "30034": "The number is not registered for A2P messaging in the United States.",
}
OPTED_OUT = "21610"
LANDLINE = ("21614", "30006")
ABOUT_READER = frozenset({"21211", "21408", "21610", "21612", "21614", "30003", "30004", "30005", "30006", "30008"})


@dataclass(frozen=True, slots=True)
class TwilioParams:
    """`sender` is a number (E.164), a name or a messaging service (MG...). `status_url` is told what becomes of it.

    `api` replaces Twilio's own address, for stand-ins; `timeout` in seconds.
    """

    account_sid: str
    auth_token: str = field(repr=False, default="")
    sender: str = ""
    status_url: str = ""
    api: str = ""
    timeout: float = 15.0


@channel("sms_twilio")
class SmsTwilio(Channel[TwilioParams]):
    """SMS through Twilio."""

    Params = TwilioParams

    def deliver(self, parcel: Parcel, params: TwilioParams) -> Receipt:
        with refusals():
            made = client_of(params).messages.create(**wanted(parcel, params))
        return Receipt(str(made.sid or ""))


def wanted(parcel: Parcel, params: TwilioParams) -> dict[str, str]:
    by = "messaging_service_sid" if params.sender.startswith("MG") else "from_"
    values = {"to": parcel.to, "body": parcel.text, by: params.sender}
    if params.status_url:
        values["status_callback"] = f"{params.status_url}?message={parcel.id}"
    return values


def client_of(params: TwilioParams) -> Any:
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    class StandIn(TwilioHttpClient):
        """Asks `api` instead of Twilio."""

        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            return super().request(method, params.api + url.removeprefix(API), *args, **kwargs)

    kind = StandIn if params.api else TwilioHttpClient
    http = kind(pool_connections=False, timeout=params.timeout, logger=silent())
    return Client(params.account_sid or "-", params.auth_token or "-", http_client=http)


def silent() -> logging.Logger:
    """Twilio's package would log every request, with its numbers."""
    logger = logging.getLogger("admitone.messaging.twilio")
    logger.setLevel(logging.WARNING)
    return logger


@contextmanager
def refusals() -> Iterator[None]:
    """Turn every way in which Twilio fails into Refused with its own words."""
    import requests
    from twilio.base.exceptions import TwilioException
    from urllib3.exceptions import ProtocolError

    try:
        yield
    except requests.ConnectTimeout as error:
        raise Refused("Twilio did not answer in time.", permanent=False) from error
    except requests.Timeout as error:
        raise Refused(LOST, permanent=False, unsure=True) from error
    except requests.ConnectionError as error:
        dropped = bool(error.args) and isinstance(error.args[0], ProtocolError)  # others never reached it
        raise Refused(LOST if dropped else "Twilio cannot be reached.", permanent=False, unsure=dropped) from error
    except requests.RequestException as error:
        raise Refused(flat(str(error)), permanent=True) from error
    except TwilioException as error:
        raise judged(error) from error
    except (ValueError, TypeError) as error:  # it answered something that is not Twilio's
        raise Refused(LOST, permanent=False, unsure=True) from error


def judged(error: Any) -> Refused:
    """By status and code of the answer; an error without them was found before anything was sent."""
    status = int(getattr(error, "status", 0) or 0)
    code = str(getattr(error, "code", "") or "")
    said = flat(str(getattr(error, "msg", "") or getattr(error, "detail", "") or getattr(error, "title", "")))
    said = said.removeprefix("Unable to create record: ") or ("" if status else flat(str(error)))
    named = f"{code}: {said}" if code and said else said or meaning(code) or f"Twilio answered {status}."
    permanent = status not in UNSURE and status not in TRANSIENT and status < 500
    return Refused(plainly(code, named), permanent=permanent, unsure=status in UNSURE)


def plainly(code: str, said: str) -> str:
    """Twilio's sentence, and for the codes that matter what it means."""
    known = MEANINGS.get(code, "")
    return f"{said} ({known})"[:MAX_WORDS] if known and known not in said else said[:MAX_WORDS]


def meaning(code: str) -> str:
    """`30006: This number cannot receive SMS ...`, for reports that carry only the code."""
    return f"{code}: {MEANINGS.get(code, 'See twilio.com/docs/api/errors/' + code)}" if code else ""


def flat(text: str) -> str:
    return " ".join(text.split())[:MAX_WORDS]
