"""Root paths. The public pages come last: /<account>/<calendar> would match what another part owns."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from admitone.api import health

guide: list[URLPattern | URLResolver] = [path("ui/", include("admitone.ui.urls"))] if settings.DEBUG else []
urlpatterns = [
    *guide,
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("accounts/", include("allauth.urls")),
    path("api/", include("admitone.api.urls")),
    path("hooks/", include("admitone.hooks.urls")),
    path("", include("admitone.manage.urls")),
    path("", include("admitone.public.urls")),
]
