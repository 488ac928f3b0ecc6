"""Carrying out what records say, a chunk at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from catalog.imports.applying.aliases import alias_candidates
from catalog.imports.applying.model import Action, KnownRecord, Outcome, RecordMark, RecordState
from catalog.imports.applying.plan import Plan, changed_draft, draft_of, planned, present, said
from catalog.imports.applying.relations import RelateContext, relate, say
from catalog.imports.applying.schedules import FIELD as SCHEDULE
from catalog.imports.applying.schedules import draft_of_schedule, present_schedule, schedule_values
from catalog.imports.faults import Fault
from catalog.imports.limits import CHUNK_ROWS, FLUSH_ROWS
from catalog.imports.matching.rules import BY_TITLE, Ambiguous, Candidate, Match, judged, unless_apart
from catalog.imports.records.model import Row, SourceRecord, SourceStream, digest_with
from catalog.imports.rules.usecases import Rules
from catalog.releases.model import Genre, Release, ReleaseDraft, ReleaseId
from catalog.releases.names import Names
from catalog.releases.usecases import Reader, Releases
from catalog.schedule.model import ScheduleDraft
from catalog.schedule.usecases import Listings, ScheduleContext, Schedules, put_schedules
from kernel.concurrency.turns import in_turns
from kernel.errors import Invalid
from kernel.ids import new_id


class Records(Protocol):
    """What is remembered of the records of sources."""

    async def marks(self, source_id: str, keys: Collection[str]) -> Mapping[str, RecordMark]:
        """Of those of ``keys`` that are known: enough to tell what is new."""
        ...

    async def of(self, source_id: str, keys: Collection[str]) -> Mapping[str, KnownRecord]:
        """Those of ``keys`` that are known."""
        ...

    async def keep(self, records: Sequence[KnownRecord]) -> None:
        """Remember these, instead of what was known of them."""
        ...

    async def claims(self, source_id: str, release_ids: Collection[str]) -> Mapping[str, str]:
        """Release → the record of this source that is linked to it."""
        ...


class Catalogue(Protocol):
    """Releases, as an importer needs them: many at once."""

    async def releases(self, release_ids: Collection[str]) -> Mapping[str, Release]:
        """Those that exist, to be changed."""
        ...

    async def candidates(self, records: Sequence[SourceRecord]) -> Sequence[Sequence[Candidate]]:
        """For each record the releases that share an identifier or a title with it, drafts too."""
        ...

    async def merged_into(self, release_ids: Collection[str]) -> Mapping[str, str]:
        """Release that became part of another → that other one."""
        ...

    async def never_merged(self, release_ids: Collection[str]) -> set[frozenset[str]]:
        """The pairs with one of ``release_ids`` that are two works, whatever they have in common."""
        ...

    async def aliases_taken(self, aliases: Collection[str]) -> set[str]:
        """Those of ``aliases`` that lead to a release."""
        ...

    async def genres_named(self, names: Collection[str]) -> Mapping[str, Genre]:
        """Name → genre, made where it is new."""
        ...

    async def locked_fields(self, release_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Release → the fields that only people change."""
        ...

    def add(self, release: Release) -> None:
        """Keep a new one."""
        ...

    async def flush(self) -> None:
        """Write what was changed so far, and let others have their turn."""
        ...


