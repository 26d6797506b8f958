from django.urls import path

from admitone.manage.feeds import views

urlpatterns = [
    path("", views.feeds, name="feeds"),
    path("<uuid:host_id>/", views.change, name="change_feed"),
]
