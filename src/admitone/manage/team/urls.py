from django.urls import path

from admitone.manage.team import views

urlpatterns = [
    path("", views.team, name="team"),
    path("invitations/<str:invitation_id>/revocation/", views.revoke, name="revoke_invitation"),
    path("<str:member_id>/", views.member, name="member"),
    path("<str:member_id>/removal/", views.remove, name="remove_member"),
]
