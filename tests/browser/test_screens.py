"""Every screen of the URLconf behind the sign-in, and before it, in every dress: axe, one heading, nothing sideways."""

from __future__ import annotations

from zlib import crc32

import httpx
import pytest
from playwright.sync_api import Page
from tests.browser.clinic import Clinic
from tests.browser.conftest import OpenPage, Walk
from tests.browser.looks import PAIRS, SIGNED_IN, TRIPLES, Check, Scheme, check_looks
from tests.contract.routes import Route, routes
from tests.server import NO_TLS

pytestmark = pytest.mark.slow
#: Addresses that take a form, send the browser on, answer with a file, or need a key that only a mail or a device holds.
NO_SCREENS = {
    *("account_login", "account_signup", "account_set_password", "account_confirm_login_code"),
    *("account_confirm_email", "account_reset_password_from_key", "mfa_authenticate", "mfa_reauthenticate"),
    *("mfa_reauthenticate_webauthn", "mfa_login_webauthn", "mfa_activate_totp", "mfa_deactivate_totp"),
    *("mfa_add_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn"),
    *("mfa_generate_recovery_codes", "mfa_view_recovery_codes", "mfa_download_recovery_codes"),
    *("manage:root", "manage:setup", "manage:entry", "manage:settings", "manage:invitation"),
    *("manage:tick_setup", "manage:remove_demo", "manage:revoke_invitation", "manage:remove_member"),
    *("manage:message_resend", "manage:message_preview", "manage:message_ics", "manage:revoke_api_key"),
    *("manage:connect_oauth", "manage:oauth_callback", "manage:refresh_connection", "manage:connection_password"),
    *("manage:read_busy", "manage:remove_busy", "manage:calendar_read_busy", "manage:calendar_remove_busy"),
    *("manage:rename_schedule", "manage:duplicate_schedule", "manage:delete_schedule", "manage:schedule_overrides"),
    *("manage:schedule_clear_override", "manage:schedule_holidays", "manage:schedule_open_holiday"),
    *(
        "manage:change_feed",
        "manage:calendar_mend",
        "manage:calendar_preview",
        "manage:agenda_card",
        "manage:agenda_no_show",
        "manage:remove_block",
        "manage:calendar_remove_block",
        "manage:choose_calendar_schedule",
    ),
    *("manage:calendar_overrides", "manage:calendar_clear_override", "manage:resume_calendar"),
    *("manage:approve_booking", "manage:decline_booking"),  # tests/browser/test_approval.py walks the second
    *("manage:restore_calendar", "manage:booking_no_show", "manage:booking_new_link", "manage:bookings_csv"),
    *("manage:booking_ics", "manage:contacts_csv", "manage:share_slug", "manage:share_sites", "manage:share_mint"),
    *("manage:links_csv", "manage:links_bulk", "manage:links_restoration", "manage:link_times"),
    *("manage:link_removal", "manage:link_restoration", "manage:link_extension", "manage:link_reissue"),
    *("manage:group_order", "manage:group_members", "manage:resume_group", "manage:restore_group", "manage:group_mint"),
    *("manage:request_answer", "manage:request_dismissal", "manage:batch_progress", "manage:batch_csv"),
    *("manage:webhook_rotation", "manage:webhook_test", "manage:webhook_state", "manage:webhook_removal"),
    *("manage:add_form_field", "manage:move_form_field", "manage:remove_form_field", "manage:delete_form"),
    *("manage:remove_form_rule", "manage:form_consents", "manage:calendar_consents"),
    *("manage:restore_form", "manage:form_submissions_csv", "manage:pipelines", "manage:add_stage"),
    *("manage:rename_stage", "manage:move_stage", "manage:remove_stage", "manage:delete_pipeline"),
    *("manage:restore_pipeline", "manage:move_opportunity", "manage:opportunity_status", "manage:add_contact_tag"),
    *("manage:contacts_bulk", "manage:contact_import_progress", "manage:contact_import_errors"),
    *("manage:discard_contact_import", "manage:contact_owner", "manage:add_contact_note", "manage:add_contact_task"),
    *("manage:finish_contact_task", "manage:contact_data"),
    *("manage:remove_contact_tag", "manage:remove_custom_field", "manage:restore_custom_field"),
    *("manage:stop_enrollments", "manage:stop_enrollment", "manage:retry_enrollment", "manage:restore_version"),
    *("manage:workflow_bulk_progress", "manage:stop_bulk", "manage:continue_bulk", "manage:pause_workflow"),
    *("manage:resume_workflow", "manage:restore_workflow", "manage:publish_workflow", "manage:undo_workflow_step"),
    *("manage:act_on_workflow_step", "manage:remove_workflow_step", "manage:remove_workflow_trigger"),
    *("manage:inbound_hook_state", "manage:inbound_hook_removal"),
    *("manage:phone_number_removal", "manage:opt_out_removal"),
    *("manage:message_template_preview", "manage:duplicate_message_template", "manage:delete_message_template"),
    *("manage:remove_waiting", "manage:offer_waiting"),
    *("manage:calendar_notice_preview", "manage:switch_calendar_notice"),
    *("manage:delete_calendar_notice", "manage:restore_calendar_notice"),
    *("manage:restore_message_template", "manage:webhook_replay"),
}
ROUTES = {route.name: route for route in routes() if route.name.startswith(("manage:", "account_", "mfa_", "api_ref"))}
#: The longest page by far; tests/browser/test_api_reference.py walks it.
APART = {"api_reference"}
SCREENS = sorted(set(ROUTES) - NO_SCREENS - APART)
#: Screens whose query changes what they show.
VARIANTS = (
    "links/?status=used",
    "links/?status=deleted",
    "links/?q=nothing-like-this",
    "bookings/?when=past",
    "calendar/?view=day&hours=all",
    "calendar/?view=month&cancelled=1",
    "calendar/?view=agenda",
    "bookings/?q=nothing-like-this",
    "contacts/?q=nothing-like-this",
    "contacts/?missing=phone&upcoming=no",
    "requests/?status=answered",
    "messages/?status=failed",
    "messages/?status=bounced&channel=email",
    "settings/email/?provider=mailgun",
    "settings/email/?provider=postmark",
    "settings/sms/?provider=twilio",
    "settings/sms/?provider=http",
    "settings/sms/calls/?q=nothing-like-this",
    "settings/sms/opt-outs/?q=nothing-like-this",
)
SIGNED_OUT = ("accounts/login/", "accounts/password/reset/", "invitation/x/", "nothing/like/this")


