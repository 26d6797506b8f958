from django.urls import path

from admitone.manage.message_templates import views

one = "<uuid:template_id>/"

urlpatterns = [
    path("", views.listing, name="message_templates"),
    path("new/", views.new, name="new_message_template"),
    path(one, views.edit, name="message_template"),
    path(f"{one}preview/", views.preview, name="message_template_preview"),
    path(f"{one}copy/", views.duplicate, name="duplicate_message_template"),
    path(f"{one}deletion/", views.delete, name="delete_message_template"),
    path(f"{one}restoration/", views.restore, name="restore_message_template"),
]
