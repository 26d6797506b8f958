from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.messaging.models import MessageTemplate
from admitone.values.language import MAX_TEMPLATE
from admitone.workflows.services.message_templates import MAX_SUBJECT

CHANNELS = [("email", _("Email")), ("sms", _("SMS"))]


def named() -> forms.CharField:
    return forms.CharField(max_length=120, label=_("Name"), error_messages={"required": _("Give it a name.")})


class NewTemplateForm(forms.Form):
    name = named()
    channel = forms.ChoiceField(choices=CHANNELS, label=_("For"), widget=forms.RadioSelect, initial="email")


class TemplateForm(forms.Form):
    """The words. Merge texts are checked by the service."""

    name = named()
    subject = forms.CharField(max_length=MAX_SUBJECT, required=False, label=_("Subject"))
    body = forms.CharField(
        max_length=MAX_TEMPLATE, required=False, strip=False, label=_("Text"), widget=forms.Textarea(attrs={"rows": 14})
    )

    def __init__(self, data: Any, *, template: MessageTemplate) -> None:
        super().__init__(data, initial={name: getattr(template, name) for name in ("name", "subject", "body")})
        if template.channel == "sms":
            del self.fields["subject"]

    def words(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}
