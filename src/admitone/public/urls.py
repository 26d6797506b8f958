"""Addresses for guests. The two-part address of a calendar comes last of all."""

from django.urls import path, register_converter

from admitone.public.views import (
    answer,
    assets,
    booking,
    calendar,
    feed,
    form,
    group,
    link,
    preview,
    unsubscribe,
    waiting,
)


class Segment:
    """A slug of lower-case letters, digits and hyphens: an account's or a calendar's part of an address."""

    #: Not what lies behind the sign-in: there a missing slash is added.
    regex = "(?!(?:accounts|app|invitation)/)[a-z0-9][a-z0-9_-]{0,79}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Segment, "segment")

app_name = "public"
urlpatterns = [
    path("robots.txt", assets.robots, name="robots"),
    path("favicon.ico", assets.favicon, name="favicon"),
    path("embed.js", assets.embed, name="embed"),
    path("brand/<str:css_hash>.css", assets.brand, name="brand"),
    path("logo/<str:blob_id>", assets.logo, name="logo"),
    path("o/<str:token>", link.link, name="link"),
    path("o/<str:token>/request", link.request, name="request"),
    path("o/<str:token>/mine", link.mine, name="mine"),
    path("o/<str:token>/code", link.code, name="code"),
    path("o/<str:token>/opened", link.opened_by_hand, name="opened"),
    path("o/<str:token>/wait/<int:start>", waiting.of_link, name="wait_by_link"),
    path("c/<str:calendar_id>/wait/<int:start>", waiting.of_calendar, name="wait"),
    path("w/<str:token>", waiting.place, name="waiting_place"),
    path("o/<str:token>/thanks", link.thank_you, name="thanks"),
    path("b/<str:token>", booking.manage, name="manage_booking"),
    path("b/<str:token>/reschedule", booking.reschedule, name="reschedule"),
    path("b/<str:token>/cancel", booking.cancel, name="cancel"),
    path("b/<str:token>/calendar.ics", booking.calendar_file, name="calendar_file"),
    path("a/<str:token>", answer.answer, name="answer"),
    path("f/<str:form_id>", form.form, name="form"),
    path("f/<str:form_id>/thanks", form.thanks, name="form_thanks"),
    path("feed/<str:token>.ics", feed.feed, name="feed"),
    path("preview/<str:key>", preview.preview, name="preview"),
    path("u/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("c/<str:calendar_id>", calendar.permanent, name="permanent"),
    path("<segment:account>/g/<segment:group_slug>", group.group, name="group"),
    path("<segment:account>/<segment:calendar>", calendar.scheduling, name="scheduling"),
    path("o/<str:token>/", assets.without_slash, name="without_slash"),
    path("b/<str:token>/", assets.without_slash, name="without_slash"),
    path("a/<str:token>/", assets.without_slash, name="without_slash"),
    path("u/<str:token>/", assets.without_slash, name="without_slash"),
    path("w/<str:token>/", assets.without_slash, name="without_slash"),
    path("c/<str:calendar_id>/", assets.without_slash, name="without_slash"),
    path("<segment:account>/g/<segment:group_slug>/", assets.without_slash, name="without_slash"),
    path("<segment:account>/<segment:calendar>/", assets.without_slash, name="without_slash"),
]
