"""Writes of calendars: each function is one transaction, one event, one recompiled plan."""

from admitone.calendars.busy import refresh_source, refresh_stale
from admitone.calendars.services.blocking import block_time, unblock_time
from admitone.calendars.services.busy import add_busy_source, change_busy_source, delete_busy_source
from admitone.calendars.services.calendars import (
    change_slug,
    create_calendar,
    delete_calendar,
    restore_calendar,
    set_active,
    update_calendar,
)
from admitone.calendars.services.groups import (
    amend_group,
    choose_group,
    create_group,
    delete_group,
    restore_group,
    set_group_active,
    set_members,
    update_group,
)
from admitone.calendars.services.holidays import open_holiday, refresh_holidays, set_holidays
from admitone.calendars.services.hosts import (
    create_host,
    delete_host,
    ensure_host_for_user,
    restore_host,
    set_hosts,
    set_own_video_room,
    set_video_room,
    sync_host,
    update_host,
)
from admitone.calendars.services.intake import choose_form
from admitone.calendars.services.logos import MAX_UPLOAD, clear_logo, set_logo
from admitone.calendars.services.schedules import (
    clear_override,
    set_override,
    set_timezone,
    set_weekly_hours,
)
from admitone.calendars.services.scheduling import (
    amend_schedule,
    choose_schedule,
    create_schedule,
    delete_schedule,
    duplicate_schedule,
    rename_schedule,
    set_overrides,
)
from admitone.calendars.services.teams import TeamHost, current_team, set_team
from admitone.calendars.services.whole import Ties, amend_calendar, make_calendar

__all__ = [
    "MAX_UPLOAD",
    "TeamHost",
    "Ties",
    "add_busy_source",
    "amend_calendar",
    "amend_group",
    "amend_schedule",
    "block_time",
    "change_busy_source",
    "change_slug",
    "choose_form",
    "choose_group",
    "choose_schedule",
    "clear_logo",
    "clear_override",
    "create_calendar",
    "create_group",
    "create_host",
    "create_schedule",
    "current_team",
    "delete_busy_source",
    "delete_calendar",
    "delete_group",
    "delete_host",
    "delete_schedule",
    "duplicate_schedule",
    "ensure_host_for_user",
    "make_calendar",
    "open_holiday",
    "refresh_holidays",
    "refresh_source",
    "refresh_stale",
    "rename_schedule",
    "restore_calendar",
    "restore_group",
    "restore_host",
    "set_active",
    "set_group_active",
    "set_holidays",
    "set_hosts",
    "set_logo",
    "set_members",
    "set_override",
    "set_overrides",
    "set_own_video_room",
    "set_team",
    "set_timezone",
    "set_video_room",
    "set_weekly_hours",
    "sync_host",
    "unblock_time",
    "update_calendar",
    "update_group",
    "update_host",
]
