from django.urls import path

from admitone.manage.messages import views

urlpatterns = [
    path("", views.messages, name="messages"),
    path("<str:message_id>/", views.message, name="message"),
    path("<str:message_id>/preview/", views.preview, name="message_preview"),
    path("<str:message_id>/invite.ics", views.calendar_file, name="message_ics"),
    path("<str:message_id>/sending/", views.resend, name="message_resend"),
]
