import pytest

from streaming.ingest import languages


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("rus", "ru"),
        ("ger", "de"),
        ("deu", "de"),
        ("EN", "en"),
        ("pt_BR", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("fil", "fil"),
        ("English", "und"),
        ("xx", "und"),
        ("", "und"),
        (None, "und"),
        ("en,lang=de", "und"),
    ],
)
def test_tags(said: str | None, meant: str) -> None:
    assert languages.normalise(said) == meant


def test_labels_are_for_those_who_read_them() -> None:
    assert languages.label("ru") == "Русский"
    assert languages.label("pt-BR") == "Português (BR)"
    assert languages.label("tlh") == "tlh"
    assert languages.label("und") == "—"
