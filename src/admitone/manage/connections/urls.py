from django.urls import path

from admitone.manage.connections import signing_in, views

urlpatterns = [
    path("", views.listing, name="connections"),
    path("caldav/", views.connect, name="connect_caldav"),
    path("sign-in/<str:kind>/", signing_in.begin, name="connect_oauth"),
    path("<uuid:connection_id>/", views.one, name="connection"),
    path("<uuid:connection_id>/reading/", views.read_now, name="refresh_connection"),
    path("<uuid:connection_id>/password/", views.password, name="connection_password"),
    path("<uuid:connection_id>/removal/", views.remove, name="disconnect"),
]
