"""A calendar's plan as a guest wished it or a link agreed on it: one host, another length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from admitone.logic.errors import Problem
from admitone.logic.plan import CalendarPlan


def for_host(plan: CalendarPlan, host_id: str, *, by_hand: bool = False) -> CalendarPlan:
    """The plan with one host alone, as its guest wished; Problem("invalid") where guests do not choose. By hand the owner
    chooses in every round robin."""
    if not host_id:
        return plan
    hosts = tuple(host for host in plan.hosts if host.id == host_id)
    chooses = picks_host(plan) or (by_hand and plan.type.choice)
    if not hosts or not chooses:
        raise Problem("invalid", fields={"host": "This host cannot be chosen."})
    return replace(plan, hosts=hosts)


def for_length(plan: CalendarPlan, minutes: int | None) -> CalendarPlan:
    """The plan for one of its lengths; Problem("invalid") for another one. None: the calendar's own."""
    if minutes is None or minutes == plan.rules.duration:
        return plan
    if minutes not in plan.durations:
        raise Problem("invalid", fields={"duration": "Appointments of this length cannot be booked."})
    others = tuple(one for one in lengths(plan) if one != minutes)
    return replace(plan, rules=replace(plan.rules, duration=minutes), durations=others)


def lengths(plan: CalendarPlan) -> list[int]:
    """The lengths that can be booked, in minutes, ascending."""
    return sorted({plan.rules.duration, *plan.durations})


def with_terms(plan: CalendarPlan, terms: Mapping[str, Any]) -> CalendarPlan:
    """The plan as a link agreed otherwise, by `duration` (minutes) and `host` (an id); nothing else can be chosen.

    Nobody stands in for an agreed host who has left the team: then no time is open.
    """
    minutes, host = terms.get("duration"), terms.get("host")
    if minutes and not plan.type.seated:
        plan = replace(plan, rules=replace(plan.rules, duration=minutes), durations=())
    if host and host not in {one.id for one in plan.hosts}:
        return replace(plan, kind="round_robin", hosts=(), guest_picks_host=False)
    if host and plan.type.choice:
        hosts = tuple(one for one in plan.hosts if one.id == host)
        return replace(plan, hosts=hosts, guest_picks_host=False)
    return plan


def for_move(plan: CalendarPlan, minutes: int, terms: Mapping[str, Any], *, by: str = "guest") -> CalendarPlan:
    """The plan for another time of an appointment of `minutes`, booked under `terms`: it keeps its length while the
    calendar has it or a link agreed on it. Its guest keeps an agreed host as long as that one is of the team."""
    here = {one.id for one in plan.hosts}
    if by == "guest" and terms.get("host") in here:
        plan = with_terms(plan, {"host": terms["host"]})
    if plan.type.seated:
        return plan
    if minutes in plan.durations:
        return for_length(plan, minutes)
    return with_terms(plan, {"duration": minutes}) if minutes == terms.get("duration") else plan


def picks_host(plan: CalendarPlan) -> bool:
    """May guests choose who they meet?"""
    return plan.type.choice and plan.guest_picks_host
