"""Everything under /hooks/."""

from django.urls import URLPattern, URLResolver, path

from admitone.hooks import phone, twilio
from admitone.hooks.email import email
from admitone.hooks.inbound import inbound
from admitone.hooks.stripe import stripe

app_name = "hooks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("email/<str:provider>/<str:token>", email, name="email_reports"),
    path("in/<str:token>", inbound, name="inbound"),
    path("stripe/<str:token>", stripe, name="stripe"),
    path("twilio/sms/<str:token>", twilio.sms, name="twilio_sms"),
    path("twilio/status/<str:token>", twilio.status, name="twilio_status"),
    path("twilio/voice/<str:token>", twilio.voice, name="twilio_voice"),
    path("twilio/voice/<str:token>/dialled", twilio.dialled, name="twilio_dialled"),
    path("twilio/voice/<str:token>/leg", twilio.leg, name="twilio_leg"),
    path("twilio/voice/<str:token>/status", twilio.call_status, name="twilio_call_status"),
    path("sms/<str:token>", phone.sms, name="phone_sms"),
    path("sms/<str:token>/status", phone.sms_status, name="phone_sms_status"),
    path("calls/<str:token>", phone.calls, name="phone_calls"),
]
