"""Everything under /hooks/."""

from django.urls import URLPattern, URLResolver, path

from admitone.hooks.email import email

app_name = "hooks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("email/<str:provider>/<str:token>", email, name="email_reports"),
]
