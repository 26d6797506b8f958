from django.urls import path

from admitone.manage.agenda import views

urlpatterns = [path("", views.agenda, name="agenda")]
