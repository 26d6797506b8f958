from django.urls import path

from admitone.manage.custom_fields import views

one = "<uuid:custom_field_id>/"

urlpatterns = [
    path("", views.fields, name="custom_fields"),
    path(one, views.change, name="custom_field"),
    path(f"{one}removal/", views.remove, name="remove_custom_field"),
    path(f"{one}restoration/", views.restore, name="restore_custom_field"),
]
