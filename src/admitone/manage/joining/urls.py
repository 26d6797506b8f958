from django.urls import path

from admitone.manage.joining import views

urlpatterns = [path("invitation/<str:token>/", views.invitation, name="invitation")]
