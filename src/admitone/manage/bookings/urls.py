from django.urls import path

from admitone.manage.bookings import answering, by_hand, changing, views

urlpatterns = [
    path("", views.bookings, name="bookings"),
    path("appointments.csv", views.export, name="bookings_csv"),
    path("new/", by_hand.new_booking, name="new_booking"),
    path("<str:booking_id>/", views.booking, name="booking"),
    path("<str:booking_id>/approve/", answering.approve, name="approve_booking"),
    path("<str:booking_id>/decline/", answering.decline, name="decline_booking"),
    path("<str:booking_id>/cancel/", changing.cancel, name="cancel_booking"),
    path("<str:booking_id>/reschedule/", changing.reschedule, name="reschedule_booking"),
    path("<str:booking_id>/no-show/", changing.no_show, name="booking_no_show"),
    path("<str:booking_id>/new-link/", changing.new_link, name="booking_new_link"),
    path("<str:booking_id>/appointment.ics", views.calendar_file, name="booking_ics"),
]
