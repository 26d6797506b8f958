from django.urls import path

from admitone.manage.me import views

urlpatterns = [path("", views.me, name="me")]
