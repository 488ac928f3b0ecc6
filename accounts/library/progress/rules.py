"""When is an episode watched, where does it go on, and which of two reports holds?"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce
from itertools import groupby
from typing import Final

from accounts.library.progress.model import NEVER, CatalogEpisode, Progress, Sample

# The numbers are Jellyfin's, which a great many people have found right.
RESUME_FROM: Final = 0.05
"""Who saw less than this of an episode has not begun it."""
WATCHED_FROM: Final = 0.90
"""Who saw this much has seen it, where nobody knows where the ending begins."""
WATCHED_FROM_ENDING: Final = 0.80
"""An ending that begins before this is no ending but a mistake in the data."""
MIN_RESUMABLE_MS: Final = 300_000
"""Anything shorter than five minutes starts from the beginning."""


def watched_point_ms(duration_ms: int, ending_start_ms: int | None) -> int:
    """The position from which an episode counts as watched."""
    if ending_start_ms is not None and WATCHED_FROM_ENDING * duration_ms <= ending_start_ms <= duration_ms:
        return ending_start_ms
    return int(WATCHED_FROM * duration_ms)


def resume_position_ms(progress: Progress | None) -> int:
    """Where a player should start, in milliseconds; 0 for "at the beginning"."""
    if progress is None or progress.removed or progress.finished or progress.duration_ms < MIN_RESUMABLE_MS:
        return 0
    return progress.position_ms if progress.position_ms >= RESUME_FROM * progress.duration_ms else 0


def correct_clock(samples: Iterable[Sample], now_ms: int) -> list[Sample]:
    """``samples`` of one batch with their clock set right, where it runs ahead of ours.

    The whole batch is moved so that its newest report is from now: the distances stay, and a device whose clock is a year
    ahead does not win for a year.  A clock that runs behind is believed; it cannot be told from a report that waited for a
    network.
    """
    batch = list(samples)
    ahead_ms = max((sample.at_ms for sample in batch), default=now_ms) - now_ms
    return batch if ahead_ms <= 0 else [replace(sample, at_ms=max(1, sample.at_ms - ahead_ms)) for sample in batch]


def observed(sample: Sample, episode: CatalogEpisode) -> Progress:
    """What one report says, by itself."""
    # The catalogue measured the file; the client may have looked before its player knew.
    duration_ms = episode.duration_ms or sample.duration_ms
    position_ms = min(sample.position_ms, duration_ms)
    finished = duration_ms > 0 and position_ms >= watched_point_ms(duration_ms, episode.ending_start_ms)
    return Progress(
        user_id=sample.user_id,
        episode_id=sample.episode_id,
        release_id=episode.release_id,
        position_ms=position_ms,
        duration_ms=duration_ms,
        at_ms=sample.at_ms,
        finished=finished,
        watched_at_ms=sample.at_ms if finished else NEVER,
        completions=int(finished),
        audio_language=sample.audio.language if sample.audio else None,
        audio_label=sample.audio.label if sample.audio else None,
    )


def coalesce(samples: Iterable[Sample], episodes: Mapping[str, CatalogEpisode]) -> list[list[Progress]]:
    """The news in ``samples``, as rounds to be stored one after the other; an episode is at most once in a round.

    Of reports that say the same (still watching, still at the end) the newest stays.  Going past the watched point and
    starting again are two rounds, or a rewatch reported late would not count; nearly every batch is one round.
    Samples of episodes that are not in ``episodes`` are left out.
    """
    ordered = sorted(samples, key=lambda sample: (sample.user_id, sample.episode_id, sample.at_ms, sample.position_ms))
    rounds: list[list[Progress]] = []
    for (_, episode_id), group in groupby(ordered, key=lambda sample: (sample.user_id, sample.episode_id)):
        if episode_id not in episodes:
            continue
        reports = [observed(sample, episodes[episode_id]) for sample in group]
        for number, (_, same) in enumerate(groupby(reports, key=lambda report: report.finished)):
            if number == len(rounds):
                rounds.append([])
            rounds[number].append(reduce(heard_after, same))
    return rounds


def is_newer(news: Progress, known: Progress) -> bool:
    """Last write wins by client time; of two at the same moment the one further on, so that every node decides alike."""
    return (news.at_ms, news.position_ms) > (known.at_ms, known.position_ms)


def merge(known: Progress | None, news: Progress) -> Progress:
    """What is known after ``news``: the rule that ``repository.py`` has to express in one statement.

    An older report that comes late (a device that was offline) still makes an episode watched, unless its owner has said
    since that it was not, and changes nothing else.
    """
    if known is None:
        return news
    watched_at_ms = max(known.watched_at_ms, news.watched_at_ms)
    unwatched_at_ms = max(known.unwatched_at_ms, news.unwatched_at_ms)
    if not is_newer(news, known):
        counts = news.watched_at_ms > known.unwatched_at_ms
        completions = max(known.completions, news.completions) if counts else known.completions
        return replace(known, watched_at_ms=watched_at_ms, unwatched_at_ms=unwatched_at_ms, completions=completions)
    # Once for each time the point is crossed, not for every report from beyond it.
    completions = known.completions + int(news.finished and not known.finished)
    if news.unwatched_at_ms > known.unwatched_at_ms:
        completions = 0
    return replace(
        heard_after(known, news), watched_at_ms=watched_at_ms, unwatched_at_ms=unwatched_at_ms, completions=completions
    )


def heard_after(before: Progress, newer: Progress) -> Progress:
    """``newer``, with the voice-over of ``before`` where it names none: a player that does not say changed nothing."""
    if newer.audio_language is not None:
        return newer
    return replace(newer, audio_language=before.audio_language, audio_label=before.audio_label)


def marked_watched(known: Progress | None, user_id: str, episode: CatalogEpisode, now_ms: int) -> Progress:
    """The news that a user says they have seen ``episode``."""
    duration_ms = episode.duration_ms or (known.duration_ms if known else 0)
    at_ms = _after(known, now_ms)
    return Progress(
        user_id=user_id,
        episode_id=episode.episode_id,
        release_id=episode.release_id,
        position_ms=duration_ms,
        duration_ms=duration_ms,
        at_ms=at_ms,
        finished=True,
        watched_at_ms=at_ms,
        completions=1,
    )


def marked_unwatched(known: Progress, now_ms: int, *, removed: bool = False) -> Progress:
    """The news that a user says they have not seen it, or (``removed``) want it out of their history: it starts anew."""
    at_ms = _after(known, now_ms)
    return replace(
        known,
        position_ms=0,
        at_ms=at_ms,
        finished=False,
        watched_at_ms=NEVER,
        unwatched_at_ms=at_ms,
        completions=0,
        removed=removed,
    )


def _after(known: Progress | None, now_ms: int) -> int:
    """A moment that beats what is known: what somebody says in so many words holds against any report."""
    return now_ms if known is None else max(now_ms, known.at_ms + 1)
