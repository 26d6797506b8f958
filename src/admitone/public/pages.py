"""One answer to one visitor: language, headers, brand, framing. Touches no session, no user, no messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from admitone.calendars.plans import brand_css
from admitone.logic.bookings import UTM_KEYS
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_zone
from admitone.logic.origins import allows
from admitone.logic.plan import PlanBrand
from admitone.public.language import Speech, choose, speaking

#: Query parameters that links and forms of a page carry on.
KEPT = ("tz", "lang", "embed", "origin", "id", "host", "duration", "party", "calendar", "group", *UTM_KEYS)
MAX_KEPT = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """A request, its instant and what it says about its visitor."""

    request: HttpRequest
    now: datetime
    speech: Speech
    asked: tuple[str, ...] = ()  # query parameters that answer questions of a form

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.GET

    @property
    def is_post(self) -> bool:
        return self.request.method == "POST"

    @property
    def embedded(self) -> bool:
        return self.query.get("embed") == "1"

    @property
    def utm(self) -> dict[str, str]:
        return {key: self.query[key][:MAX_KEPT] for key in UTM_KEYS if self.query.get(key)}

    def zone(self) -> str:
        """A valid ?tz=, or the `tz` a form carries, or empty."""
        for raw in (self.query.get("tz"), self.request.POST.get("tz") if self.is_post else None):
            try:
                if raw:
                    return clean_zone(str(raw))
            except ValueError:
                continue
        return ""

    def kept(self, *without: str) -> dict[str, str]:
        """The query parameters that the page's links and forms carry on."""
        keys = [key for key in (*KEPT, *self.asked) if self.query.get(key) and key not in without]
        return {key: self.query[key][:MAX_KEPT] for key in keys}

    def keep(self, *without: str, **more: str) -> str:
        """The same as `a=b&c=d`."""
        return urlencode(self.kept(*without) | more)

    def speaking_for(self, fallback: str) -> Visit:
        """The same visit, in the language for a page whose owner or booking speaks `fallback`."""
        return Visit(self.request, self.now, choose(self.request, fallback))


View = Callable[..., HttpResponseBase]


class Owned(Protocol):
    """Whose page it is: a calendar's plan or a form."""

    @property
    def account_name(self) -> str: ...
    @property
    def brand(self) -> PlanBrand: ...
    @property
    def embed_origins(self) -> Sequence[str]: ...
    @property
    def redirect_url(self) -> str: ...


def public(*methods: str) -> Callable[[View], View]:
    """A session-free view `view(visit, ...)`; refusals that mean "no such thing" get the one page that gives no hint."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @gzip_page
        @require_http_methods([*methods, "HEAD"] if "GET" in methods else [*methods])
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            visit = Visit(request, timezone.now(), choose(request, "en"))
            try:
                return view(visit, *args, **kwargs)
            except Problem as problem:
                return refused(visit, problem)

        return answer

    return decorate


def refused(visit: Visit, problem: Problem) -> HttpResponse:
    """Rate limits and everything unknown; the body of 404 is the same whatever was asked for."""
    if problem.code == "rate_limited":
        seconds = int(problem.extra.get("retry_after", 60))
        response = page(visit, "public/limited.html", {"minutes": -(-seconds // 60)}, status=429)
        response["Retry-After"] = str(seconds)
        return response
    if problem.status == 404:
        return page(visit, "public/unknown.html", {}, status=404)
    return page(visit, "public/refused.html", {"problem": problem}, status=problem.status)


def page(
    visit: Visit, template: str, context: Mapping[str, Any], *, plan: Owned | None = None, status: int = 200
) -> HttpResponse:
    """Render a page of `plan`'s owner (or of nobody) in the visitor's language."""
    shared = {
        "request": visit.request,
        "visit": visit,
        "plan": plan,
        "keep": f"&{visit.keep()}" if visit.keep() else "",
        "embed_origin": embed_origin(visit, plan),
        "brand_css": mark_safe(brand_css(plan.brand)) if plan and plan.brand.css_hash else "",  # noqa: S308 - built from a checked colour
    }
    with speaking(visit.speech):
        body = render_to_string(template, {**shared, **context})
    response = HttpResponse(body, status=status)
    response["Content-Language"] = visit.speech.language
    return finish(response, plan, preview=in_preview(visit))


def finish(response: HttpResponse, plan: Owned | None = None, *, preview: bool = False) -> HttpResponse:
    """Headers of every public answer, and who may frame it or take its form's redirect."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    if plan is not None:
        framing: dict[str, list[str]] = {}
        if plan.embed_origins or preview:
            framing["frame-ancestors"] = [*(["'self'"] if preview else []), *plan.embed_origins]
        if plan.redirect_url.startswith("https://"):
            framing["form-action"] = ["'self'", "https://" + urlsplit(plan.redirect_url).netloc]
        response._csp_replace = framing  # type: ignore[attr-defined]  # what csp.decorators.csp_replace sets
    return response


def see_other(url: str, plan: Owned | None = None) -> HttpResponse:
    """303: the browser's next request is a GET, so that a reload sends no form again."""
    response = HttpResponse(status=303)
    response["Location"] = url
    return finish(response, plan)


def with_query(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def embed_origin(visit: Visit, plan: Owned | None) -> str:
    """The origin of the page that frames us, if it says so and the owner allows it; messages go nowhere else."""
    claimed = visit.query.get("origin", "")[:MAX_KEPT]
    if not visit.embedded or plan is None:
        return ""
    return claimed if in_preview(visit) or any(allows(pattern, claimed) for pattern in plan.embed_origins) else ""


def in_preview(visit: Visit) -> bool:
    """Does the page around say that it is ours? The owner's preview of an embed is; the browser checks it."""
    own = f"{visit.request.scheme}://{visit.request.get_host()}"
    return visit.embedded and visit.query.get("origin") == own
