"""What the values of the catalogue's vocabulary are called, in English and Russian.  Pure."""

from typing import Final

from catalog.releases.model import AgeRating, AiringStatus, ReleaseType, Season, Status, slug_of

Label = tuple[str, str]
"""English, Russian."""

TYPES: Final[dict[str, Label]] = {
    ReleaseType.TV: ("TV series", "Сериал"),
    ReleaseType.ONA: ("Web series (ONA)", "ONA"),
    ReleaseType.WEB: ("Web", "Веб"),
    ReleaseType.OVA: ("OVA", "OVA"),
    ReleaseType.OAD: ("OAD", "OAD"),
    ReleaseType.MOVIE: ("Film", "Фильм"),
    ReleaseType.DORAMA: ("Live action", "Дорама"),
    ReleaseType.SPECIAL: ("Special", "Спецвыпуск"),
}
SEASONS: Final[dict[str, Label]] = {
    Season.WINTER: ("Winter", "Зима"),
    Season.SPRING: ("Spring", "Весна"),
    Season.SUMMER: ("Summer", "Лето"),
    Season.AUTUMN: ("Autumn", "Осень"),
}
AIRING_STATUSES: Final[dict[str, Label]] = {
    AiringStatus.ANNOUNCED: ("Announced", "Анонс"),
    AiringStatus.ONGOING: ("Ongoing", "Выходит"),
    AiringStatus.PAUSED: ("On a break", "Перерыв"),
    AiringStatus.FINISHED: ("Finished", "Завершён"),
    AiringStatus.CANCELLED: ("Cancelled", "Отменён"),
}
STATUSES: Final[dict[str, Label]] = {
    Status.DRAFT: ("Draft", "Черновик"),
    Status.PUBLISHED: ("Published", "Опубликован"),
}
AGE_RATINGS: Final[dict[int, Label]] = {
    AgeRating.R0: ("For everybody", "Для всех"),
    AgeRating.R6: ("From 6", "От 6 лет"),
    AgeRating.R12: ("From 12", "От 12 лет"),
    AgeRating.R16: ("From 16", "От 16 лет"),
    AgeRating.R18: ("Adults only", "Только для взрослых"),
}
SORTING: Final[dict[str, Label]] = {
    "relevance": ("Best match", "По соответствию"),
    "-fresh_at": ("Something new to watch", "Есть что посмотреть"),
    "fresh_at": ("Nothing new for longest", "Давно без нового"),
    "-created_at": ("Newest in the catalogue", "Новые в каталоге"),
    "created_at": ("Oldest in the catalogue", "Старые в каталоге"),
    "-updated_at": ("Changed last", "Недавно изменённые"),
    "updated_at": ("Not changed for longest", "Давно не менявшиеся"),
    "-year": ("Latest year first", "Сначала новые годы"),
    "year": ("Earliest year first", "Сначала старые годы"),
    "-rating": ("Best rated", "С лучшей оценкой"),
    "rating": ("Worst rated", "С худшей оценкой"),
    "-popularity": ("Most popular", "Самые популярные"),
    "popularity": ("Least popular", "Самые непопулярные"),
    "-trending": ("Trending", "Сейчас смотрят"),
    "trending": ("Least trending", "Сейчас не смотрят"),
    "name": ("By name, A to Z", "По названию, А–Я"),
    "-name": ("By name, Z to A", "По названию, Я–А"),
}

_GENRES: Final[tuple[Label, ...]] = (
    ("Action", "Экшен"),
    ("Adventure", "Приключения"),
    ("Cars", "Машины"),
    ("Comedy", "Комедия"),
    ("Dementia", "Безумие"),
    ("Demons", "Демоны"),
    ("Drama", "Драма"),
    ("Ecchi", "Этти"),
    ("Fantasy", "Фэнтези"),
    ("Game", "Игры"),
    ("Harem", "Гарем"),
    ("Historical", "Исторический"),
    ("Horror", "Ужасы"),
    ("Isekai", "Исекай"),
    ("Josei", "Дзёсей"),
    ("Kids", "Детское"),
    ("Magic", "Магия"),
    ("Martial Arts", "Боевые искусства"),
    ("Mecha", "Меха"),
    ("Military", "Военное"),
    ("Music", "Музыка"),
    ("Mystery", "Детектив"),
    ("Parody", "Пародия"),
    ("Police", "Полиция"),
    ("Psychological", "Психологическое"),
    ("Romance", "Романтика"),
    ("Samurai", "Самураи"),
    ("School", "Школа"),
    ("Sci-Fi", "Фантастика"),
    ("Seinen", "Сэйнэн"),
    ("Short", "Короткометражное"),
    ("Shoujo", "Сёдзё"),
    ("Shoujo Ai", "Сёдзё-ай"),
    ("Shounen", "Сёнен"),
    ("Shounen Ai", "Сёнен-ай"),
    ("Slice of Life", "Повседневность"),
    ("Space", "Космос"),
    ("Sports", "Спорт"),
    ("Super Power", "Супер сила"),
    ("Supernatural", "Сверхъестественное"),
    ("Thriller", "Триллер"),
    ("Vampire", "Вампиры"),
    ("Yaoi", "Яой"),
    ("Yuri", "Юри"),
)
"""The 44 genres of MyAnimeList's list, and two that came after it; editors make others."""
_GENRES_BY_SLUG: Final = {slug_of(name): label for label in _GENRES for name in label}


def in_language(label: Label, language: str | None) -> str:
    """Of the two texts the one for a reader of ``language`` (BCP 47): Russian for ``ru-…``, else English."""
    return label[1] if language is not None and language.partition("-")[0] == "ru" else label[0]


def genre_label(slug: str, name: str, language: str | None) -> str:
    """A genre in the reader's language, whichever of the two it was named in; its own name where nobody translated it."""
    known = _GENRES_BY_SLUG.get(slug)
    return name if known is None else in_language(known, language)
