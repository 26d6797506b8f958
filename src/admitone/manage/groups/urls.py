from django.urls import path

from admitone.manage.groups import members, sharing, views

one = "<uuid:group_id>/"

urlpatterns = [
    path("", views.groups, name="groups"),
    path("new/", views.new, name="new_group"),
    path(one, views.group, name="group"),
    path(f"{one}details/", views.details, name="group_details"),
    path(f"{one}order/", members.order, name="group_order"),
    path(f"{one}members/", members.add, name="group_members"),
    path(f"{one}danger/", views.danger, name="group_danger"),
    path(f"{one}pause/", views.pause, name="pause_group"),
    path(f"{one}resumption/", views.resume, name="resume_group"),
    path(f"{one}deletion/", views.delete, name="delete_group"),
    path(f"{one}restoration/", views.restore, name="restore_group"),
    path(f"{one}share/", sharing.share, name="group_share"),
    path(f"{one}share/link/", sharing.mint, name="group_mint"),
    path(f"{one}share/link/<uuid:group_link_id>/", sharing.minted, name="group_made"),
    path(f"{one}share/preview/<slug:mode>/", sharing.preview, name="group_preview"),
]
