"""SMS through any gateway that takes an HTTP request. Its address was typed in, so it is asked like every such address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

import httpx

from admitone.integrations import outbound
from admitone.messaging.channels import channel
from admitone.messaging.channels.base import Channel, Parcel, Receipt, Refused

KEPT_BYTES = 4000
MAX_WORDS = 1000
TRANSIENT = frozenset({408, 425, 429, 503})
UNSURE = frozenset({500, 502, 504})
LOST = "The gateway did not confirm that it took the message."
TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class GatewayParams:
    """`body` is JSON, or a form written a={to}&b={text}; {to}, {digits} (without +), {from}, {text}, {id} and {secret}
    stand for values, in `headers` too. `accepted` is a text without which an answer is a refusal."""

    url: str
    secret: str = field(repr=False, default="")
    sender: str = ""
    method: Literal["POST", "PUT", "GET"] = "POST"
    format: Literal["json", "form"] = "json"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = '{"to": "{to}", "from": "{from}", "text": "{text}"}'
    accepted: str = ""
    timeout: float = 15.0


@channel("sms_http")
class SmsHttp(Channel[GatewayParams]):
    """SMS through a gateway's HTTP API."""

    Params = GatewayParams

    def deliver(self, parcel: Parcel, params: GatewayParams) -> Receipt:
        try:
            reply = asked(params, values_of(parcel, params))
        except outbound.Refused as refusal:
            raise Refused(str(refusal), permanent=True) from refusal
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Refused("The gateway cannot be reached.", permanent=False) from error
        except (httpx.HTTPError, OSError) as error:
            raise Refused(LOST, permanent=False, unsure=True) from error
        except (httpx.InvalidURL, ValueError) as error:
            raise Refused(f"The gateway's settings cannot be used: {error}", permanent=True) from error
        return judged(reply, params)


def values_of(parcel: Parcel, params: GatewayParams) -> dict[str, str]:
    return {
        "{to}": parcel.to,
        "{digits}": parcel.to.lstrip("+"),
        "{from}": params.sender,
        "{text}": parcel.text,
        "{id}": str(parcel.id),
        "{secret}": params.secret,
    }


def asked(params: GatewayParams, values: Mapping[str, str]) -> outbound.Reply:
    headers = {name: one_line(filled(text, values)) for name, text in params.headers.items()}
    url, content = params.url, b""
    if params.method == "GET":
        query = urlencode(form(params.body, values))
        url += ("&" if "?" in url else "?") + query
    else:
        content = written(params, values)
        headers.setdefault("Content-Type", TYPES[params.format])
    return outbound.post(
        url, content=content, headers=headers, timeout=params.timeout, kept=KEPT_BYTES, method=params.method
    )


def written(params: GatewayParams, values: Mapping[str, str]) -> bytes:
    if params.format == "form":
        return urlencode(form(params.body, values)).encode()
    return json.dumps(deep(json.loads(params.body), values), ensure_ascii=False).encode()


def form(body: str, values: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, filled(text, values)) for name, text in parse_qsl(body, keep_blank_values=True)]


def deep(node: Any, values: Mapping[str, str]) -> Any:
    """Placeholders in every text of a JSON document: what is filled in can never become its structure."""
    if isinstance(node, str):
        return filled(node, values)
    if isinstance(node, list):
        return [deep(one, values) for one in node]
    return {name: deep(one, values) for name, one in node.items()} if isinstance(node, dict) else node


def filled(text: str, values: Mapping[str, str]) -> str:
    """One pass: a text that holds {secret} is sent as it was written."""
    found, rest = "", text
    while rest:
        name = next((name for name in values if rest.startswith(name)), "")
        found += values[name] if name else rest[0]
        rest = rest[len(name) or 1 :]
    return found


def one_line(text: str) -> str:
    return "".join(c for c in text if c.isprintable())


def judged(reply: outbound.Reply, params: GatewayParams) -> Receipt:
    words = " ".join(reply.text.split())[:MAX_WORDS]
    if not 200 <= reply.status < 300:
        permanent = reply.status < 500 and reply.status not in TRANSIENT
        raise Refused(f"{reply.status} {words}".strip()[:MAX_WORDS], permanent=permanent, unsure=reply.status in UNSURE)
    if params.accepted and params.accepted not in reply.text:
        raise Refused(words or "The gateway answered nothing.", permanent=True)
    return Receipt(id_of(reply.text) or words[:254])


def id_of(text: str) -> str:
    """The gateway's own id of the message, where it is found at a usual place of a JSON answer."""
    try:
        answer = json.loads(text)
    except ValueError:
        return ""
    if not isinstance(answer, dict):
        return ""
    found = next((answer[name] for name in ("id", "message_id", "messageId", "sid") if answer.get(name)), "")
    return str(found)[:254] if isinstance(found, (str, int)) else ""
