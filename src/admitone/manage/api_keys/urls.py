from django.urls import path

from admitone.manage.api_keys import views

urlpatterns = [
    path("", views.api_keys, name="api_keys"),
    path("<str:key_id>/revocation/", views.revoke, name="revoke_api_key"),
]
