"""What becomes of every column that says who: whoever adds one has to decide it here."""

from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import Column, Enum, String

from accounts.identity.events import UserDeleted
from accounts.identity.repository import users
from accounts.personal.schemas import PersonalDataOut
from catalog.staff.repository import PLACES
from kernel.db import Id, metadata
from server.services import Services


class Goes(StrEnum):
    """What becomes of it when the account is deleted."""

    WITH_THE_ROW = "with the row of the account, by foreign key"
    BY_SUBSCRIBER = "deleted or emptied by a subscriber of UserDeleted"
    STAFF = "emptied with the acts of the catalogue's staff"
    SOON = "deleted by age"
    STAYS = "stays, as a number that leads to nobody"


class Decision(NamedTuple):
    goes: Goes
    copied: str = ""
    """The field of the copy of one's data that has it; empty where it has not."""
    why: str = ""
    """The subscriber that deletes it; or why it is not copied, or may stay."""


_VOTER = "follow_voter"
_WORK = "tells how far something is, and is deleted soon after"
COLUMNS: Final = {
    "ad_exemption.user_id": Decision(Goes.BY_SUBSCRIBER, "ad_exemption", "forget_ads_of_user"),
    "alias_candidate.decided_by": Decision(Goes.STAFF, "staff_acts"),
    "audit_log.actor_id": Decision(Goes.STAYS, why="the log is kept for those who look into what went wrong"),
    "calendar_feed.user_id": Decision(Goes.WITH_THE_ROW, "calendars"),
    "continue_dismissals.user_id": Decision(Goes.WITH_THE_ROW, "dismissed_series"),
    "device_logins.user_id": Decision(Goes.WITH_THE_ROW, why="ten minutes of a sign-in"),
    "favorites.user_id": Decision(Goes.WITH_THE_ROW, "favorites"),
    "idempotency_keys.owner_id": Decision(Goes.SOON, why="answers of a day, for the same request again"),
    "identities.user_id": Decision(Goes.WITH_THE_ROW, "linked_accounts"),
    "import_blacklist.created_by": Decision(Goes.STAFF, "staff_acts"),
    "import_conflict.decided_by": Decision(Goes.STAFF, "staff_acts"),
    "import_run.started_by": Decision(Goes.STAFF, "staff_acts"),
    "import_stop.stopped_by": Decision(Goes.STAFF, "staff_acts"),
    "job.owner_id": Decision(Goes.SOON, why=_WORK),
    "letters.user_id": Decision(Goes.WITH_THE_ROW, why="mail on its way"),
    "library_imports.user_id": Decision(Goes.WITH_THE_ROW, why=_WORK),
    "library_merge_rows.owner_id": Decision(Goes.WITH_THE_ROW, "merged"),  # or a list of theirs, by user_id
    "library_merge_rows.user_id": Decision(Goes.WITH_THE_ROW, "merged"),
    "library_revisions.user_id": Decision(Goes.WITH_THE_ROW, why="counts changes"),
    "library_sharing.user_id": Decision(Goes.WITH_THE_ROW, "sharing"),
    "player_series_choice.user_id": Decision(Goes.BY_SUBSCRIBER, "player_settings", "forget_player_settings_of_user"),
    "player_settings.user_id": Decision(Goes.BY_SUBSCRIBER, "player_settings", "forget_player_settings_of_user"),
    "player_settings_of_device.login_id": Decision(
        Goes.BY_SUBSCRIBER, "player_settings", "forget_player_settings_of_user"
    ),
    "player_settings_of_device.user_id": Decision(
        Goes.BY_SUBSCRIBER, "player_settings", "forget_player_settings_of_user"
    ),
    "live_recordings.owner_id": Decision(Goes.SOON, "live_recordings", "goes with its channel, or when it expires"),
    "live_channels.owner_id": Decision(Goes.BY_SUBSCRIBER, "live_channels", "delete_live_channels_of_user"),
    "moderation_allowance.user_id": Decision(Goes.SOON, why="counts what is done in a day"),
    "notification_mutes.user_id": Decision(Goes.WITH_THE_ROW, "muted_notifications"),
    "notifications.user_id": Decision(Goes.WITH_THE_ROW, "notifications"),
    "one_time_tokens.user_id": Decision(Goes.WITH_THE_ROW, why="digests of what was sent by mail"),
    "party_chat.member_id": Decision(Goes.BY_SUBSCRIBER, "party_messages", "delete_chat_of_user"),
    "party_invite.created_by": Decision(Goes.BY_SUBSCRIBER, "party_invites", "delete_chat_of_user"),
    "party_member.member_id": Decision(Goes.SOON, why="a party is deleted when everybody left it"),
    "proposal.author_id": Decision(Goes.STAYS, "proposals", "what one number proposed can be found and taken back"),
    "proposal.decided_by": Decision(Goes.STAFF, "staff_acts"),
    "proposal.taken_by": Decision(Goes.STAFF, "staff_acts"),
    "proposal_comment.author_id": Decision(
        Goes.STAYS, "comments", "the text goes; that one answered another can be seen"
    ),
    "recommendation_choice_merge.user_id": Decision(Goes.WITH_THE_ROW, "merged"),
    "recommendation_hidden.user_id": Decision(Goes.WITH_THE_ROW, "recommendations"),
    "recommendation_preference.user_id": Decision(Goes.WITH_THE_ROW, "recommendations"),
    "release_lock.locked_by": Decision(Goes.STAFF, "staff_acts"),
    "release_merge.merged_by": Decision(Goes.STAFF, "staff_acts"),
    "release_merge.undone_by": Decision(Goes.STAFF, "staff_acts"),
    "release_split.split_by": Decision(Goes.STAFF, "staff_acts"),
    "release_split.undone_by": Decision(Goes.STAFF, "staff_acts"),
    "release_vote.user_id": Decision(Goes.BY_SUBSCRIBER, "scores", _VOTER),
    "release_vote_merge.user_id": Decision(Goes.BY_SUBSCRIBER, "merged", _VOTER),
    "report.closed_by": Decision(Goes.STAFF, "staff_acts"),
    "report.reporter_id": Decision(Goes.STAYS, "reports", "one person reports a thing once, whatever they are called"),
    "sessions.user_id": Decision(Goes.WITH_THE_ROW, "sessions"),
    "shelf_items.user_id": Decision(Goes.WITH_THE_ROW, "collections"),
    "similar_vote.user_id": Decision(Goes.WITH_THE_ROW, "recommendations"),
    "stream_session.login_id": Decision(
        Goes.SOON, "streams", "a stream ends with its sign-in, and its row a day later"
    ),
    "stream_session.user_id": Decision(Goes.SOON, "streams", "a stream ends with its sign-in, and its row a day later"),
    "team_invitations.inviter_id": Decision(Goes.WITH_THE_ROW, "invitations"),
    "team_member_roles.user_id": Decision(Goes.WITH_THE_ROW, "teams"),
    "team_members.user_id": Decision(Goes.WITH_THE_ROW, "teams"),
    "told_episodes.user_id": Decision(Goes.WITH_THE_ROW, "told_episodes"),
    "uploads.owner_id": Decision(Goes.BY_SUBSCRIBER, "uploads", "delete_uploads_of_user"),
    "user_lists.owner_id": Decision(Goes.WITH_THE_ROW, "lists"),
    "viewer_throughput.user_id": Decision(Goes.SOON, "links", "what a link carried, for some weeks"),
    "watch_progress.user_id": Decision(Goes.WITH_THE_ROW, "history"),
}
"""Every column that says who → what becomes of it."""

