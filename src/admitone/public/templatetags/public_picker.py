"""`{% load public_picker %}`: the loops of the picker."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from admitone.public import drawing
from admitone.public.picker import Month

register = template.Library()
register.simple_tag(drawing.times, name="slot_times")


@register.simple_tag(takes_context=True)
def month_weeks(context: template.Context, month: Month) -> SafeString:
    """With `carried` the days are buttons of the form, else links that `keep` what was asked for."""
    return drawing.weeks(month, str(context.get("keep", "")), in_form=bool(context.get("carried")))
