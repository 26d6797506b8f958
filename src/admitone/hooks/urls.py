"""Everything under /hooks/."""

from django.urls import URLPattern, URLResolver, path

from admitone.hooks.email import email
from admitone.hooks.inbound import inbound
from admitone.hooks.stripe import stripe

app_name = "hooks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("email/<str:provider>/<str:token>", email, name="email_reports"),
    path("in/<str:token>", inbound, name="inbound"),
    path("stripe/<str:token>", stripe, name="stripe"),
]
