"""One-time links through the API: the fixed shapes, one transaction, paging, the finality of used."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories
from tests.api.conftest import ADA, ELEVEN, TEN, code, token

from admitone.accounts.keyring import keyring
from admitone.contacts.models import Contact
from admitone.events import Event
from admitone.links.models import OneTimeLink
from admitone.logic.clock import iso

NOW = factories.NOW
FIXED = {
    "id",
    "url",
    "status",
    "calendar",
    "contact",
    "max_uses",
    "uses",
    "expires_at",
    "created_at",
    "booking_ids",
}


def make(api, **body):
    response = api.post("/one-time-links", {"calendar": "first", **body})
    assert response.status_code == 201, response.content
    return response.json()


def test_created_link_has_the_fixed_shape_and_its_url_ends_in_the_token(api, calendar):
    made = make(api)
    assert set(made) >= FIXED
    row = OneTimeLink.objects.get(id=made["id"])
    assert made["url"].rsplit("/", 1)[-1] == token(row)
    assert (made["status"], made["calendar"], made["uses"], made["max_uses"]) == ("active", str(calendar.id), 0, 1)
    assert (made["contact"], made["expires_at"], made["booking_ids"]) == (None, None, [])
    assert (made["created_at"], row.source_kind) == (iso(NOW), "api")


def test_calendar_is_named_by_id_or_slug(api, calendar):
    assert make(api, calendar=str(calendar.id))["calendar"] == make(api, calendar="first")["calendar"]


def test_every_term_is_kept(api, calendar):
    terms = {
        "contact_policy": "refuse",
        "offered": [{"start": TEN, "end": ELEVEN}],
        "not_before": "2026-11-02T10:00:00+01:00",
        "expires_at": "2026-12-01T00:00:00.5+00:00",
        "max_uses": 3,
        "label": "Ada",
        "note": "See you\nthere",
        "metadata": {"case": 17, "vip": True, "why": None, "score": 1.5},
    }
    made = make(api, contact={"email": "ada@example.com", "name": "Ada", "phone": "+49 30 1234567"}, **terms)
    assert made["offered"] == terms["offered"]
    assert (made["not_before"], made["expires_at"]) == ("2026-11-02T09:00:00Z", "2026-12-01T00:00:00Z")
    same = ("contact_policy", "max_uses", "label", "note", "metadata")
    assert {name: made[name] for name in same} == {name: terms[name] for name in same}
    assert Contact.objects.get(id=made["contact"]).phone == "+49301234567"


def test_known_contact_is_found_by_address_and_new_one_is_recorded(api, calendar):
    known = factories.contact(calendar.account, email="ada@example.com")
    assert make(api, contact={"email": "ADA@example.com"})["contact"] == str(known.id)
    assert make(api, contact=str(known.id))["contact"] == str(known.id)
    made = make(api, contact={"email": "grace@example.com"})
    assert list(Event.objects.filter(kind="contact.created").values_list("subject_id", flat=True)) == [
        Contact.objects.get(id=made["contact"]).id
    ]


def test_refused_link_leaves_no_contact_behind(api, calendar):
    body = {"calendar": "first", "contact": {"email": "new@example.com"}, "offered": [{"start": ELEVEN, "end": TEN}]}
    assert code(api.post("/one-time-links", body)) == (422, "invalid")
    assert (Contact.objects.count(), OneTimeLink.objects.count()) == (0, 0)


def test_same_key_and_body_answer_with_the_same_link(api, calendar):
    body = {"calendar": "first", "contact": {"email": "ada@example.com"}}
    first, again = (api.post("/one-time-links", body, Idempotency_Key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert OneTimeLink.objects.count() == 1
    other = api.post("/one-time-links", {"calendar": "first"}, Idempotency_Key="k1")
    assert code(other) == (422, "idempotency_key_reused")


def test_idempotency_keys_of_two_accounts_do_not_meet(api, calendar):
    other = factories.account()
    factories.calendar(other, slug="first")
    theirs = type(api)(factories.api_key(other)[1])
    assert api.post("/one-time-links", {"calendar": "first"}, Idempotency_Key="k").status_code == 201
    assert theirs.post("/one-time-links", {"calendar": "first"}, Idempotency_Key="k").status_code == 201


def test_link_is_read_changed_deleted_and_restored(api, calendar):
    path = f"/one-time-links/{make(api)['id']}"
    assert api.get(path).json()["status"] == "active"
    assert api.patch(path, {"label": "x", "max_uses": 2}).json()["max_uses"] == 2
    gone = api.delete(path)
    assert (gone.status_code, gone.json()["status"]) == (200, "deleted")
    assert code(api.patch(path, {"max_uses": 3})) == (409, "link_deleted")
    back = api.patch(path, {"status": "active", "max_uses": 3}).json()
    assert (back["status"], back["max_uses"], back["label"]) == ("active", 3, "x")


def test_refused_change_undoes_the_restoration_with_it(api, calendar):
    path = f"/one-time-links/{make(api)['id']}"
    api.delete(path)
    assert code(api.patch(path, {"status": "active", "expires_at": "2026-11-01T00:00:00Z"})) == (422, "invalid")
    assert api.get(path).json()["status"] == "deleted"


def test_null_clears_the_dates_and_absence_leaves_them(api, calendar):
    path = f"/one-time-links/{make(api, expires_at='2026-12-01T00:00:00Z')['id']}"
    assert api.patch(path, {"label": "x"}).json()["expires_at"] == "2026-12-01T00:00:00Z"
    assert api.patch(path, {"expires_at": None}).json()["expires_at"] is None


def test_expired_link_can_be_extended(api, calendar):
    link = factories.link(calendar, expires_at=NOW - timedelta(days=1))
    path = f"/one-time-links/{link.id}"
    assert api.get(path).json()["status"] == "expired"
    assert api.patch(path, {"expires_at": "2026-12-01T00:00:00Z"}).json()["status"] == "active"


@pytest.mark.parametrize(
    "change",
    [{"expires_at": None}, {"not_before": None}, {"max_uses": 2}, {"status": "active"}, {"label": "x", "max_uses": 5}],
)
def test_used_link_refuses_every_change_of_its_terms(api, calendar, change):
    link = factories.link(calendar, uses=1)
    path = f"/one-time-links/{link.id}"
    assert code(api.patch(path, change)) == (409, "link_used")
    assert code(api.delete(path)) == (409, "link_used")
    assert api.get(path).json()["label"] == ""


def test_used_link_keeps_its_booking_and_takes_label_note_and_metadata(api, guest, link):
    booked = guest.post(f"/public/links/{token(link)}/bookings", ADA).json()
    changed = api.patch(f"/one-time-links/{link.id}", {"label": "a", "note": "b", "metadata": {"c": 1}}).json()
    assert (changed["status"], changed["uses"], changed["booking_ids"]) == ("used", 1, [booked["id"]])
    assert (changed["label"], changed["note"], changed["metadata"]) == ("a", "b", {"c": 1})


def test_list_pages_through_everything_once_while_links_are_added(api, calendar):
    made = [factories.link(calendar, created_at=NOW - timedelta(seconds=n // 3)) for n in range(7)]
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"/one-time-links?limit=3{'&cursor=' + cursor if cursor else ''}").json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        factories.link(calendar, created_at=NOW + timedelta(seconds=1))
    assert sorted(seen) == sorted(str(link.id) for link in made)


def test_list_filters_by_status_calendar_and_contact(api, calendar):
    contact = factories.contact(calendar.account)
    other = factories.calendar(calendar.account, slug="second")
    links = {
        "active": factories.link(calendar, contact=contact),
        "used": factories.link(calendar, uses=1),
        "deleted": factories.link(other, deleted_at=NOW),
        "expired": factories.link(other, expires_at=NOW),
    }

    def ids(query):
        return {item["id"] for item in api.get(f"/one-time-links?{query}").json()["items"]}

    for status, link in links.items():
        assert ids(f"status={status}") == {str(link.id)}
    assert ids("calendar=second") == {str(links["deleted"].id), str(links["expired"].id)}
    assert ids(f"calendar={calendar.id}") == {str(links["active"].id), str(links["used"].id)}
    assert ids(f"contact={contact.id}") == {str(links["active"].id)}
    assert code(api.get("/one-time-links?calendar=nowhere")) == (404, "not_found")


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_three_statements_however_long(api, calendar, count, django_assert_num_queries):
    for _ in range(count):
        factories.link(calendar, contact=factories.contact(calendar.account))
    with django_assert_num_queries(3):
        assert len(api.get("/one-time-links").json()["items"]) == count


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "A" * 34, "%00"])
def test_strange_cursor_is_invalid(api, cursor):
    assert code(api.get(f"/one-time-links?cursor={cursor}")) == (422, "invalid")


def test_manage_token_is_no_link_token(guest, link):
    forged = keyring().sign("b1", link.id)
    assert code(guest.get(f"/public/links/{forged}")) == (404, "link_unknown")
