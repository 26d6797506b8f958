"""Deleted workflows and message templates go after 30 days; what is still sent with stays."""

from datetime import timedelta

import pytest
from tests import factories

from admitone.events.models import Event
from admitone.messaging.models import MessageTemplate
from admitone.workflows.models import Enrollment, Workflow
from admitone.workflows.ticking import purge_deleted

pytestmark = pytest.mark.django_db
NOW = factories.NOW
OLD = NOW - timedelta(days=31)


def test_a_workflow_deleted_long_ago_goes_with_its_runs():
    account = factories.account()
    gone, lately, alive = (factories.workflow(account) for _ in range(3))
    Workflow.objects.filter(id=gone.id).update(deleted_at=OLD)
    Workflow.objects.filter(id=lately.id).update(deleted_at=NOW - timedelta(days=29))
    for one in (gone, lately):
        version = one.versions.create(number=1, document={}, published_at=NOW)
        Enrollment.objects.create(
            account=account,
            workflow=one,
            version=version,
            contact=factories.contact(account),
            created_at=NOW,
            updated_at=NOW,
        )
    purge_deleted.func(now=NOW)
    assert set(Workflow.objects.all()) == {lately, alive}
    assert [run.workflow_id for run in Enrollment.objects.all()] == [lately.id]
    assert Event.objects.get(kind="workflow.purged").facts == {"workflow": str(gone.id)}


def test_a_template_deleted_long_ago_goes_unless_a_workflow_names_it():
    account = factories.account()
    rows = {
        name: factories.message_template(account, name=name, deleted_at=at)
        for name, at in {"gone": OLD, "drafted": OLD, "published": OLD, "lately": NOW, "there": None}.items()
    }
    drafting = factories.workflow(account)
    Workflow.objects.filter(id=drafting.id).update(draft={"steps": [{"template": str(rows["drafted"].id)}]})
    published = {"steps": [{"template": str(rows["published"].id)}]}
    drafting.versions.create(number=1, document=published, published_at=NOW)
    purge_deleted.func(now=NOW)
    left = MessageTemplate.objects.order_by("name").values_list("name", flat=True)
    assert list(left) == ["drafted", "lately", "published", "there"]
    assert Event.objects.get(kind="message_template.purged").facts == {"template": str(rows["gone"].id)}
