"""Me: name, zone, language and theme; the way to password, two-step sign-in and passkeys."""

from __future__ import annotations

from typing import cast

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods

from admitone.accounts import services
from admitone.accounts.adapter import keep_preferences
from admitone.accounts.models import User
from admitone.calendars.models import Host
from admitone.calendars.services import set_own_video_room, sync_host
from admitone.logic.errors import Problem
from admitone.manage.feeds.views import own_rows
from admitone.manage.forms import LocaleField, ZoneField, posted, show_problem

THEMES = [("", gettext_lazy("Like the device")), ("light", gettext_lazy("Light")), ("dark", gettext_lazy("Dark"))]
FIELDS = ("name", "timezone", "locale", "theme")

LANGUAGE_HELP = gettext_noop(
    "Mails to you are written in it. The signed-in area is in English for now, with dates and numbers your way."
)


class MeForm(forms.Form):
    name = forms.CharField(max_length=120, label=gettext_lazy("Name"), help_text=gettext_lazy("Guests see it."))
    timezone = ZoneField(blank=gettext_lazy("Like the sub-account"))
    locale = LocaleField(blank=gettext_lazy("Like the browser"), help_text=gettext_lazy(LANGUAGE_HELP))
    video_url = forms.CharField(
        required=False,
        max_length=500,
        label=gettext_lazy("Your video room"),
        help_text=gettext_lazy(
            "https:// address, for calendars that meet in the room of whoever takes the appointment."
        ),
    )
    theme = forms.ChoiceField(choices=THEMES, required=False, label=gettext_lazy("Colours"), widget=forms.RadioSelect())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def me(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = MeForm(
        posted(request), initial={name: getattr(user, name) for name in FIELDS} | {"video_url": own_room(user)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            room = form.cleaned_data.pop("video_url")
            set_own_video_room(user=user, video_url=room)
            services.update_profile(user=user, **form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            return saved(request, user)
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if not Host.objects.filter(user=user).exists():
        del form.fields["video_url"]
    context = {"form": form, "has_totp": "totp" in kinds, "passkeys": kinds.count("webauthn"), "feeds": own_rows(user)}
    return render(request, "manage/me/me.html", context, status=422 if form.errors else 200)


def own_room(user: User) -> str:
    return Host.objects.filter(user=user).order_by("-video_url").values_list("video_url", flat=True).first() or ""


def saved(request: HttpRequest, user: User) -> HttpResponse:
    sync_host(user=user)
    messages.success(request, _("Saved."))
    response = redirect("manage:me")
    keep_preferences(response, user)
    if not user.locale:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return response
