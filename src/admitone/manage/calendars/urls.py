from django.urls import include, path

from admitone.manage.blocks import views as blocks
from admitone.manage.calendars import booking_rules, busy, hours, intake, lifecycle, previewing, team, views, why
from admitone.manage.waiting import views as waiting

one = "<uuid:calendar_id>/"

urlpatterns = [
    path("", views.calendars, name="calendars"),
    path("new/", views.new, name="new_calendar"),
    path(one, views.section, {"name": "details"}, name="calendar"),
    path(f"{one}details/", views.section, {"name": "details"}, name="calendar_details"),
    path(f"{one}rules/", views.section, {"name": "rules"}, name="calendar_rules"),
    path(f"{one}bookings/", booking_rules.booking_rules, name="calendar_bookings"),
    path(f"{one}form/", intake.booking_form, name="calendar_form"),
    path(f"{one}consents.csv", intake.consents, name="calendar_consents"),
    path(f"{one}look/", views.section, {"name": "look"}, name="calendar_look"),
    path(f"{one}access/", views.section, {"name": "access"}, name="calendar_access"),
    path(f"{one}team/", team.team, name="calendar_team"),
    path(f"{one}hours/", hours.weekly, name="calendar_hours"),
    path(f"{one}schedule/", hours.choose, name="choose_calendar_schedule"),
    path(f"{one}overrides/", hours.override, name="calendar_overrides"),
    path(f"{one}overrides/<str:date>/removal/", hours.clear, name="calendar_clear_override"),
    path(f"{one}busy/", busy.sources, name="calendar_busy"),
    path(f"{one}busy/<uuid:source_id>/reading/", busy.read_now, name="calendar_read_busy"),
    path(f"{one}busy/<uuid:source_id>/removal/", busy.remove, name="calendar_remove_busy"),
    path(f"{one}blocks/", blocks.of_calendar, name="calendar_blocks"),
    path(f"{one}blocks/<uuid:block_id>/removal/", blocks.remove_of_calendar, name="calendar_remove_block"),
    path(f"{one}waitlist/", waiting.waiting, name="calendar_waitlist"),
    path(f"{one}waitlist/<uuid:entry_id>/removal/", waiting.remove, name="remove_waiting"),
    path(f"{one}waitlist/<uuid:entry_id>/offer/", waiting.offer, name="offer_waiting"),
    path(f"{one}notifications/", include("admitone.manage.notices.urls")),
    path(f"{one}danger/", lifecycle.danger, name="calendar_danger"),
    path(f"{one}pause/", lifecycle.pause, name="pause_calendar"),
    path(f"{one}resumption/", lifecycle.resume, name="resume_calendar"),
    path(f"{one}deletion/", lifecycle.delete, name="delete_calendar"),
    path(f"{one}restoration/", lifecycle.restore, name="restore_calendar"),
    path(f"{one}preview/", previewing.preview, name="calendar_preview"),
    path(f"{one}why/", why.why, name="calendar_why"),
    path(f"{one}why/mend/", why.mend, name="calendar_mend"),
]
