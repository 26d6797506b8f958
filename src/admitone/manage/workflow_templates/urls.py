from django.urls import path

from admitone.manage.workflow_templates import views

urlpatterns = [
    path("", views.gallery, name="workflow_templates"),
    path("<slug:template>/", views.start, name="start_from_template"),
]
