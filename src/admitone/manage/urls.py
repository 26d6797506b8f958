"""The signed-in area. Every area's urls.py lies below /app/<account_slug>/ and takes `account_slug` by `in_account`."""

from django.urls import include, path

app_name = "manage"

areas = [
    path("", include("admitone.manage.home.urls")),
    path("settings/", include("admitone.manage.settings_general.urls")),
    path("settings/team/", include("admitone.manage.team.urls")),
    path("settings/email/", include("admitone.manage.settings_email.urls")),
    path("messages/templates/", include("admitone.manage.message_templates.urls")),
    path("settings/sms/", include("admitone.manage.settings_sms.urls")),
    path("messages/", include("admitone.manage.messages.urls")),
    path("settings/api-keys/", include("admitone.manage.api_keys.urls")),
    path("settings/webhooks/", include("admitone.manage.webhooks.urls")),
    path("settings/inbound-hooks/", include("admitone.manage.inbound_hooks.urls")),
    path("settings/payments/", include("admitone.manage.settings_payments.urls")),
    path("settings/busy/", include("admitone.manage.busy.urls")),
    path("calendar/", include("admitone.manage.agenda.urls")),
    path("connections/", include("admitone.manage.connections.urls")),
    path("settings/schedules/", include("admitone.manage.schedules.urls")),
    path("settings/busy/blocks/", include("admitone.manage.blocks.urls")),
    path("calendars/", include("admitone.manage.calendars.urls")),
    path("calendars/groups/", include("admitone.manage.groups.urls")),
    path("bookings/", include("admitone.manage.bookings.urls")),
    path("contacts/", include("admitone.manage.contacts.urls")),
    path("pipelines/", include("admitone.manage.pipelines.urls")),
    path("settings/custom-fields/", include("admitone.manage.custom_fields.urls")),
    path("forms/", include("admitone.manage.form_builder.urls")),
    path("workflows/templates/", include("admitone.manage.workflow_templates.urls")),
    path("workflows/", include("admitone.manage.workflows.urls")),
    path("workflows/", include("admitone.manage.workflow_runs.urls")),
    path("calendars/", include("admitone.manage.share.urls")),
    path("links/batches/", include("admitone.manage.batches.urls")),
    path("links/", include("admitone.manage.links.urls")),
    path("feeds/", include("admitone.manage.feeds.urls")),
    path("requests/", include("admitone.manage.requests.urls")),
]

urlpatterns = [
    path("", include("admitone.manage.setup.urls")),
    path("", include("admitone.manage.joining.urls")),
    path("app/", include("admitone.manage.switching.urls")),
    path("app/me/", include("admitone.manage.me.urls")),
    path("app/<slug:account_slug>/", include(areas)),
]
