from django.urls import path

from admitone.manage.busy import views

urlpatterns = [
    path("", views.sources, name="busy"),
    path("<uuid:source_id>/reading/", views.read_now, name="read_busy"),
    path("<uuid:source_id>/removal/", views.remove, name="remove_busy"),
]
