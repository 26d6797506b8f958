from django.urls import path

from admitone.manage.connections.signing_in import callback
from admitone.manage.me import views

urlpatterns = [
    path("", views.me, name="me"),
    path("connections/callback/<str:kind>/", callback, name="oauth_callback"),
]
