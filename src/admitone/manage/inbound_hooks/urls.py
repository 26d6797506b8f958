from django.urls import path

from admitone.manage.inbound_hooks import views

one = "<uuid:hook_id>/"

urlpatterns = [
    path("", views.hooks, name="inbound_hooks"),
    path(one, views.hook, name="inbound_hook"),
    path(f"{one}state/", views.switch, name="inbound_hook_state"),
    path(f"{one}removal/", views.remove, name="inbound_hook_removal"),
]
