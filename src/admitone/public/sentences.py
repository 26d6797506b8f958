"""Sentences of `logic` about a guest's values, named here for the translators; the forms look them up by their English."""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("Enter your name."),
    _("Enter your email address."),
    _("Enter an email address like name@example.com."),
    _("That email address is too long."),
    _("Enter your phone number."),
    _("Say where we should meet."),
    _("Use at most 300 characters."),
    _("These are more people than places."),
    _("Enter a phone number with its country code, like +1 212 555 0123."),
    _("That phone number has too few or too many digits."),
    _("Please tick this box to continue."),
    _("Choose a time zone from the list, like Europe/Berlin."),
    _("Please answer this."),
    _("Enter an email address or a phone number."),
    _("Enter a number."),
    _("That number is too large."),
    _("Enter a date like 2026-11-30."),
    _("Answer yes or no."),
    _("Choose one of the options."),
    _("Use at most 99 characters."),
    _("Use at most 500 characters."),
    _("Use at most 5000 characters."),
    _("Use at most 200 characters."),
    _("Use at most 1000 characters."),
    _("Use at most 2000 characters."),
)
