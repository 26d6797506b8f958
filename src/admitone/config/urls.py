"""Root paths. The public pages come last: /<account>/<calendar> would match what another part owns."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/", include("admitone.api.urls")),
    path("", include("admitone.manage.urls")),
    path("", include("admitone.public.urls")),
]
