from django.urls import path

from admitone.manage.settings_sms import calls, numbers, opt_outs, views

urlpatterns = [
    path("", views.settings_sms, name="settings_sms"),
    path("numbers/", numbers.numbers, name="phone_numbers"),
    path("numbers/<uuid:phone_number_id>/", numbers.number, name="phone_number"),
    path("numbers/<uuid:phone_number_id>/removal/", numbers.remove, name="phone_number_removal"),
    path("calls/", calls.calls, name="missed_calls"),
    path("opt-outs/", opt_outs.opt_outs, name="opt_outs"),
    path("opt-outs/<str:opt_out_id>/removal/", opt_outs.remove, name="opt_out_removal"),
]
