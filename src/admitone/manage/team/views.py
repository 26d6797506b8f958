"""Settings > Team: people, their roles and calendars, invitations."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts import limits, queries, services
from admitone.accounts.models import Account, AgencyAdmin, Membership
from admitone.calendars import access
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.manage.team.forms import InviteForm, RoleForm


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def team(request: AccountRequest, account: Account) -> HttpResponse:
    """The list; POST invites."""
    calendars = list(access.visible_calendars(request.user, account, request.role))
    form = InviteForm(posted(request), calendars=calendars, by=request.role)
    now = timezone.now()
    if request.method == "POST" and form.is_valid() and invited(request, account, form, now):
        messages.success(request, _("Invited %(email)s.") % {"email": form.cleaned_data["email"]})
        return redirect("manage:team", account.slug)
    members = list(queries.members(account))
    context = {
        "form": form,
        "members": members,
        "owners": sum(row.role == "owner" for row in members),
        "invitations": queries.invitations(account, now),
        "agency_admins": AgencyAdmin.objects.filter(agency=account.agency_id)
        .exclude(user__memberships__account=account)
        .select_related("user"),
    }
    return render(request, "manage/team/team.html", context, status=422 if form.errors else 200)


def invited(request: AccountRequest, account: Account, form: InviteForm, now: datetime) -> bool:
    try:
        limits.hit(name="invite", subject=str(account.id), limit=50, window_seconds=86_400, now=now)
        services.invite(
            account=account,
            actor=request.actor,
            by=request.role,
            invited_by=request.user,
            email=form.cleaned_data["email"],
            role=form.cleaned_data["role"],
            calendars={str(key): level for key, level in form.levels().items()},
            now=now,
        )
    except Problem as problem:
        show_problem(form, problem)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def member(request: AccountRequest, account: Account, member_id: str) -> HttpResponse:
    """One person: role and, for a member, calendars."""
    row = queries.get(account, Membership, member_id, "user")
    calendars = list(access.visible_calendars(request.user, account, request.role))
    levels = access.levels_of(account, row.user_id)
    form = RoleForm(posted(request), calendars=calendars, by=request.role, levels=levels, initial={"role": row.role})
    if request.method == "POST" and form.is_valid() and saved(request, account, row, form):
        messages.success(request, _("Saved."))
        return redirect("manage:team", account.slug)
    may_edit = request.role == "owner" or row.role != "owner"
    context = {"form": form, "member": row, "may_edit": may_edit}
    return render(request, "manage/team/member.html", context, status=422 if form.errors else 200)


def saved(request: AccountRequest, account: Account, row: Membership, form: RoleForm) -> bool:
    now = timezone.now()
    try:
        services.change_role(
            account=account,
            actor=request.actor,
            by=request.role,
            membership_id=row.id,
            role=form.cleaned_data["role"],
            now=now,
        )
        levels = form.levels() if form.cleaned_data["role"] == "member" else {}
        access.set_access(account=account, actor=request.actor, user_id=row.user_id, levels=levels, now=now)
    except Problem as problem:
        if problem.code != "last_owner":
            raise
        show_problem(form, problem)
        return False
    return True


@require_POST
@in_account()
def remove(request: AccountRequest, account: Account, member_id: str) -> HttpResponse:
    """Admins remove others, anybody leaves."""
    row = queries.get(account, Membership, member_id, "user")
    services.remove_member(
        account=account, actor=request.actor, by=request.role, membership_id=row.id, now=timezone.now()
    )
    messages.success(request, _("%(name)s is no longer in the team.") % {"name": row.user.get_full_name()})
    if row.user_id == request.user.id:
        return redirect("manage:entry")
    return redirect("manage:team", account.slug)


@require_POST
@in_account("admin")
def revoke(request: AccountRequest, account: Account, invitation_id: str) -> HttpResponse:
    row = services.revoke_invitation(
        account=account, actor=request.actor, by=request.role, invitation_id=invitation_id, now=timezone.now()
    )
    messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": row.email})
    return redirect("manage:team", account.slug)
