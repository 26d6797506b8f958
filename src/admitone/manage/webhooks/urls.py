from django.urls import path

from admitone.manage.webhooks import views

one = "<uuid:endpoint_id>/"

urlpatterns = [
    path("", views.endpoints, name="webhooks"),
    path(one, views.endpoint, name="webhook"),
    path(f"{one}rotation/", views.rotate, name="webhook_rotation"),
    path(f"{one}test/", views.test, name="webhook_test"),
    path(f"{one}state/", views.switch, name="webhook_state"),
    path(f"{one}removal/", views.remove, name="webhook_removal"),
    path("deliveries/<uuid:delivery_id>/", views.delivery, name="webhook_delivery"),
    path("deliveries/<uuid:delivery_id>/replay/", views.replay, name="webhook_replay"),
]
