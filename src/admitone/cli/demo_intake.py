"""The demo's intake form and pipeline: where new people come from, and how far they have got."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from admitone.cli.demo_assessment import NAME as ASSESSMENT

if TYPE_CHECKING:
    from admitone.accounts.models import Account
    from admitone.forms.models import Form
    from admitone.pipelines.models import Pipeline

FIELDS = [
    {"label": "First name", "required": True, "maps_to": "first_name", "width": "half"},
    {"label": "Last name", "maps_to": "last_name", "width": "half"},
    {"label": "Email", "kind": "email", "maps_to": "email", "help": "An email address or a phone number is enough."},
    {"label": "Phone", "kind": "phone", "maps_to": "phone"},
    {"label": "What is it about?", "key": "topic", "kind": "choice", "options": ["Check-up", "Pain", "Something else"]},
    {"label": "Tell us more", "key": "more", "kind": "textarea", "show_if": {"key": "topic", "equals": "Something else"}},
]  # fmt: skip
STAGES = ("New", "Qualified", "Booked")


def ensure_intake(account: Account, now: datetime) -> dict[str, object]:
    """form_id, form_url, pipeline_id and stage_ids of the account, made on first need."""
    from admitone.accounts.addresses import form_url

    form, pipeline = ensure_form(account, now), ensure_pipeline(account, now)
    return {
        "form_id": str(form.id),
        "form_url": form_url(form.id),
        "pipeline_id": str(pipeline.id),
        "stage_ids": [str(stage.id) for stage in pipeline.stages.all()],
    }


def ensure_form(account: Account, now: datetime) -> Form:
    from admitone.events import SYSTEM
    from admitone.forms.queries import listing
    from admitone.forms.services import create_form

    return listing(account).exclude(name=ASSESSMENT).order_by("id").first() or create_form(
        account=account,
        actor=SYSTEM,
        now=now,
        name="Intake",
        description="Tell us who you are and we send you a link of your own to choose a time.",
        fields=FIELDS,
        thanks_message="We have got it. Look into your inbox.",
        brand_color="#1f6f5c",
    )


def ensure_pipeline(account: Account, now: datetime) -> Pipeline:
    """With three deals in it."""
    from django.db import transaction

    from admitone.contacts.services import ensure_contact
    from admitone.events import SYSTEM
    from admitone.pipelines.queries import pipelines
    from admitone.pipelines.services import create_opportunity, create_pipeline

    if found := pipelines(account).order_by("created_at").first():
        return found
    with transaction.atomic():
        made = create_pipeline(account=account, actor=SYSTEM, now=now, name="New leads", stages=STAGES)
        people = (("Emil Frost", "Implant", 180000, 0), ("Klara Wolf", "Aligners", 240000, 0), ("Paul Stein", "", 0, 1))
        for name, deal, value, place in people:
            person = {"name": name, "email": f"{name.split()[0].lower()}@guest.example"}
            contact = ensure_contact(account=account, person=person, source="demo", actor=SYSTEM, now=now)
            stage = made.stages.all()[place]
            create_opportunity(
                account=account,
                stage_id=stage.id,
                contact=contact,
                name=deal,
                value_minor=value,
                actor=SYSTEM,
                now=now,
            )
    return made
