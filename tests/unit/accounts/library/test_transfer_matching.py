"""Which release a file means."""

from accounts.library.transfer.document import Work
from accounts.library.transfer.matching import Match, decide, title_keys
from kernel.text.titles import title_key


def release(number: int, title: str, **facts: object) -> Work:
    return Work(release_id=f"r{number}", titles=(title,), **facts)  # type: ignore[arg-type]  # facts of the tests


BEBOP = release(1, "Cowboy Bebop", year=1998, kind="TV", external={"mal": "1", "imdb": "tt0213338"})
FILM = release(2, "Cowboy Bebop", year=2001, kind="MOVIE", external={"shikimori": "5"})
NARUTO = release(3, "Наруто", year=2002, kind="TV")
CATALOGUE = (BEBOP, FILM, NARUTO)


def found(**facts: object) -> Match:
    work = Work(**facts)  # type: ignore[arg-type]  # facts of the tests
    external: dict[tuple[str, str], list[Work]] = {}
    titles: dict[str, list[Work]] = {}
    for known in CATALOGUE:
        for key in known.external.items():
            external.setdefault(key, []).append(known)
        for title in title_keys(known):
            titles.setdefault(title, []).append(known)
    return decide(work, {str(known.release_id): known for known in CATALOGUE}, external, titles)


def test_our_own_number_comes_first() -> None:
    assert found(release_id="r3", external={"mal": "1"}) == Match("matched", "id", ("r3",))


def test_then_numbers_elsewhere() -> None:
    assert found(release_id="elsewhere", external={"mal": "1"}, titles=("Наруто",)) == Match(
        "matched", "external", ("r1",)
    )
    assert found(external={"imdb": "tt0213338"}).release_ids == ("r1",)
    assert found(external={"mal": "2"}) == Match("unmatched")


def test_shikimori_counts_as_my_anime_list_does() -> None:
    assert found(external={"shikimori": "1"}).release_ids == ("r1",)
    assert found(external={"mal": "5"}).release_ids == ("r2",)
    assert found(external={"shikimori": "z1"}).state == "unmatched"


def test_then_the_name_with_year_and_kind() -> None:
    assert found(titles=("cowboy  BEBOP!",), kind="MOVIE") == Match("matched", "title", ("r2",))
    assert found(titles=("Cowboy Bebop",), year=1998) == Match("matched", "title", ("r1",))
    assert found(titles=("Naruto", "НАРУТО"), kind="TV") == Match("matched", "title", ("r3",))


def test_what_is_not_sure_is_asked() -> None:
    assert found(titles=("Cowboy Bebop",)) == Match("ambiguous", "title", ("r1", "r2"))
    assert found(titles=("Наруто",), year=2023) == Match("ambiguous", "title", ("r3",)), "a remake, perhaps"
    assert found(titles=("Наруто",), kind="OVA").state == "ambiguous"


def test_a_name_of_nothing_but_punctuation_is_no_name() -> None:
    assert found(titles=("!!!",)) == Match("unmatched")
    assert title_key("Ёлки: Pokémon – 2!") == "елкиpokemon2"
