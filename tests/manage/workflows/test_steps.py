"""Every operation of the builder, what it refuses, and two tabs at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.logic.steps import walk
from admitone.workflows.editing import revision
from admitone.workflows.models import Workflow

pytestmark = pytest.mark.django_db
CHECK: dict[str, Any] = {
    "name": "check",
    "type": "if_else",
    "params": {},
    "branches": [
        {"name": "Yes", "when": {"all": [{"value": "contact.email", "op": "is_filled"}]}, "steps": []},
        {"name": "Otherwise", "steps": []},
    ],
}


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account, name="Consultation")


@pytest.fixture
def workflow(account: Account, calendar: Calendar) -> Workflow:
    link = {"name": "link", "type": "one_time_link.generate", "params": {"calendar": str(calendar.id)}}
    body = "Book: {{ steps.link.url }}"
    mail = {"name": "mail", "type": "email.send", "params": {"subject": "Hello", "body": body}}
    return factories.workflow(account, link, mail, CHECK)


@pytest.fixture
def path(workflow: Workflow) -> str:
    return f"/app/north-clinic/workflows/{workflow.id}/"


def names(workflow: Workflow) -> list[str]:
    workflow.refresh_from_db()
    return [step["name"] for _path, step in walk(workflow.draft["steps"])]


def step(workflow: Workflow, name: str) -> dict[str, Any]:
    workflow.refresh_from_db()
    return next(dict(one) for _path, one in walk(workflow.draft["steps"]) if one["name"] == name)


def seen(workflow: Workflow, name: str) -> str:
    return revision(step(workflow, name))


def page(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_picker_offers_the_link_under_appointments_and_adds_it(web: Client, workflow: Workflow, path: str) -> None:
    shown = page(web.get(f"{path}steps/?place=after:mail"))
    appointments = shown[shown.index("Appointments</h3>") :]
    assert "Generate One-Time Booking Link" in appointments[: appointments.index("</section>")]
    added = web.post(f"{path}steps/", {"type": "one_time_link.generate", "place": "after:mail"})
    assert added["Location"] == f"{path}steps/generate_one_time_booking_link/?new=1"
    assert names(workflow) == ["link", "mail", "generate_one_time_booking_link", "check"]
    assert "field__error" not in page(web.get(added["Location"]))


def test_step_is_added_at_the_start_of_a_branch(web: Client, workflow: Workflow, path: str) -> None:
    web.post(f"{path}steps/", {"type": "end", "place": "in:check:1"})
    assert step(workflow, "check")["branches"][1]["steps"][0]["type"] == "end"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"type": "end", "place": "after:gone"}, 409),
        ({"type": "end", "place": "??"}, 422),
        ({"type": "nothing", "place": "start"}, 422),
        ({}, 422),
    ],
)
def test_step_that_cannot_be_added_is_refused(
    web: Client, workflow: Workflow, path: str, values: dict[str, str], status: int
) -> None:
    assert web.post(f"{path}steps/", values).status_code == status
    assert names(workflow) == ["link", "mail", "check"]


def test_builder_that_is_drawn_anew_says_what_was_refused(web: Client, workflow: Workflow, path: str) -> None:
    swap = {"HX-Request": "true"}
    for rest, values, words in (
        ("steps/", {"type": "end", "place": "after:gone"}, "That step is no longer there."),
        ("steps/check/place/", {"place": "in:check:0"}, "It cannot stand there."),
        ("steps/gone/doing/", {"do": "up"}, "That is no longer there."),
        ("triggers/0/deletion/", {"seen": "old"}, "has just been changed in another place"),
        ("undo/", {}, "There is nothing to put back."),
    ):
        answer = web.post(f"{path}{rest}", values, headers=swap, follow=True)
        assert (answer.redirect_chain, answer.status_code) == ([(path, 302)], 200), rest
        assert words in page(answer), rest
    workflow.draft = {**workflow.draft, "steps": []}
    workflow.save()
    refused = web.post(f"{path}publication/", headers=swap)
    assert (refused.status_code, refused["HX-Push-Url"]) == (422, path)


def test_panel_keeps_what_is_typed_and_new_title_follows_into_texts(
    web: Client, workflow: Workflow, path: str, calendar: Calendar
) -> None:
    typed = {
        "seen": seen(workflow, "link"),
        "label": "Link for the first visit",
        "p-calendar": str(calendar.id),
        "p-expires_in-amount": "7",
        "p-expires_in-unit": "days",
        "p-expires_at": "",
        "p-contact_policy": "verify",
        "p-max_uses": "1",
        "p-delete_earlier": "on",
    }
    saved = web.post(f"{path}steps/link/", typed)
    new = "link_for_the_first_visit"
    assert saved["Location"] == f"{path}?at={new}#step-{new}"
    params = {
        "calendar": str(calendar.id),
        "expires_in": {"days": 7},
        "contact_policy": "verify",
        "delete_earlier": True,
    }
    assert step(workflow, new) == {
        "name": new,
        "type": "one_time_link.generate",
        "label": "Link for the first visit",
        "params": params,
    }
    assert step(workflow, "mail")["params"]["body"] == "Book: {{ steps.link_for_the_first_visit.url }}"
    assert "Link for the first visit" in page(web.get(path))


def test_moments_are_typed_in_the_time_of_the_account(
    web: Client, workflow: Workflow, path: str, calendar: Calendar
) -> None:
    typed = {"seen": seen(workflow, "link"), "p-calendar": str(calendar.id), "p-expires_at": "2026-12-24T09:30"}
    web.post(f"{path}steps/link/", typed)
    assert step(workflow, "link")["params"]["expires_at"] == "2026-12-24T08:30:00Z"
    assert 'value="2026-12-24T09:30"' in page(web.get(f"{path}steps/link/"))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("{{ appointment.when }}", "There is no appointment at this point"),
        ("{{ steps.check.nothing }}", "is not made by a step that always comes before"),
        ("{{ contact.nothing }}", "There is no value called contact.nothing."),
        ("{{ contact.name", "p-body"),
        ("", "must not be empty"),
    ],
)
def test_fault_stands_at_its_field_and_what_was_typed_is_kept(
    web: Client, workflow: Workflow, path: str, body: str, sentence: str
) -> None:
    typed = {"seen": seen(workflow, "mail"), "label": "Send Email", "p-subject": "Hello", "p-body": body}
    answer = web.post(f"{path}steps/mail/", typed)
    assert answer.status_code == 422
    form = answer.context["panel"].form
    assert list(form.errors) == ["p-body"]
    assert sentence in page(answer)
    assert form["p-body"].value() == body
    assert step(workflow, "mail")["params"].get("body", "") == body
    assert "flow-card--fault" in page(web.get(path))


def test_number_that_is_none_is_kept_and_refused(
    web: Client, workflow: Workflow, path: str, calendar: Calendar
) -> None:
    typed = {"seen": seen(workflow, "link"), "p-calendar": str(calendar.id), "p-max_uses": "many", "p-offered": "[{"}
    answer = web.post(f"{path}steps/link/", typed)
    assert (answer.status_code, sorted(answer.context["panel"].form.errors)) == (422, ["p-max_uses", "p-offered"])
    assert step(workflow, "link")["params"]["max_uses"] == "many"
    assert 'value="many"' in page(web.get(f"{path}steps/link/"))


def test_second_tab_is_told_of_the_first_and_loses_nothing(web: Client, workflow: Workflow, path: str) -> None:
    both = seen(workflow, "mail")
    first = {"seen": both, "label": "Send Email", "p-subject": "First", "p-body": "One"}
    second = {"seen": both, "label": "Send Email", "p-subject": "Second", "p-body": "Two"}
    assert web.post(f"{path}steps/mail/", first).status_code == 302
    told = web.post(f"{path}steps/mail/", second)
    assert told.status_code == 409
    assert "changed in another place" in page(told)
    assert told.context["panel"].form["p-subject"].value() == "Second"
    assert step(workflow, "mail")["params"]["subject"] == "First"
    again = {**second, "seen": told.context["panel"].seen}
    assert web.post(f"{path}steps/mail/", again).status_code == 302
    assert step(workflow, "mail")["params"]["subject"] == "Second"


def test_tabs_that_edit_different_steps_do_not_disturb_each_other(web: Client, workflow: Workflow, path: str) -> None:
    mine = seen(workflow, "mail")
    web.post(f"{path}steps/link/deletion/")
    web.post(f"{path}steps/", {"type": "end", "place": "after:check"})
    typed = {"seen": mine, "label": "Send Email", "p-subject": "Mine", "p-body": "Hello"}
    assert web.post(f"{path}steps/mail/", typed).status_code == 302
    assert names(workflow) == ["mail", "check", "end"]


def test_step_is_duplicated_switched_off_and_moved(web: Client, workflow: Workflow, path: str) -> None:
    web.post(f"{path}steps/mail/doing/", {"do": "duplicate"})
    assert names(workflow) == ["link", "mail", "mail_2", "check"]
    web.post(f"{path}steps/mail_2/doing/", {"do": "disable"})
    assert step(workflow, "mail_2")["disabled"] is True
    assert "Switched off" in page(web.get(path))
    web.post(f"{path}steps/mail_2/doing/", {"do": "enable"})
    assert "disabled" not in step(workflow, "mail_2")
    web.post(f"{path}steps/mail_2/doing/", {"do": "up"})
    assert names(workflow) == ["link", "mail_2", "mail", "check"]
    web.post(f"{path}steps/link/doing/", {"do": "down"})
    assert names(workflow) == ["mail_2", "link", "mail", "check"]
    assert "After Send Email" in page(web.get(f"{path}steps/link/place/"))
    web.post(f"{path}steps/link/place/", {"place": "in:check:0"})
    assert names(workflow) == ["mail_2", "mail", "check", "link"]
    assert web.post(f"{path}steps/check/place/", {"place": "after:link"}).status_code == 422


def test_deleted_step_comes_back_by_undo(web: Client, workflow: Workflow, path: str) -> None:
    before = step(workflow, "mail")
    deleted = web.post(f"{path}steps/mail/deletion/", follow=True)
    assert "Send Email is deleted." in page(deleted)
    assert names(workflow) == ["link", "check"]
    web.post(f"{path}undo/")
    assert names(workflow) == ["link", "mail", "check"]
    assert step(workflow, "mail") == before
    assert web.post(f"{path}undo/").status_code == 422


def test_branches_are_named_added_and_compared_in_the_panel(web: Client, workflow: Workflow, path: str) -> None:
    web.post(f"{path}steps/", {"type": "end", "place": "in:check:1"})
    typed = {
        "seen": seen(workflow, "check"),
        "label": "If / else",
        "branches": "2",
        "b0-origin": "0",
        "b0-name": "Has a phone",
        "b0-groups": "1",
        "b0-0-count": "1",
        "b0-0-0-value": "contact.phone",
        "b0-0-0-op": "is_filled",
        "b1-origin": "1",
        "b1-name": "Otherwise",
        "b1-else": "1",
    }
    assert web.post(f"{path}steps/check/", {**typed, "do": "add_condition:0:0"}).status_code == 302
    branches = step(workflow, "check")["branches"]
    first = {"value": "contact.phone", "op": "is_filled"}
    assert branches[0]["when"] == {"all": [first, {"value": "", "op": "is", "than": ""}]}
    assert [one["type"] for one in branches[1]["steps"]] == ["end"]
    shown = page(web.get(f"{path}steps/check/"))
    assert "Choose a value to look at." in shown
    assert web.post(f"{path}steps/check/", {**typed, "seen": seen(workflow, "check")}).status_code == 302
    assert step(workflow, "check")["branches"][0]["when"] == {"all": [first]}
    web.post(f"{path}steps/check/", {**typed, "seen": seen(workflow, "check"), "do": "remove_branch:1"})
    assert [one["name"] for one in step(workflow, "check")["branches"]] == ["Has a phone"]


def test_triggers_are_added_filtered_and_deleted(web: Client, workflow: Workflow, path: str, account: Account) -> None:
    form = factories.form(account, name="Intake")
    web.post(f"{path}triggers/", {"type": "manual"})
    added = web.post(f"{path}triggers/", {"type": "form.submitted"})
    assert added["Location"] == f"{path}triggers/2/"
    workflow.refresh_from_db()
    row = revision(workflow.draft["triggers"][2])
    web.post(f"{path}triggers/2/", {"seen": row, "p-forms": [str(form.id)]})
    workflow.refresh_from_db()
    assert workflow.draft["triggers"][2] == {"type": "form.submitted", "filters": {"forms": [str(form.id)]}}
    assert "Intake" in page(web.get(path))
    assert web.post(f"{path}triggers/2/", {"seen": row}).status_code == 409
    assert web.post(f"{path}triggers/2/deletion/", {"seen": row}).status_code == 409
    web.post(f"{path}triggers/1/deletion/", {"seen": revision({"type": "manual", "filters": {}})})
    workflow.refresh_from_db()
    assert [one["type"] for one in workflow.draft["triggers"]] == ["form.submitted", "form.submitted"]


def test_values_are_those_of_the_triggers_and_of_earlier_steps(web: Client, workflow: Workflow, path: str) -> None:
    groups = {group.label: group for group in web.get(f"{path}steps/mail/").context["panel"].values}
    assert list(groups) == ["Contact", "One-time link", "Calendar", "Business", "Generate One-Time Booking Link"]
    made = groups["Generate One-Time Booking Link"].values[0]
    assert (made.label, made.code) == ("One-Time Link", "{{ steps.link.url }}")
    first = [group.label for group in web.get(f"{path}steps/link/").context["panel"].values]
    assert first == ["Contact", "Business"]


def test_publishing_lists_faults_at_their_steps_then_publishes(web: Client, workflow: Workflow, path: str) -> None:
    web.post(f"{path}steps/", {"type": "email.send", "place": "start"})
    refused = web.post(f"{path}publication/")
    assert refused.status_code == 422
    shown = page(refused)
    assert "before publishing" in shown
    assert f'href="{path}steps/send_email/"' in shown
    assert "field__error" in page(web.get(f"{path}steps/send_email/"))
    web.post(f"{path}steps/send_email/deletion/")
    assert web.post(f"{path}publication/")["Location"] == path
    workflow.refresh_from_db()
    assert (workflow.status, workflow.published_version) == ("published", 1)
    assert "Unpublished changes" not in page(web.get(path))
    web.post(f"{path}steps/mail/doing/", {"do": "disable"})
    assert "Unpublished changes" in page(web.get(path))


@pytest.mark.parametrize(
    "rest", ["", "steps/mail/", "steps/mail/place/", "steps/?place=start", "triggers/", "triggers/0/"]
)
def test_pages_of_another_account_are_not_found(web: Client, rest: str) -> None:
    other = factories.workflow(factories.account())
    assert web.get(f"/app/north-clinic/workflows/{other.id}/{rest}").status_code == 404


@pytest.mark.parametrize(
    "rest",
    ["steps/mail/", "steps/mail/doing/", "steps/mail/place/", "steps/mail/deletion/", "steps/", "undo/", "triggers/",
     "triggers/0/", "triggers/0/deletion/"],
)  # fmt: skip
def test_member_changes_nothing(viewer: Client, workflow: Workflow, path: str, rest: str) -> None:
    before = workflow.draft
    assert viewer.post(f"{path}{rest}", {"do": "duplicate", "type": "end", "place": "start"}).status_code == 403
    workflow.refresh_from_db()
    assert workflow.draft == before
    assert "flow-plus" not in page(viewer.get(path))


@pytest.mark.parametrize("rest", ["steps/gone/", "steps/gone/place/", "triggers/9/"])
def test_what_is_not_there_is_not_found(web: Client, path: str, rest: str) -> None:
    assert web.get(f"{path}{rest}").status_code == 404


ODD = [
    "\x00",
    '{"a": "\\ud800"}',
    "9" * 400,
    "nan",
    "-1",
    "1e999",
    "0001-01-01T00:00",
    '{"a": "\\u0000"}',
    "[" * 3000,
    "{{",
    "[NaN]",
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_nothing_that_can_be_typed_is_an_error_of_ours(
    web: Client, workflow: Workflow, path: str, calendar: Calendar, odd: str
) -> None:
    for name, kinds in (("link", LINK_FIELDS), ("mail", MAIL_FIELDS), ("check", CHECK_FIELDS)):
        typed = {"seen": seen(workflow, name), **dict.fromkeys(kinds, odd), "label": "x"}
        answer = web.post(f"{path}steps/{name}/", {**typed, "branches": "2", "b0-origin": "0", "b1-else": "1"})
        assert answer.status_code in (302, 409, 422), name
        shown = web.get(path)
        assert shown.status_code == 200
        workflow.refresh_from_db()
        draft = workflow.draft
        last = {one["type"]: one["name"] for _path, one in walk(draft["steps"])}
        assert web.get(f"{path}steps/{last[TYPES[name]]}/").status_code == 200
        workflow.draft = {**draft, "steps": rename_back(draft["steps"], last[TYPES[name]], name)}
        workflow.save()


LINK_FIELDS = ["p-calendar", "p-expires_in-amount", "p-expires_in-unit", "p-expires_at", "p-not_before", "p-max_uses",
               "p-contact_policy", "p-offered", "p-metadata", "p-note"]  # fmt: skip
MAIL_FIELDS = ["p-subject", "p-body", "p-to", "p-dead_link", "p-template", "p-unsubscribe", "do"]
CHECK_FIELDS = ["b0-name", "b0-when", "b1-name", "b0-groups", "b1-origin", "do"]
TYPES = {"link": "one_time_link.generate", "mail": "email.send", "check": "if_else"}


def rename_back(steps: list[dict[str, Any]], old: str, new: str) -> list[dict[str, Any]]:
    return [{**one, "name": new} if one["name"] == old else one for one in steps]


def test_panel_saves_by_itself_and_goes_on_from_there(web: Client, workflow: Workflow, path: str) -> None:
    typed = {"seen": seen(workflow, "mail"), "label": "New title", "p-subject": "Typed", "p-body": "Hello"}
    typed["p-unsubscribe"] = "on"
    kept = web.post(f"{path}steps/mail/", typed, headers={"X-Autosave": "1"})
    assert (kept.status_code, kept.json()) == (200, {"seen": seen(workflow, "mail")})
    assert step(workflow, "mail")["params"] == {"subject": "Typed", "body": "Hello"}
    assert "label" not in step(workflow, "mail")
    assert web.post(f"{path}steps/mail/", typed, headers={"X-Autosave": "1"}).status_code == 409
    assert web.post(f"{path}steps/mail/", {**typed, "seen": kept.json()["seen"]}).status_code == 302
    assert step(workflow, "new_title")["label"] == "New title"
    row = revision(workflow.draft["triggers"][0])
    kept = web.post(f"{path}triggers/0/", {"seen": row}, headers={"X-Autosave": "1"})
    assert kept.json()["seen"] == row
