"""The routers of version 1 and where they are mounted."""

from __future__ import annotations

from django.views.decorators.http import require_safe

from admitone.api.auth import Bearer
from admitone.api.openapi import Api, StrictParser
from admitone.api.v1 import (
    account,
    batches,
    blocked_times,
    bookings,
    calendar_groups,
    calendars,
    connections,
    consents,
    contact_acts,
    contacts,
    custom_fields,
    enrollments,
    forms,
    hosts,
    inbound_hooks,
    links,
    message_templates,
    messages,
    missed_calls,
    notices,
    opportunities,
    pipelines,
    public_bookings,
    public_forms,
    public_links,
    schedules,
    tags,
    waiting_lists,
    webhooks,
    workflows,
)

DESCRIPTION = """Schedule around one-time links: make a link, hand it to one person, and it books once.

Authenticate with `Authorization: Bearer KEY` (Settings > API keys); the public routes need no key, their token is enough.
Instants are RFC 3339 with an offset, answered in UTC. Lists answer `items` and `next_cursor`. Refusals are problem JSON
(RFC 9457) with a stable `code`."""

api = Api(
    title="Admit One",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api-v1",
    docs_url=None,
    docs_decorator=require_safe,
    auth=Bearer(),
    parser=StrictParser(),
)
api.add_router("/one-time-links/batches", batches.router)  # before the links: "batches" is no link's id
api.add_router("/one-time-links", links.router)
api.add_router("/calendars", calendars.router)
api.add_router("/calendars", notices.router)
api.add_router("/calendars", waiting_lists.of_calendar)
api.add_router("/calendars", consents.of_calendar)
api.add_router("/calendar-groups", calendar_groups.router)
api.add_router("/hosts", hosts.router)
api.add_router("/schedules", schedules.router)
api.add_router("/blocked-times", blocked_times.router)
api.add_router("/connections", connections.router)
api.add_router("/busy-sources", connections.busy)
api.add_router("/bookings", bookings.router)
api.add_router("/contacts", contacts.router)
api.add_router("/webhooks", webhooks.router)
api.add_router("/inbound-hooks", inbound_hooks.router)
api.add_router("/contacts", contact_acts.router)
api.add_router("/contacts", tags.of_contact)
api.add_router("/contacts", custom_fields.of_contact)
api.add_router("/tags", tags.router)
api.add_router("/custom-fields", custom_fields.router)
api.add_router("/pipelines", pipelines.router)
api.add_router("/opportunities", opportunities.router)
api.add_router("/forms", forms.router)
api.add_router("/forms", consents.of_form)
api.add_router("/workflows", workflows.router)
api.add_router("/workflows", enrollments.of_workflow)
api.add_router("/enrollments", enrollments.router)
api.add_router("/bulk-enrollments", enrollments.bulks)
api.add_router("/messages", messages.router)
api.add_router("/message-templates", message_templates.router)
api.add_router("/missed-calls", missed_calls.router)
api.add_router("/account", account.router)
api.add_router("/public/links", public_links.router)
api.add_router("/public/bookings", public_bookings.router)
api.add_router("/public/calendars", waiting_lists.public)
api.add_router("/public/forms", public_forms.router)
