from django.urls import path

from admitone.manage.settings_payments import views

urlpatterns = [
    path("", views.settings_payments, name="settings_payments"),
]
