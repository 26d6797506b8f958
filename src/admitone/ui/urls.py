"""The style guide, for debug only: include it at `ui/`."""

from django.urls import path

from admitone.ui import styleguide

urlpatterns = [
    path("", styleguide.app, name="styleguide"),
    path("public/", styleguide.public, name="styleguide_public"),
    path("auth/", styleguide.auth, name="styleguide_auth"),
    path("email/", styleguide.email, name="styleguide_email"),
]