def address(clinic: Clinic, route: Route) -> str:
    return clinic.base + route.fill(clinic.facts["values"])


def check(page: Page, url: str, axe: Check, locale: str, wanted: list[tuple[Scheme, int]], status: int = 200) -> None:
    answer = page.goto(url)
    assert answer
    assert answer.status == status
    check_looks(page, axe, locale, wanted)


def one_of(locale: str, name: str) -> list[tuple[Scheme, int]]:
    """Half of the screens are seen in one dress, half in the other; the soak sees all of them in all."""
    return [PAIRS[locale][crc32(name.encode()) % 2]]


@pytest.mark.parametrize("locale", SIGNED_IN)
@pytest.mark.parametrize("name", SCREENS)
def test_screen_in_a_dress(clinic: Clinic, walk: Walk, axe: Check, name: str, locale: str) -> None:
    check(clinic.sign_in(walk(locale)), address(clinic, ROUTES[name]), axe, locale, one_of(locale, name))


@pytest.mark.parametrize("locale", SIGNED_IN)
@pytest.mark.parametrize("rest", VARIANTS)
def test_list_in_a_dress(clinic: Clinic, walk: Walk, axe: Check, rest: str, locale: str) -> None:
    check(clinic.sign_in(walk(locale)), f"{clinic.app}/{rest}", axe, locale, one_of(locale, rest))


@pytest.mark.parametrize("locale", PAIRS)
@pytest.mark.parametrize("path", SIGNED_OUT)
def test_signed_out_screen_in_each_pair_of_dresses(
    clinic: Clinic, open_page: OpenPage, axe: Check, path: str, locale: str
) -> None:
    known = path.startswith("accounts/")
    check(open_page(locale=locale), f"{clinic.base}/{path}", axe, locale, PAIRS[locale], 200 if known else 404)


@pytest.mark.soak
@pytest.mark.parametrize("locale", TRIPLES)
@pytest.mark.parametrize("name", SCREENS)
def test_screen_in_every_dress(clinic: Clinic, open_page: OpenPage, axe: Check, name: str, locale: str) -> None:
    for scheme, width in TRIPLES[locale]:
        page = clinic.sign_in(open_page(locale=locale, dark=scheme == "dark", width=width))
        page.goto(address(clinic, ROUTES[name]))
        check_looks(page, axe, locale, [(scheme, width)])


@pytest.mark.parametrize("name", sorted(NO_SCREENS))
def test_address_left_out_of_the_walk_is_no_screen(clinic: Clinic, name: str) -> None:
    route = ROUTES[name]
    if not set(route.params) <= set(clinic.facts["values"]):
        return  # a key that only a mail or a device holds
    with httpx.Client(cookies={"admitone_session": clinic.facts["session"]}, trust_env=False, verify=NO_TLS) as browser:
        answer = browser.get(address(clinic, route))
    is_mail = name.startswith("manage:") and name.endswith(("message_preview", "template_preview", "notice_preview"))
    assert is_mail or answer.status_code != 200 or "html" not in answer.headers["Content-Type"]
