"""What a live stream has shown so far, so that ads are known at the edge of its window, by one look at each segment.

Of a window one sees too little to guess: a pod may be longer, and at the edge it is not over.  So each new segment is judged by what
was seen before it, and by that alone: whatever the size of the window, the rhythm of the reloads or the node that looks, the same
stream is judged alike.  A block is taken from its first segment on if it lies where ads were known to lie, or carries what no programme
does; otherwise it is shown, and what it was is learned when the programme is back: its numbers go on with the next (something was put
in) or have skipped the time in between (another encoder stood in).
"""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from streaming.proxy.detect.habits import Block, Habit, Habits, Known, add_time, add_traits, copy_habit
from streaming.proxy.detect.playlist_profile import SONG_S
from streaming.proxy.playlist.playlist import Playlist, Segment
from streaming.proxy.playlist.segment_facts import SegmentFacts, facts_of
from streaming.proxy.playlist.segment_names import SegmentName, parse_name
from streaming.proxy.playlist.uri_keywords import own_parts, with_ad_words

#: Before so much was seen nothing is foreign.
_MIN_SEEN_S: Final = 20.0
#: A pod of live television; what goes on for longer is the programme from elsewhere.
_MAX_POD_S: Final = 300.0
#: What was guessed may be so much of what was seen, or one pod: channels have a third.
_MAX_HIDDEN_SHARE: Final = 0.5
_THRESHOLD: Final = 4.0
#: Blocks of another host must have been seen once to be known, those beside the programme twice: there its own parts lie as well.
_ENOUGH: Final = 2
#: An hour's programme outweighs what was before; a place of ads that was not used for six hours of the stream is forgotten.
_FADES_S: Final = 3600.0
_FORGOTTEN_S: Final = 6 * 3600.0
#: Bounds of what is kept: folders of the programme, places of ads, places of one block, renditions, what is counted.
_MAX_OWN, _MAX_PLACES, _MAX_OF_BLOCK, _MAX_RENDITIONS, _MOST_SEEN = 8, 128, 24, 16, 1000
#: Of a window that is seen for the first time the newest tell what is usual now; ten minutes and more.
_MAX_NEW: Final = 128
#: The lengths in which advertisements are sold, give or take what their last segment is cut; badges of stations are shorter than most.
_AD_LENGTHS_S, _AD_TOLERANCE_S, _BADGE_S = (10, 15, 20, 30, 60), 0.5, 10.5
_WEIGHTS: Final = {
    "foreign-host": 2.0,
    "foreign-directory": 1.5,
    "foreign-names": 1.0,
    "numbering-sandwich": 2.0,
    "several-creatives": 2.0,
    "clear-between-encrypted": 2.0,
    "ad-word-in-address": 2.0,
    "beside-known-ads": 2.0,
    "unlike-packager": 1.0,
    "unlike-decimals": 1.0,
}
#: What no programme has: enough, with others, while a block is still running.
_AD_SIGNS: Final = frozenset(["several-creatives", "clear-between-encrypted", "ad-word-in-address", "beside-known-ads"])
_LEARNED_BY: Final = _AD_SIGNS - {"beside-known-ads"} | {"numbering-sandwich"}


class Watched(NamedTuple):
    """New segments that are ads, by index, with their signs and the sum of these; and what is known now."""

    suspects: Mapping[int, tuple[tuple[str, ...], float]]
    habits: Habits


def watch(
    playlist: Playlist,
    known: Collection[int],
    stand_ins: Collection[int],
    habits: Habits,
    rendition: str,
    *,
    guess: bool,
) -> Watched:
    """Look at the segments that are new since ``habits``.

    ``known``: indexes of ads, whoever said so; ``stand_ins``: of what was replaced once; ``guess``: look for others.
    """
    watcher = _Watcher(habits, rendition)
    new = [segment for segment in playlist.segments if segment.msn >= watcher.habit.next_msn]
    if not new:
        return Watched({}, habits)
    if not guess:
        return Watched({}, watcher.followed(new, {*known, *stand_ins}))
    latest = new[-_MAX_NEW:]
    addresses = [segment.address for segment in latest]
    ad_words, parts = with_ad_words(addresses), own_parts(addresses)
    suspects: dict[int, tuple[tuple[str, ...], float]] = {}
    of_block: set[int] = set()  # those of the block that runs
    for place, segment in enumerate(latest):
        if segment.index in stand_ins:
            watcher.passed(segment)
            continue
        facts = facts_of(playlist, segment, has_ad_word=place in ad_words, is_own_part=place in parts)
        signs = watcher.step(segment.msn, facts, is_ad=segment.index in known)
        if watcher.is_withdrawn:
            suspects = {index: suspect for index, suspect in suspects.items() if index not in of_block}
            watcher.is_withdrawn = False
        if watcher.habit.block is None or not signs:
            of_block.clear()
        if signs:
            of_block.add(segment.index)
            suspects[segment.index] = (signs, sum(_WEIGHTS[sign] for sign in signs))
    return Watched(suspects, watcher.result(new))


