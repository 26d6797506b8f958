from django.urls import path

from admitone.manage.settings_email import views

urlpatterns = [
    path("", views.settings_email, name="settings_email"),
]
