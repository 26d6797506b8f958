"""Words for a series' dates."""

from django import template

from admitone.public.series import reason

register = template.Library()
register.filter("series_reason", reason)
