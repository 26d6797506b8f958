from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from admitone.accounts.queries import as_uuid
from admitone.logic import money
from admitone.pipelines.models import Opportunity
from admitone.values.context import Context
from admitone.values.registry import Field, Namespace, merge_fields


@merge_fields("opportunity")
class OpportunityValues(Namespace):
    """The deal that started the run, as it is now."""

    label = _("Opportunity")
    fields = {
        "name": Field(_("Name"), "Implant"),
        "value": Field(_("Value"), "€1,200.00", trusted=True),
        "amount": Field(_("Value as a number"), "1200.00", "number", trusted=True),
        "currency": Field(_("Currency"), "EUR", trusted=True),
        "stage": Field(_("Stage"), "Qualified", trusted=True),
        "pipeline": Field(_("Pipeline"), "New leads", trusted=True),
        "status": Field(_("Status"), "open", trusted=True),
        "owner": Field(_("Owner"), "Dr. Klein", trusted=True),
    }

    def resolve(self, context: Context) -> Mapping[str, str]:
        given = context.given("opportunity")
        if not given:
            return {}
        key = as_uuid(given.get("opportunity"))
        if key is None:  # a test run has none: how it would look
            return {name: field.sample for name, field in self.fields.items()}
        rows = Opportunity.objects.select_related("stage", "pipeline", "owner")
        deal = rows.filter(id=key, account=context.account).first()
        return told(deal, context) if deal else {}


def told(deal: Opportunity, context: Context) -> Mapping[str, str]:
    locale = str(context.reader.babel).replace("_", "-")
    return {
        "name": deal.name,
        "value": money.shown(deal.value_minor, deal.currency, locale),
        "amount": money.as_typed(deal.value_minor, deal.currency),
        "currency": deal.currency,
        "stage": deal.stage.name,
        "pipeline": deal.pipeline.name,
        "status": deal.status,
        "owner": deal.owner.get_full_name() if deal.owner else "",
    }
