"""Names that would pass for the site, in whatever letters, and those that only begin like one."""

import pytest

from kernel.text.reserved_names import is_reserved


@pytest.mark.parametrize(
    "name",
    [
        *("moderator", "system", "Ani", "admin", "support", "SYSTEM", "Moderators", "admin2", "a.d.m.i.n", "Admin_"),
        *("Аni", "аdmіn", "sуstem", "ѕuрроrt", "mοderator"),  # with Cyrillic and Greek twins
        *("adm1n", "m0derat0r", "5upport", "supp0rt", "rnoderator", "Àdmin", "ａｄｍｉｎ", "anı", "AdmIn", "admln"),
        *("Ani Support", "ani-team", "The Admin", "Official Ani", "админ", "Модератор", "АНИ", "Поддержка"),
    ],
)
def test_it_looks_like_the_site(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize(
    "name",
    [
        "Ann Lee",
        "Anita",
        "Anime Fan",
        "ani_fan",
        "Admiral",
        "Systema",
        "Botan",
        "Robot",
        "Helpful",
        "Аня",
        "Модест",
        "李",
        "Nina",
    ],
)
def test_it_only_begins_like_it(name: str) -> None:
    assert not is_reserved(name)
