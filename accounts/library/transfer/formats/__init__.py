"""File formats of libraries: Ani's own, MyAnimeList's and Shikimori's."""
