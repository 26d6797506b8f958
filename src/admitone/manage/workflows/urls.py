from django.urls import path

from admitone.manage.workflows import views

one = "<uuid:workflow_id>/"

urlpatterns = [
    path("", views.listing, name="workflows"),
    path("new/", views.new, name="new_workflow"),
    path(one, views.builder, name="workflow"),
    path(f"{one}publication/", views.publish, name="publish_workflow"),
]
