from django.urls import path

from admitone.manage.blocks import views

urlpatterns = [
    path("", views.blocks, name="blocks"),
    path("<uuid:block_id>/removal/", views.remove, name="remove_block"),
]
