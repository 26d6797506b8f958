"""Rows of an import as contacts, a chunk at a time: found or made, details, tags, custom values, notes, events."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from admitone.accounts import values
from admitone.accounts.models import Account
from admitone.contacts.models import Contact, ContactImport, ContactTag, CustomField, ImportRow, Note, Tag
from admitone.events import Actor, Draft, record_many
from admitone.logic import answers
from admitone.logic.contact_csv import Person, person
from admitone.logic.identity import clean_email, clean_name, clean_phone, clean_text, clean_zone, email_key
from admitone.logic.ids import uuid7

DETAILS = ("name", "email", "phone", "timezone", "locale")
MAX_NOTE = 4000
MAX_TAG = 60


class Refused(Exception):
    """Why a row cannot be taken."""


class Reader:
    """Cells as clean values. Everything is checked before anything is written, so a refused row leaves nothing behind."""

    def __init__(self, account: Account, mapping: dict[str, str], region: str | None) -> None:
        self.mapping = {int(at): target for at, target in mapping.items()}
        self.region = region or None
        self.fields = {one.key: one for one in CustomField.objects.filter(account=account, deleted_at=None)}

    def read(self, cells: list[str]) -> tuple[Person, dict[str, str], dict[str, Any]]:
        """The person as written, clean details and clean custom values. Raises Refused(sentence)."""
        raw = person(cells, self.mapping)
        rules = {
            "name": clean_name,
            "email": clean_email,
            "phone": lambda text: clean_phone(text, self.region),
            "timezone": clean_zone,
            "locale": values.locale,
        }
        details = {name: self._clean(rule, getattr(raw, name)) for name, rule in rules.items()}
        if not details["email"] and not details["phone"]:
            raise Refused("There is no email address and no phone number.")
        for name in raw.tags:
            self._clean(lambda text: clean_name(text, MAX_TAG), name)
        self._clean(lambda text: clean_text(text, MAX_NOTE), raw.note)
        return raw, details, {key: self._custom(key, text) for key, text in raw.custom.items() if key in self.fields}

    def _clean(self, rule: Any, text: str) -> str:
        try:
            return str(rule(text)) if text else ""
        except ValueError as error:
            raise Refused(f"{text[:60]}: {error}") from error

    def _custom(self, key: str, text: str) -> Any:
        field = self.fields[key]
        try:
            return answers.clean_value(field.kind, text, field.options)
        except ValueError as error:
            raise Refused(f"{field.label}: {error}") from error


class Writer:
    """One chunk, in the caller's transaction and under the import's lock."""

    def __init__(self, batch: ContactImport, rows: list[ImportRow], now: datetime) -> None:
        self.batch, self.rows, self.now = batch, rows, now
        self.account, self.options = batch.account, batch.options
        kind, _colon, key = batch.by.partition(":")
        self.actor = Actor(kind or "system", key)
        self.reader = Reader(self.account, batch.mapping, self.options.get("region"))
        self.fresh: list[Contact] = []
        self.drafts: list[Draft] = []
        self.tagged: list[tuple[Contact, list[str]]] = []
        self.notes: list[Note] = []
        self.by_email: dict[str, Contact] = {}
        self.by_phone: dict[str, Contact] = {}
        self.lone: dict[str, Contact] = {}  # by number, those without an address

    def write(self) -> None:
        read = []
        for row in self.rows:
            try:
                read.append((row, *self.reader.read(row.cells)))
            except Refused as refused:
                row.result, row.error = "failed", str(refused)
        self._find([details for _row, _raw, details, _custom in read])
        for row, raw, details, custom in read:
            self._take(row, raw, details, custom)
        Contact.objects.bulk_create(self.fresh)
        Note.objects.bulk_create(self.notes)
        self._tag()
        record_many(self.drafts)

    def _find(self, details: list[dict[str, str]]) -> None:
        """Contacts that these rows may mean, by address and, where a contact has no address or the row none, by number."""
        emails = {key for one in details if (key := email_key(one["email"]))}
        phones = {one["phone"] for one in details if one["phone"]}
        rows = Contact.objects.select_for_update().filter(account=self.account, erased_at=None)
        found = rows.filter(Q(email_key__in=emails) | Q(phone__in=phones)).order_by("-email_key", "-id")
        for one in found:
            self._known(one)

    def _known(self, one: Contact) -> None:
        if one.email_key:
            self.by_email[one.email_key] = one
        elif one.phone:
            self.lone[one.phone] = one
        if one.phone:
            self.by_phone[one.phone] = one

    def _match(self, details: dict[str, str]) -> Contact | None:
        key, phone = email_key(details["email"]), details["phone"]
        if key:
            return self.by_email.get(key) or self.lone.get(phone)
        return self.lone.get(phone) or self.by_phone.get(phone)

    def _take(self, row: ImportRow, raw: Person, details: dict[str, str], custom: dict[str, Any]) -> None:
        contact = self._match(details)
        if contact is None:
            contact = self._make(details, custom)
            row.result = "created"
        elif self.options.get("existing") == "skip":
            row.result, row.contact = "skipped", contact
            return
        else:
            self._change(contact, details, custom)
            row.result = "updated"
        row.contact = contact
        self.tagged.append((contact, [*self.options.get("tags", []), *raw.tags]))
        if raw.note:
            note = {"text": clean_text(raw.note, MAX_NOTE), "by": self.batch.by, "created_at": self.now}
            self.notes.append(Note(account=self.account, contact=contact, **note))

    def _make(self, details: dict[str, str], custom: dict[str, Any]) -> Contact:
        made = Contact(
            id=uuid7(), account=self.account, source="import", custom=custom, created_at=self.now, updated_at=self.now,
            email_key=email_key(details["email"]), **details,
        )  # fmt: skip
        self.fresh.append(made)
        self._known(made)
        self._tell(made.id, "contact.created", source="import")
        return made

    def _change(self, contact: Contact, details: dict[str, str], custom: dict[str, Any]) -> None:
        """Values of the file win, or (`fill`) stand only where there was none; an empty cell takes nothing away."""
        fill = self.options.get("existing", "fill") == "fill"
        new = {name: text for name, text in details.items() if text and not (fill and getattr(contact, name))}
        if contact.email_key:
            new.pop("email", None)  # it was found by it, or by its number: the address that it has stays
        changed = [name for name, text in new.items() if getattr(contact, name) != text]
        wanted = {key: value for key, value in custom.items() if not (fill and key in contact.custom)}
        changed += [f"custom.{key}" for key, value in wanted.items() if contact.custom.get(key) != value]
        if not changed:
            return
        for name, text in new.items():
            setattr(contact, name, text)
        contact.custom = {**contact.custom, **wanted}
        contact.email_key, contact.updated_at = email_key(contact.email), self.now
        if contact not in self.fresh:
            contact.save()
            self._tell(contact.id, "contact.changed", contact=str(contact.id), fields=sorted(changed))
        self._known(contact)

    def _tag(self) -> None:
        """Tags by name, made if new; an event for each that a contact did not have."""
        wanted = {(one.id, name.casefold()): name for one, names in self.tagged for name in names}
        tags = self._tags({key: name for (_contact, key), name in wanted.items()})
        pairs = {(contact, tags[key].id) for contact, key in wanted}
        had = ContactTag.objects.filter(contact__in={contact for contact, _tag in pairs})
        fresh = sorted(pairs - set(had.values_list("contact_id", "tag_id")))
        ContactTag.objects.bulk_create(ContactTag(contact_id=one, tag_id=tag, at=self.now) for one, tag in fresh)
        for one, tag in fresh:
            self._tell(one, "tag.added", contact=str(one), tag=str(tag))

    def _tags(self, names: dict[str, str]) -> dict[str, Tag]:
        found = Tag.objects.filter(account=self.account, name_key__in=names)
        tags = {tag.name_key: tag for tag in found}
        for key in sorted(set(names) - set(tags)):
            fields = {"name": clean_name(names[key], MAX_TAG), "created_at": self.now}
            tags[key] = Tag.objects.get_or_create(account=self.account, name_key=key, defaults=fields)[0]
        return tags

    def _tell(self, contact_id: UUID, kind: str, **facts: Any) -> None:
        """`silent`: no workflow starts by it."""
        facts |= {"import": str(self.batch.id)} | ({} if self.options.get("workflows") else {"silent": True})
        self.drafts.append(Draft(self.account.id, self.actor, self.now, kind, "contact", contact_id, facts))
