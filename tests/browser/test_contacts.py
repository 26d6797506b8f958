"""A file of contacts comes in, two contacts become one, many are tagged at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import Clinic
from tests.browser.conftest import OpenPage
from tests.browser.looks import PAIRS, SIGNED_IN, Check, check_looks

pytestmark = pytest.mark.slow
FILE = "Vorname;Nachname;E-Mail;Handy;Schuhgröße\nUwe;Jäger;uwe-{n}@guest.example;030 7654399;43\nOhne;Adresse;;;40\n"


@pytest.fixture
def desk(clinic: Clinic, open_page: OpenPage) -> Page:
    return clinic.sign_in(open_page())


@pytest.mark.parametrize("javascript", [True, False])
def test_file_is_mapped_previewed_and_imported(
    clinic: Clinic, open_page: OpenPage, tmp_path: Path, javascript: bool
) -> None:
    page = clinic.sign_in(open_page(javascript=javascript))
    file = tmp_path / "leute.csv"
    file.write_bytes(FILE.format(n=int(javascript)).encode("cp1252"))
    page.goto(f"{clinic.app}/contacts/import/")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("row", name="Handy")).to_be_visible()
    page.get_by_label("Handy").select_option(label="Phone")
    page.get_by_label("Schuhgröße").select_option(label="New custom field")
    page.get_by_label("Tag all of them").fill("Messe")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Line 3: There is no email address and no phone number.")).to_be_visible()
    expect(page.get_by_role("cell", name="+49307654399")).to_be_visible()
    page.get_by_role("button", name="Import 2 rows").click()
    if not javascript:
        page.wait_for_timeout(3000)
        page.reload()
    expect(page.locator(".progress-line__text")).to_contain_text("Done", timeout=20_000)
    page.get_by_role("link", name="Uwe Jäger").click()
    expect(page.locator(".dl").filter(has_text="Schuhgröße")).to_contain_text("43")
    expect(page.locator(".tag")).to_have_text(["Messe"])


def test_two_contacts_become_one(clinic: Clinic, desk: Page) -> None:
    ids = [
        clinic.api.post("/api/v1/contacts", json={"name": "Kim Doppel", "email": f"kim{n}@guest.example"}).json()["id"]
        for n in range(2)
    ]
    clinic.api.post(f"/api/v1/contacts/{ids[1]}/notes", json={"text": "Likes tea."})
    desk.goto(f"{clinic.app}/contacts/duplicates/")
    desk.get_by_role("row", name="Kim Doppel").get_by_role("link", name="Compare").click()
    desk.get_by_role("radio", name="kim1@guest.example").check()
    desk.get_by_role("button", name="Merge").click()
    expect(desk.locator(".toast")).to_contain_text("The contacts are one now.")
    expect(desk.locator(".timeline")).to_contain_text("Likes tea.")
    expect(desk.locator(".timeline")).to_contain_text("Email: kim0@guest.example")
    desk.goto(f"{clinic.app}/contacts/{ids[1]}/")
    assert desk.url == f"{clinic.app}/contacts/{ids[0]}/"


def test_many_are_tagged_from_the_list(clinic: Clinic, desk: Page) -> None:
    for n in range(2):
        clinic.api.post("/api/v1/contacts", json={"name": f"Bulk {n}", "email": f"bulk{n}@guest.example"})
    desk.goto(f"{clinic.app}/contacts/?q=bulk")
    desk.get_by_label("Select all on this page").check()
    bar = desk.locator("[data-select-bar]")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_label("Tag").fill("Autumn")
    bar.get_by_role("button", name="Add tag").click()
    expect(desk.locator(".toast")).to_contain_text("2 contacts have the tag now.")
    expect(desk.locator(".mini-tag")).to_have_text(["Autumn", "Autumn"])


@pytest.mark.parametrize("locale", SIGNED_IN)
def test_pages_with_a_choice_in_each_pair_of_dresses(
    clinic: Clinic, open_page: OpenPage, axe: Check, locale: str
) -> None:
    values = clinic.facts["values"]
    page = clinic.sign_in(open_page(locale=locale))
    for path in (
        f"contacts/{values['contact_id']}/merge/?with={values['twin_id']}",
        f"contacts/import/{values['done_import_id']}/?result=failed",
    ):
        page.goto(f"{clinic.app}/{path}")
        check_looks(page, axe, locale, PAIRS[locale])
    page.goto(f"{clinic.app}/contacts/import/{values['import_id']}/")
    page.locator("form.form .form__actions button").first.click()
    check_looks(page, axe, locale, PAIRS[locale])
