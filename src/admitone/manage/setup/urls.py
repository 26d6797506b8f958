from django.urls import path

from admitone.manage.setup import views

urlpatterns = [
    path("", views.root, name="root"),
    path("setup/", views.setup, name="setup"),
]
