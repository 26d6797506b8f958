from django.urls import path

from admitone.manage.agenda import blocking, cards, moving, views

one = "appointments/<uuid:booking_id>/"

urlpatterns = [
    path("", views.agenda, name="agenda"),
    path(one, cards.card, name="agenda_card"),
    path(f"{one}move/", moving.move, name="agenda_move"),
    path(f"{one}cancel/", moving.cancel, name="agenda_cancel"),
    path(f"{one}no-show/", cards.no_show, name="agenda_no_show"),
    path("sessions/<uuid:calendar_id>/<int:start>/", cards.session, name="agenda_session"),
    path("block/", blocking.block, name="agenda_block"),
    path("blocked/<uuid:block_id>/", blocking.blocked, name="agenda_blocked"),
]
