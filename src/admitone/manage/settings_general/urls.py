from django.urls import path

from admitone.manage.settings_general import views

urlpatterns = [
    path("", views.settings, name="settings"),
    path("general/", views.general, name="settings_general"),
]
