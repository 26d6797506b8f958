from django.urls import path

from admitone.manage.notices import views

one = "<str:notice_key>/"

urlpatterns = [
    path("", views.listing, name="calendar_notices"),
    path("new/", views.new, name="new_calendar_notice"),
    path("preview/", views.preview, name="calendar_notice_preview"),
    path(one, views.edit, name="calendar_notice"),
    path(f"{one}state/", views.switch, name="switch_calendar_notice"),
    path(f"{one}deletion/", views.delete, name="delete_calendar_notice"),
    path(f"{one}restoration/", views.restore, name="restore_calendar_notice"),
]