class StreamOrders(Protocol):
    """Where streams go."""

    async def order(self, source_id: str, release_id: str, streams: Sequence[SourceStream]) -> None:
        """Have them attached to the episodes of a release, if the source is switched to it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyContext:
    """What applying records works with, in one transaction."""

    source_id: str
    records: Records
    catalogue: Catalogue
    rules: Rules
    schedules: ScheduleContext
    streams: StreamOrders
    relating: RelateContext
    now: datetime
    publish: bool = False
    """Whether new releases are shown to viewers at once."""
    dry: bool = False
    """Nothing is changed; the outcomes say what would be."""
    foreseen: dict[str, str] = field(default_factory=dict)
    """Of a dry run: release → the record that would be linked to it since the run began."""


def import_schedules(releases: Releases, schedules: Schedules, listings: Listings, now: datetime) -> ScheduleContext:
    """Schedules as importers work on them: of drafts too."""
    return ScheduleContext(
        releases=releases, schedules=schedules, listings=listings, reader=Reader(sees_drafts=True), now=now
    )


@dataclass(slots=True)
class _Chunk:
    """What one chunk has come to so far."""

    outcomes: list[Outcome] = field(default_factory=list)
    remembered: list[KnownRecord] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    pending: int = 0
    schedules: dict[str, ScheduleDraft] = field(default_factory=dict)
    streams: list[tuple[str, Sequence[SourceStream]]] = field(default_factory=list)


async def sorted_out(context: ApplyContext, rows: Sequence[Row]) -> tuple[list[Outcome], list[Row]]:
    """Of ``rows`` what needs no work, and those that are new or say something new.

    Their genres are ours from here on, and part of their digests: what somebody maps is taken up by the next run.
    """
    rows = await _with_our_genres(context, rows)
    blacklist = await context.rules.blacklist_for(context.source_id)
    known = await context.records.marks(context.source_id, [row.record.key for row in rows])
    merged = [one for one in known.values() if one.was_merged and one.release_id is not None]
    still = await context.catalogue.merged_into({str(one.release_id) for one in merged}) if merged else {}
    parted = {one.key for one in merged if one.release_id not in still}
    done, fresh = [], []
    actions = {RecordState.IGNORED: Action.IGNORED, RecordState.WAITING: Action.CONFLICT}
    async for row in in_turns(rows, CHUNK_ROWS):
        before = known.get(row.record.key)
        if blacklist.holds(row.record):
            done.append(Outcome(key=row.record.key, title=row.record.title, action=Action.BLACKLISTED))
        elif (
            before is not None
            and (before.digest == row.digest or before.state is RecordState.IGNORED)
            and before.key not in parted
        ):
            action = actions.get(before.state, Action.UNCHANGED)
            done.append(
                Outcome(key=row.record.key, title=row.record.title, action=action, release_id=before.release_id)
            )
        else:
            fresh.append(row)
    return done, fresh


async def _with_our_genres(context: ApplyContext, rows: Sequence[Row]) -> Sequence[Row]:
    if not any(row.record.genres for row in rows):
        return rows
    genres = await context.rules.genre_map(context.source_id)
    changed, unmapped = [], set[str]()
    async for row in in_turns(rows, CHUNK_ROWS):
        ours, unknown = genres.translated(row.record.genres)
        unmapped.update(unknown)
        changed.append(
            Row(replace(row.record, genres=ours), digest_with(row.digest, ours)) if row.record.genres else row
        )
    if unmapped and not context.dry:
        await context.rules.note_unmapped(context.source_id, sorted(unmapped))
    return changed


async def apply(context: ApplyContext, rows: Sequence[Row]) -> list[Outcome]:
    """Link, create, change or lay before a person what ``rows`` say; each comes to one outcome."""
    chunk = _Chunk()
    known = await context.records.of(context.source_id, [row.record.key for row in rows])
    linked = [row for row in rows if (one := known.get(row.record.key)) and one.release_id is not None]
    others = [row for row in rows if row not in linked]
    matched = await _still_linked(context, [(row, known[row.record.key].release_id or "") for row in linked])
    new: list[Row] = []
    candidates = await context.catalogue.candidates([row.record for row in others]) if others else []
    found = {one.release_id for group in candidates for one in group}
    claims = {**await context.records.claims(context.source_id, found), **context.foreseen}
    apart = await context.catalogue.never_merged(found)
    claimed_here = {release_id for _, release_id in matched}
    async for row, group in in_turns(zip(others, candidates, strict=True), FLUSH_ROWS):
        free = [
            one
            for one in group
            if claims.get(one.release_id, row.record.key) == row.record.key and one.release_id not in claimed_here
        ]
        verdict = unless_apart(judged(row.record, free), group, apart)
        if isinstance(verdict, Match):
            claimed_here.add(verdict.release_id)
            matched.append((row, verdict.release_id))
        elif isinstance(verdict, Ambiguous):
            _lay_before(context, chunk, row, verdict)
        else:
            new.append(row)
    await _change(context, chunk, matched, known)
    await _create(context, chunk, new)
    if not context.dry:
        await _keep(context, chunk)
        await say(context.relating, context.source_id, rows)
        return chunk.outcomes
    told = {row.record.key: row.record.relations for row in rows}
    said_now = await context.relating.relations.unsettled(context.source_id, told)
    links = {
        one.key: one.release_id
        for one in chunk.remembered
        if one.release_id is not None and (one.key not in known or known[one.key].release_id != one.release_id)
    }
    context.foreseen.update((release_id, key) for key, release_id in links.items())
    return [replace(one, says=said_now.get(one.key), links=one.key in links) for one in chunk.outcomes]


async def _still_linked(context: ApplyContext, linked: Sequence[tuple[Row, str]]) -> list[tuple[Row, str]]:
    """``linked``, but for records whose identifiers say that they are the other one of a pair that is never merged."""
    ids = {release_id for _, release_id in linked}
    apart = await context.catalogue.never_merged(ids) if ids else set()
    paired = {release_id for pair in apart for release_id in pair}
    doubtful = [row.record for row, release_id in linked if release_id in paired]
    if not doubtful:
        return list(linked)
    groups = dict(zip((one.key for one in doubtful), await context.catalogue.candidates(doubtful), strict=True))
    taken, after = set(ids), []
    for row, release_id in linked:
        verdict = judged(row.record, groups.get(row.record.key, ()))
        if (
            isinstance(verdict, Match)
            and verdict.by != BY_TITLE
            and verdict.release_id not in taken
            and frozenset((verdict.release_id, release_id)) in apart
        ):
            taken.add(verdict.release_id)
            after.append((row, verdict.release_id))
        else:
            after.append((row, release_id))
    return after


async def link(context: ApplyContext, row: Row, release_id: str | None, known: KnownRecord) -> Outcome:
    """Do what a person decided: ``row`` is this release, or a new one."""
    chunk = _Chunk()
    if release_id is None:
        await _create(context, chunk, [row])
    else:
        await _change(context, chunk, [(row, release_id)], {known.key: known})
    await _keep(context, chunk)
    await say(context.relating, context.source_id, [row])
    await relate(context.relating, context.source_id)
    return chunk.outcomes[0]


async def _keep(context: ApplyContext, chunk: _Chunk) -> None:
    await context.records.keep(chunk.remembered)
    await context.catalogue.flush()  # a schedule is of a release that the database has
    drafts = list(chunk.schedules.items())
    for first in range(0, len(drafts), FLUSH_ROWS):
        await put_schedules(context.schedules, dict(drafts[first : first + FLUSH_ROWS]))
        await context.catalogue.flush()
    for release_id, streams in chunk.streams:
        await context.streams.order(context.source_id, release_id, streams)


def _lay_before(context: ApplyContext, chunk: _Chunk, row: Row, verdict: Ambiguous) -> None:
    chunk.remembered.append(KnownRecord(context.source_id, row.record.key, row.digest, RecordState.WAITING))
    chunk.outcomes.append(
        Outcome(
            key=row.record.key,
            title=row.record.title,
            action=Action.CONFLICT,
            message=verdict.doubt.value,
            doubt=(row, verdict),
        )
    )


async def _change(
    context: ApplyContext, chunk: _Chunk, matched: Sequence[tuple[Row, str]], known: Mapping[str, KnownRecord]
) -> None:
    # What was merged by hand stays merged, whatever a source has two of.
    leads_to = await context.catalogue.merged_into({release_id for _, release_id in matched}) if matched else {}
    ids = {leads_to.get(release_id, release_id) for _, release_id in matched}
    releases = await context.catalogue.releases(ids) if ids else {}
    locked = await context.catalogue.locked_fields(ids) if ids else {}
    timed = {leads_to.get(release_id, release_id) for row, release_id in matched if row.record.broadcasts}
    schedules = await context.schedules.schedules.of_releases(timed) if timed else {}
    for row, linked_id in matched:
        record, release_id = row.record, leads_to.get(linked_id, linked_id)
        release = releases.get(release_id)
        if release is None:
            chunk.outcomes.append(
                Outcome(key=record.key, title=record.title, action=Action.REMOVED, release_id=release_id)
            )
            continue
        before = known.get(record.key) or KnownRecord(
            context.source_id, record.key, row.digest, RecordState.LINKED, linked_id
        )
        if before.release_id != linked_id:
            before = replace(before, release_id=linked_id)
        last = before.written_to(release_id)
        is_now = present(release)
        if release_id in schedules:
            is_now |= present_schedule(schedules[release_id])
        says = said(record, record.genres) | schedule_values(record.broadcasts)
        plan = planned(is_now, last, says, locked.get(release_id, ()))
        action, message = (Action.UPDATED if plan.changes else Action.UNCHANGED), ""
        if plan.changes and not context.dry:
            try:
                if plan.changes.keys() - {SCHEDULE}:
                    await _edit(context, release, plan)
                if SCHEDULE in plan.changes:
                    chunk.schedules[release_id] = draft_of_schedule(plan.changes[SCHEDULE].after)
            except Invalid as error:
                action, message = Action.FAILED, Fault.of(error).stored()
        chunk.outcomes.append(
            Outcome(
                key=record.key,
                title=record.title,
                action=action,
                release_id=release_id,
                changes=plan.changes,
                message=message,
            )
        )
        if action is not Action.FAILED:
            if record.streams:
                chunk.streams.append((release_id, record.streams))
            chunk.remembered.append(
                # Linked as it was, for merges are undone as well.
                KnownRecord(
                    context.source_id,
                    record.key,
                    row.digest,
                    RecordState.LINKED,
                    linked_id,
                    before.writing(release_id, plan.written),
                )
            )
        await _breathe(context, chunk)


async def _edit(context: ApplyContext, release: Release, plan: Plan) -> None:
    draft = changed_draft(draft_of(release), plan.changes)
    genres = list(release.genres)
    if "genres" in plan.changes:
        names = plan.changes["genres"].after
        named = await context.catalogue.genres_named(names)
        genres = [named[name] for name in names if name in named]
    release.edit(draft, genres, context.now)


async def _create(context: ApplyContext, chunk: _Chunk, rows: Sequence[Row]) -> None:
    wanted = [alias_candidates(row.record) async for row in in_turns(rows, FLUSH_ROWS)]
    chunk.taken |= (
        await context.catalogue.aliases_taken({alias for each in wanted for alias in each}) if rows else set()
    )
    genres = {name for row in rows for name in row.record.genres}
    named = {} if context.dry else await context.catalogue.genres_named(genres)
    for row, aliases in zip(rows, wanted, strict=True):
        record = row.record
        alias = next((each for each in aliases if each not in chunk.taken), aliases[-1])
        values = said(record, record.genres) | schedule_values(record.broadcasts)
        changes = planned({}, {}, values, ()).changes
        release_id = None
        try:
            draft = changed_draft(ReleaseDraft(alias, record.type, Names(record.title)), changes)
            if not context.dry:
                release_id = _made(context, draft, [named[name] for name in record.genres if name in named])
                if record.broadcasts:
                    chunk.schedules[release_id] = draft_of_schedule(values[SCHEDULE])
                if record.streams:
                    chunk.streams.append((release_id, record.streams))
        except Invalid as error:
            chunk.outcomes.append(
                Outcome(key=record.key, title=record.title, action=Action.FAILED, message=Fault.of(error).stored())
            )
            continue
        chunk.taken.add(alias)
        chunk.outcomes.append(
            Outcome(key=record.key, title=record.title, action=Action.CREATED, release_id=release_id, changes=changes)
        )
        chunk.remembered.append(
            KnownRecord(context.source_id, record.key, row.digest, RecordState.LINKED, release_id, values)
        )
        await _breathe(context, chunk)


def _made(context: ApplyContext, draft: ReleaseDraft, genres: list[Genre]) -> str:
    release = Release.create(ReleaseId(new_id()), draft, genres, context.now)
    if context.publish:
        release.publish(context.now)
    context.catalogue.add(release)
    return release.id


async def _breathe(context: ApplyContext, chunk: _Chunk) -> None:
    chunk.pending += 1
    if chunk.pending % FLUSH_ROWS == 0 and not context.dry:
        await context.catalogue.flush()
