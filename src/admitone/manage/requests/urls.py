from django.urls import path

from admitone.manage.requests import views

urlpatterns = [
    path("", views.requests, name="requests"),
    path("<uuid:request_id>/answer/", views.answer, name="request_answer"),
    path("<uuid:request_id>/dismissal/", views.dismiss, name="request_dismissal"),
]
