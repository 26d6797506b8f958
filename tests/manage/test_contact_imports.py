"""A CSV file on its way in, page by page."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.contacts.models import Contact, ContactImport
from admitone.jobs import run_pending

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/contacts/"
FILE = "First Name,Email,Phone,Colour\nAna,ana@example.com,030 1234567,green\n=Eve,nobody,,\n"


@pytest.fixture
def page(web: Client) -> str:
    """The address of a file that was uploaded."""
    file = SimpleUploadedFile("people.csv", FILE.encode("utf-16"))
    return str(web.post(f"{PATH}import/", {"file": file}).url)


def wishes(**changes: str) -> dict[str, str]:
    columns = {"column0": "first_name", "column1": "email", "column2": "phone", "column3": "new"}
    return {**columns, "existing": "fill", "region": "DE", **changes}


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "names of its columns"), (b"Name", "names of its columns"), (b"x" * 5_000_001, "too large")],
)
def test_what_is_no_table_is_refused(web: Client, content: bytes, says: str) -> None:
    response = web.post(f"{PATH}import/", {"file": SimpleUploadedFile("x.csv", content)})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert web.post(f"{PATH}import/").status_code == 422


def test_columns_are_guessed_and_shown_with_their_values(web: Client, page: str) -> None:
    response = web.get(page)
    form = response.context["form"]
    assert [form[f"column{n}"].value() or "" for n in range(4)] == ["first_name", "email", "phone", ""]
    assert [column["samples"] for column in response.context["columns"]][3] == ["green"]
    assert Contact.objects.count() == 0


def test_preview_says_how_rows_are_read_and_which_are_not(web: Client, page: str) -> None:
    response = web.post(page, wishes())
    trial = response.context["trial"]
    assert [(row["name"], row["phone"]) for row in trial["good"]] == [("Ana", "+49301234567")]
    assert trial["wrong"] == [(3, "nobody: Enter an email address like name@example.com.")]
    assert Contact.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"column1": "", "column2": ""}, {"existing": "x"}, {"column0": "password"}])
def test_wrong_wishes_are_refused_with_what_was_chosen(web: Client, page: str, wrong: dict[str, str]) -> None:
    response = web.post(page, wishes(start="1", **wrong))
    assert response.status_code == 422
    assert ContactImport.objects.get().status == "staged"


def test_import_runs_shows_progress_and_results(web: Client, page: str) -> None:
    assert web.post(page, wishes(start="1", tags="Fair")).url == page
    bar = web.get(f"{page}progress/", headers={"HX-Request": "true"})
    assert ("every 2s" in bar.content.decode(), "HX-Refresh" in bar.headers) == (True, False)
    run_pending()
    bar = web.get(f"{page}progress/", headers={"HX-Request": "true"})
    assert ("every 2s" in bar.content.decode(), bar.headers["HX-Refresh"]) == (False, "true")
    ana = Contact.objects.get()
    assert ana.custom == {"colour": "green"}
    assert f'href="{PATH}{ana.id}/"' in web.get(page).content.decode()
    assert [row.number for row in web.get(f"{page}?result=failed").context["page"]] == [3]
    assert web.post(page, wishes(start="1")).url == page
    assert "people.csv" in web.get(f"{PATH}import/").content.decode()


def test_rows_that_were_not_taken_are_a_file_to_mend(web: Client, page: str) -> None:
    web.post(page, wishes(start="1"))
    run_pending()
    text = web.get(f"{page}errors.csv").getvalue().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["line"], row["First Name"], row["Email"]) == ("3", "'=Eve", "nobody")
    assert row["error"].startswith("nobody: ")


def test_file_is_discarded(web: Client, page: str) -> None:
    assert web.post(f"{page}removal/").url == f"{PATH}import/"
    assert ContactImport.objects.count() == 0


def test_members_import_nothing(web: Client, account: Account, page: str) -> None:
    web.force_login(factories.member(account))
    for path in (f"{PATH}import/", page, f"{page}errors.csv"):
        assert web.get(path).status_code == 403
