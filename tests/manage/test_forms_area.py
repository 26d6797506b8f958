"""The form builder and what came in, in the signed-in area."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.forms.models import Form

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/forms/"


@pytest.fixture
def form(account: Account) -> Form:
    return factories.form(account, name="Intake")


def keys(form: Form) -> list[str]:
    form.refresh_from_db()
    return [entry["key"] for entry in form.fields]


def question(**values: Any) -> dict[str, Any]:
    return {"label": "Pet", "kind": "text", "maps_to": "none", "width": "full", **values}


def test_empty_list_offers_a_first_form_and_makes_it(web: Client) -> None:
    assert "No forms yet" in web.get(PATH).content.decode()
    assert web.post(f"{PATH}new/", {"name": " "}).status_code == 422
    made = web.post(f"{PATH}new/", {"name": "Intake"})
    assert made["Location"] == f"{PATH}{Form.objects.get().id}/"


def test_list_counts_submissions_in_the_same_statements(
    web: Client, form: Form, django_assert_max_num_queries: Any
) -> None:
    factories.submission(form)
    for _ in range(3):
        factories.form(form.account)
    with django_assert_max_num_queries(9):
        rows = {row.name: row.submitted for row in web.get(PATH).context["forms"]}
    assert rows["Intake"] == 1


def test_builder_adds_edits_moves_and_removes_a_question(web: Client, form: Form) -> None:
    page = f"{PATH}{form.id}/"
    added = web.post(f"{page}fields/", {"kind": "choice"})
    assert (added["Location"], keys(form)[-1]) == (f"{page}fields/choice/", "choice")
    options = question(kind="choice", options="Cat\nDog", required="on")
    assert web.post(f"{page}fields/choice/", options)["Location"] == page
    form.refresh_from_db()
    assert (form.fields[-1]["label"], form.fields[-1]["options"]) == ("Pet", ["Cat", "Dog"])
    web.post(f"{page}fields/choice/move/", {"by": "-1"})
    assert keys(form) == ["first_name", "last_name", "choice", "email"]
    web.post(f"{page}fields/choice/removal/")
    assert keys(form) == ["first_name", "last_name", "email"]


def test_question_can_depend_on_one_above_it(web: Client, form: Form) -> None:
    page = f"{PATH}{form.id}/"
    web.post(f"{page}fields/", {"kind": "checkbox"})
    web.post(f"{page}fields/", {"kind": "text"})
    saved = web.post(f"{page}fields/short_text/", question(show_key="tick_box", show_equals="yes"))
    assert saved.status_code == 302
    form.refresh_from_db()
    assert form.fields[-1]["show_if"] == {"key": "tick_box", "equals": True}
    assert 'value="yes"' in web.get(f"{page}fields/short_text/").content.decode()
    assert "depends on “Tick box”" in web.get(page).content.decode()


def test_wrong_question_comes_back_with_its_sentence(web: Client, form: Form) -> None:
    answer = web.post(f"{PATH}{form.id}/fields/email/", question(kind="choice", options=""))
    assert (answer.status_code, "Give at least one option." in answer.content.decode()) == (422, True)


def test_last_way_to_reach_somebody_cannot_be_removed(web: Client, form: Form) -> None:
    answer = web.post(f"{PATH}{form.id}/fields/email/removal/", follow=True)
    assert "A form needs a field for the email address" in answer.content.decode()
    assert "email" in keys(form)


def test_settings_are_saved_or_refused(web: Client, form: Form) -> None:
    page = f"{PATH}{form.id}/settings/"
    wrong = web.post(page, {"name": "Intake", "redirect_url": "http://example.com"})
    assert wrong.status_code == 422
    web.post(page, {"name": "Enquiry", "consent_text": "I agree.", "embed_origins": "https://lime.example"})
    form.refresh_from_db()
    assert (form.name, form.active, form.consent_version) == ("Enquiry", False, 1)
    assert form.embed_origins == ["https://lime.example"]


def test_share_shows_address_and_code(web: Client, form: Form) -> None:
    html = web.get(f"{PATH}{form.id}/share/").content.decode()
    assert f"/f/{form.id}" in html
    assert "embed.js" in html


def test_deleted_form_can_be_restored(web: Client, form: Form) -> None:
    web.post(f"{PATH}{form.id}/deletion/")
    assert web.get(f"{PATH}{form.id}/").status_code == 404
    assert "Deleted forms" in web.get(PATH).content.decode()
    web.post(f"{PATH}{form.id}/restoration/")
    assert web.get(f"{PATH}{form.id}/").status_code == 200


def test_submissions_are_listed_read_and_exported(web: Client, form: Form) -> None:
    web.post(f"{PATH}{form.id}/fields/", {"kind": "text"})
    form.refresh_from_db()
    made = factories.submission(form, short_text="=1+1", email="ada@example.com")
    page = f"{PATH}{form.id}/submissions"
    assert [row.cells for row in web.get(f"{page}/").context["page"]] == [[("Short text", "=1+1")]]
    assert "ada@example.com" in web.get(f"{page}/{made.id}/").content.decode()
    answer: HttpResponse = web.get(f"{page}.csv")
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    row = next(iter(csv.DictReader(io.StringIO(text))))
    assert (row["contact_email"], row["short_text"]) == ("ada@example.com", "'=1+1")


def test_member_sees_but_changes_nothing(viewer: Client, form: Form) -> None:
    page = f"{PATH}{form.id}/"
    for path in (PATH, page, f"{page}submissions/", f"{page}share/"):
        assert viewer.get(path).status_code == 200, path
    for path in (f"{page}fields/", f"{page}fields/email/move/", f"{page}deletion/", f"{page}settings/", f"{PATH}new/"):
        assert viewer.post(path, {"kind": "text"}).status_code == 403, path