THINGS: Final = frozenset(
    {
        "episode", "release", "replaces", "kid", "asset", "job", "parent", "target", "subject", "proposal", "team", "party", "role",
        "item", "list", "merge", "source", "active_source", "from", "into", "merged_into", "low", "high", "other", "creative_episode",
        "channel", "webhook", "message", "notice", "about", "version", "session", "promo", "ad", "packager", "claim",
    }
)  # fmt: skip
"""What other identifiers are of, by the name of their column without ``_id``."""
_PERSONS: Final = ("_by", "user_id", "member_id", "owner_id", "author_id", "actor_id", "viewer_id")


def says_who(column: "Column[object]") -> bool:
    """Whether it may: a key of an account, an identifier of nothing else that is known, or a text that is called so."""
    if any(key.column.table is users for key in column.foreign_keys):
        return True
    if column.name.endswith(_PERSONS) and isinstance(column.type, Id | String) and not isinstance(column.type, Enum):
        return True
    of = column.name.removesuffix("_id")
    return isinstance(column.type, Id) and not column.foreign_keys and column.name != "id" and of not in THINGS


def test_every_column_that_says_who_is_decided(services: Services) -> None:
    found = {
        f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.c if says_who(column)
    }
    assert found - COLUMNS.keys() == set(), (
        "decide what becomes of these when an account goes, and what its copy has of them"
    )
    assert COLUMNS.keys() - found == set(), "these are gone"
    told = services.container.events.subscribers_of(UserDeleted)
    staff = {f"{place.table.name}.{place.by}" for place in PLACES.values()}
    for name, (goes, copied, why) in COLUMNS.items():
        table = name.partition(".")[0]
        assert copied in PersonalDataOut.model_fields or (not copied and why), name
        if goes is Goes.WITH_THE_ROW:
            assert deleted_with_the_account(table, set()), name
        elif goes is Goes.BY_SUBSCRIBER:
            assert why in told, name
        elif goes is Goes.STAFF:
            assert name in staff, name
        else:
            assert why, name
    assert staff == {name for name, decision in COLUMNS.items() if decision.goes is Goes.STAFF}


def deleted_with_the_account(name: str, seen: set[str]) -> bool:
    """Whether a row goes when the account's does, perhaps by way of another table."""
    return any(
        key.ondelete == "CASCADE"
        and (
            key.column.table is users
            or (key.column.table.name not in seen and deleted_with_the_account(key.column.table.name, {*seen, name}))
        )
        for key in metadata.tables[name].foreign_keys
    )
