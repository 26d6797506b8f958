from django.urls import path

from admitone.manage.schedules import views

one = "<uuid:schedule_id>/"

urlpatterns = [
    path("", views.schedules, name="schedules"),
    path(one, views.schedule, name="schedule"),
    path(f"{one}name/", views.rename, name="rename_schedule"),
    path(f"{one}copy/", views.duplicate, name="duplicate_schedule"),
    path(f"{one}removal/", views.delete, name="delete_schedule"),
    path(f"{one}overrides/", views.override, name="schedule_overrides"),
    path(f"{one}overrides/<str:date>/removal/", views.clear, name="schedule_clear_override"),
    path(f"{one}holidays/", views.holidays, name="schedule_holidays"),
    path(f"{one}holidays/<str:date>/opening/", views.open_holiday, name="schedule_open_holiday"),
]
