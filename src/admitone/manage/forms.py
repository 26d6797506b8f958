"""What the forms of the signed-in area share: refusals of a service shown at their fields, choices of zones and languages."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from admitone.logic.errors import Problem


def posted(request: HttpRequest) -> QueryDict | None:
    """The data of a POST, also an empty one; None lets the form show its initial values."""
    return request.POST if request.method == "POST" else None


def show_problem(form: forms.BaseForm, problem: Problem) -> None:
    """Put each sentence at its field, the rest on top of the form."""
    for name, sentence in problem.fields.items():
        form.add_error(name if name in form.fields else None, sentence)
    if not problem.fields:
        form.add_error(None, problem.detail)


def told(problem: Problem) -> JsonResponse:
    """A refusal for the page's own scripts, which have one place for all its sentences."""
    detail = " ".join(problem.fields.values()) or problem.detail
    fields = {"code": problem.code, "title": problem.title, "detail": detail, "fields": problem.fields}
    return JsonResponse(fields, status=problem.status)


@cache
def zones() -> list[tuple[str, str]]:
    """Every zone that people live in, by name."""
    skipped = ("Etc/", "posix/", "right/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")
    names = [name for name in available_timezones() if "/" in name and not name.startswith(skipped)]
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in sorted(names))]


def languages() -> list[tuple[str, str]]:
    return [(code, get_language_info(code)["name_local"]) for code, name in settings.LANGUAGES]


class ZoneField(forms.ChoiceField):
    """A zone by name; `blank` labels the empty choice, if there is one."""

    def __init__(self, *, blank: Any = "", **options: Any) -> None:
        options.setdefault("label", _("Time zone"))
        super().__init__(choices=lambda: [*first(blank), *zones()], required=not blank, **options)

    def valid_value(self, value: Any) -> bool:
        return True  # the service decides: every IANA name is good, also one that the list leaves out


class LocaleField(forms.ChoiceField):
    """A language in its own name; `blank` labels the empty choice, if there is one."""

    def __init__(self, *, blank: Any = "", **options: Any) -> None:
        options.setdefault("label", _("Language"))
        super().__init__(choices=lambda: [*first(blank), *languages()], required=not blank, **options)


def first(blank: Any) -> list[tuple[str, Any]]:
    return [("", blank)] if blank else []
