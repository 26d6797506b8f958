from django.urls import include, path

urlpatterns = [
    path("", include("admitone.public.urls")),
    path("", include("admitone.manage.urls")),
    path("api/", include("admitone.api.urls")),
]
