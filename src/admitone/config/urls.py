"""Root paths. The public pages come last: /<account>/<calendar> would match what another part owns."""

from django.urls import include, path

from admitone.api import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("accounts/", include("allauth.urls")),
    path("api/", include("admitone.api.urls")),
    path("", include("admitone.manage.urls")),
    path("", include("admitone.public.urls")),
]