class _Watcher:
    """The working state of one look."""

    def __init__(self, habits: Habits, rendition: str) -> None:
        self._habits = habits
        self._rendition = rendition
        self._ads = dict(habits.ads)
        self.habit = copy_habit(habits.renditions.get(rendition, Habit()))
        self._is_cut = False
        #: What was taken of the block that runs is no ad after all, as far as nobody was told so.
        self.is_withdrawn = False

    def followed(self, new: list[Segment], known: Collection[int]) -> Habits:
        """Only where the programme is, for those who do not guess."""
        programme = [segment for segment in new if segment.index not in known]
        if programme:
            self.habit.last = parse_name(programme[-1].address)
        return self.result(new)

    def result(self, new: list[Segment]) -> Habits:
        """What is known after these segments."""
        next_msn = self.habit.next_msn = new[-1].msn + 1
        clock_s = self._habits.clock_s + sum(s.duration_s for s in new if s.msn >= self._habits.next_msn)
        fresh = [item for item in self._ads.items() if item[1].last_s >= clock_s - _FORGOTTEN_S]
        fresh.sort(key=lambda item: item[1].last_s)
        others = {name: habit for name, habit in self._habits.renditions.items() if name != self._rendition}
        latest = sorted(others, key=lambda name: (others[name].next_msn, name))[-(_MAX_RENDITIONS - 1) :]
        renditions = {name: others[name] for name in latest} | {self._rendition: self.habit}
        return Habits(dict(fresh[-_MAX_PLACES:]), renditions, clock_s, max(self._habits.next_msn, next_msn))

    def passed(self, segment: Segment) -> None:
        """What was replaced once says nothing: it is looked at as if it were not there, and where it was is a border."""
        self.habit.next_msn, self._is_cut = segment.msn + 1, True

    def step(self, msn: int, facts: SegmentFacts, *, is_ad: bool) -> tuple[str, ...]:
        """Take the next segment in.  The signs it is taken for, if it is."""
        habit = self.habit
        if 0 <= habit.next_msn < msn:
            habit.block = None  # segments were missed, and nobody knows which
        habit.next_msn = msn + 1
        if self._is_cut:
            facts = facts._replace(is_border=True)
        self._is_cut = is_ad  # where an ad ends there is a border, whoever forgot to say so
        if is_ad:
            for place in facts.places:
                self._see(place, weight=_ENOUGH)
            return ()
        before = habit.block.last if habit.block is not None else habit.last
        is_border = (
            facts.is_border or before is None or before[:2] != facts.name[:2]
        )  # a change of folder is one as well
        if self._is_home(facts) or (habit.block is None and not is_border):
            self._come_home(facts)
            return ()
        return self._extend(facts)

    def _is_home(self, facts: SegmentFacts) -> bool:
        habit, name = self.habit, facts.name
        if habit.seen_s < _MIN_SEEN_S or (habit.last is not None and habit.last.is_followed_by(name, habit.step)):
            return True
        if facts.folder in habit.own:
            return True
        host, folder, series = habit.usual("host"), habit.usual("folder"), habit.usual("series")
        if folder == facts.folder:
            return series is None or series == facts.series
        if folder is not None and name.directory and folder.endswith(name.directory):
            return series is None or series == facts.series  # the same paths on a second host
        return folder is None and (host is None or host == facts.host)

    def _extend(self, facts: SegmentFacts) -> tuple[str, ...]:
        """A foreign segment: it begins a block, or goes on with one."""
        habit, signs = self.habit, set(self._signs(facts))
        block = habit.block
        if block is None:
            block = habit.block = Block(signs)
            self._judge(block, facts, signs)
        elif facts.is_border:
            block.borders += 1
            is_sibling = block.last is not None and block.last.host == facts.name.host
            block.creatives += is_sibling and _is_ad_length(block.creative_s)
            block.creative_s = 0.0
            self._judge(block, facts, signs)
        elif block.last is not None:
            block.is_one_encoder &= block.last.is_followed_by(facts.name)
        block.is_one_encoder &= not block.borders
        block.signs &= signs
        block.segments += 1
        block.length_s += facts.duration_s
        block.creative_s += facts.duration_s
        block.is_own &= facts.is_own_part
        if len(block.places) < _MAX_OF_BLOCK:
            block.places.update(facts.places)
        block.last = facts.name
        add_time(block.traits, facts.traits, facts.duration_s)
        if block.length_s > _MAX_POD_S:  # it is no pod, and was none: the programme has moved
            self._forget(block.places)
            for values in habit.traits.values():
                for value in values:
                    values[value] *= _MAX_POD_S / 2 / max(habit.seen_s, _MAX_POD_S)
            add_traits(habit.traits, block.traits)
            habit.block, habit.last = None, facts.name
            self.is_withdrawn = True
            return ()
        may_s = max(_MAX_POD_S, _MAX_HIDDEN_SHARE * (habit.seen_s + habit.hidden_s))
        if not block.is_taken:
            return ()
        if habit.hidden_s + facts.duration_s > may_s:
            block.is_taken, self.is_withdrawn = False, True
            return ()
        habit.hidden_s += facts.duration_s
        return block.taken_for

    def _judge(self, block: Block, facts: SegmentFacts, signs: set[str]) -> None:
        """Whether what begins here is evidently an ad, before anybody knows how it goes on."""
        now = set(signs)
        if block.creatives and "foreign-host" in now and block.last is not None and block.last.host == facts.name.host:
            now.add("several-creatives")
        enough = sum(_WEIGHTS[sign] for sign in now) >= _THRESHOLD and not _AD_SIGNS.isdisjoint(now)
        block.is_taken = enough and (facts.has_ad_word or not facts.is_own_part)
        block.taken_for = tuple(sign for sign in _WEIGHTS if sign in now)

    def _signs(self, facts: SegmentFacts) -> list[str]:
        habit = self.habit
        host, series = habit.usual("host"), habit.usual("series")
        foreign_host = host is not None and host != facts.host
        packager, decimals = habit.usual("packager", 0.7), habit.usual("decimals", 0.7)
        present = {
            "foreign-host": foreign_host,
            "foreign-directory": not foreign_host and habit.usual("folder") not in (None, facts.folder),
            "foreign-names": series is not None and series != facts.series,
            "clear-between-encrypted": habit.usual("encrypted", 0.7) == "True" and not facts.is_encrypted,
            # A word that the programme has too is a brand.
            "ad-word-in-address": facts.has_ad_word and "True" not in habit.traits.get("ad-word", ()),
            "beside-known-ads": any(self._is_known(place) for place in facts.places),
            "unlike-packager": packager is not None and packager != facts.packager,
            "unlike-decimals": decimals is not None and decimals != str(facts.decimals),
        }
        return [sign for sign, is_there in present.items() if is_there]

    def _is_known(self, place: str) -> bool:
        known = self._ads.get(place)
        return known is not None and known.seen >= _ENOUGH

    def _come_home(self, facts: SegmentFacts) -> None:
        habit, block = self.habit, self.habit.block
        if block is not None:
            is_ad = self._learn(block, facts.name)
            if is_ad is False:
                habit.own += [folder for folder in block.traits["folder"] if folder not in habit.own]
                habit.own = habit.own[-_MAX_OWN:]
            if not is_ad and not block.is_taken:
                add_traits(habit.traits, block.traits)
                habit.seen_s += block.length_s
            habit.block = None
        elif habit.last is not None and habit.last.series == facts.name.series:
            before, now = habit.last.number, facts.name.number
            if before is not None and now is not None and now > before:
                habit.step = now - before
        add_time(habit.traits, facts.traits, facts.duration_s)
        habit.seen_s += facts.duration_s
        habit.last = facts.name
        if habit.seen_s > _FADES_S:
            for values in habit.traits.values():
                for value in values:
                    values[value] /= 2
            habit.seen_s, habit.hidden_s = habit.seen_s / 2, habit.hidden_s / 2

    def _learn(self, block: Block, back: SegmentName) -> bool | None:
        """What a block was, now that it is over: ads, the programme from elsewhere, or nobody knows."""
        last, step = self.habit.last, self.habit.step
        signs = set(block.signs)
        if block.creatives and block.borders and "foreign-host" in signs:
            signs.add("several-creatives")
        if last is not None and last.is_followed_by(back, step):
            signs.add("numbering-sandwich")
        says_so = signs & {"clear-between-encrypted", "ad-word-in-address", "several-creatives"}
        skipped = last is not None and last.is_followed_by(back, step * (block.segments + 1))
        if not says_so and (
            block.is_own
            or (skipped and block.is_one_encoder and block.segments > 1)
            or (SONG_S[0] <= block.length_s <= SONG_S[1] and not block.borders)
            or (block.length_s <= _BADGE_S and not block.borders)
        ):
            self._forget(block.places)
            return False
        if _LEARNED_BY.isdisjoint(signs) or sum(_WEIGHTS[sign] for sign in signs) < _THRESHOLD:
            return None
        for place in block.places:
            self._see(place, weight=_ENOUGH if says_so or "foreign-host" in signs else 1)
        return True

    def _see(self, place: str, *, weight: int) -> None:
        """An ad was here, unless a programme was."""
        kind, _, where = place.partition(" ")
        for home in (self.habit, *self._habits.renditions.values()):
            if kind == "host" and where in home.traits.get("host", ()):
                return
            if kind == "shelf" and any(
                f"{folder}/".startswith(f"{where}/") for folder in home.traits.get("folder", ())
            ):
                return
        known = self._ads.get(place)
        self._ads[place] = Known(min((known.seen if known else 0) + weight, _MOST_SEEN), self._habits.clock_s)

    def _forget(self, places: Collection[str]) -> None:
        for place in places:
            self._ads.pop(place, None)


def _is_ad_length(length_s: float) -> bool:
    return any(abs(length_s - sold_s) <= _AD_TOLERANCE_S for sold_s in _AD_LENGTHS_S)
