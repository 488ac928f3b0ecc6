"""A wrong setting stops the start with one clear line."""

from pathlib import Path

import pytest

from server.http.middleware import content_security_policy
from server.settings import BadSettings, MailBy, Settings


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ANI_PORT", "eighty", "ANI_PORT: "),
        ("ANI_PORT", "70000", "ANI_PORT: "),
        ("ANI_DATABASE_URL", "mysql://x/y", "ANI_DATABASE_URL: the database must be sqlite or postgresql"),
        ("ANI_DATABASE_URL", "nonsense", "ANI_DATABASE_URL: is not a database address"),
        ("ANI_REDIS_URL", "localhost:6379", "ANI_REDIS_URL: must begin with redis://"),
        ("ANI_SECRET_KEY", "short", "ANI_SECRET_KEY: must have at least 32 characters"),
        ("ANI_PUBLIC_URL", "ani.example", "ANI_PUBLIC_URL: must begin with http"),
        ("ANI_LOG_LEVEL", "loud", "ANI_LOG_LEVEL: "),
    ],
)
def test_what_is_wrong_is_named(name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        Settings.load(_env_file=None)
    assert says in caught.value.message
    assert "\n" not in caught.value.message
    if name == "ANI_SECRET_KEY":
        assert value not in caught.value.message, "a secret is not shown, not even a bad one"


def test_several_processes_need_one_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANI_REDIS_URL", "redis://127.0.0.1/0")
    with pytest.raises(BadSettings, match="ANI_SECRET_KEY must be set"):
        Settings.load(_env_file=None)


def test_the_secret_is_made_once(tmp_path: Path) -> None:
    first, second = (Settings.load(_env_file=None, data_dir=tmp_path) for _ in range(2))
    assert first.derive_keys("a") == second.derive_keys("a")
    assert first.derive_keys("a") != first.derive_keys("b")
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


def test_a_damaged_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("")
    with pytest.raises(BadSettings, match="damaged"):
        Settings.load(_env_file=None, data_dir=tmp_path).derive_keys("a")


@pytest.mark.parametrize(
    ("host", "public", "url"),
    [
        ("127.0.0.1", "", "http://127.0.0.1:8080"),
        ("0.0.0.0", "", "http://127.0.0.1:8080"),
        ("::1", "", "http://[::1]:8080"),
        ("0.0.0.0", "https://ani.example/", "https://ani.example"),
    ],
)
def test_the_address_people_use(host: str, public: str, url: str) -> None:
    assert Settings.load(_env_file=None, host=host, public_url=public).url == url


@pytest.mark.parametrize(
    ("smtp_url", "public_url", "expected"),
    [
        ("smtp://mail.example.org", "https://ani.example.org", MailBy.SMTP),
        ("console", "https://ani.example.org", MailBy.CONSOLE),
        ("", "https://ani.example.org", MailBy.NOBODY),
        ("", "http://192.168.1.5:8080", MailBy.NOBODY),
        ("", "http://localhost:8080", MailBy.CONSOLE),
        ("", "http://[::1]:8080", MailBy.CONSOLE),
        ("", "", MailBy.CONSOLE),
    ],
)
def test_secret_links_get_into_the_log_by_choice_alone(smtp_url: str, public_url: str, expected: MailBy) -> None:
    """Or where nobody but the developer is."""
    assert Settings.load(_env_file=None, smtp_url=smtp_url, public_url=public_url).mail is expected


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ({}, []),
        ({"s3_endpoint": "http://10.0.0.9:8333"}, []),
        ({"s3_delivery": "redirect", "s3_endpoint": "http://10.0.0.9:8333"}, ["http://10.0.0.9:8333"]),
        (
            {
                "s3_delivery": "redirect",
                "s3_endpoint": "http://10.0.0.9:8333",
                "s3_public_endpoint": "https://s3.ani.test/x",
            },
            ["https://s3.ani.test"],
        ),
        ({"s3_delivery": "redirect", "s3_region": "eu-west-1"}, ["https://s3.eu-west-1.amazonaws.com"]),
    ],
)
def test_pages_may_fetch_from_a_bucket_that_viewers_are_sent_to(given: dict[str, str], origins: list[str]) -> None:
    bucket = {"s3_bucket": "media", "s3_access_key": "key", "s3_secret_key": "secret"}
    settings = Settings.load(_env_file=None, **{**bucket, **given})
    assert settings.bucket_origins == origins
    assert all(
        f" {origin}" in content_security_policy("https://ani.test", settings.bucket_origins) for origin in origins
    )


def test_a_bucket_is_no_mixed_content() -> None:
    given = {
        "s3_bucket": "media",
        "s3_access_key": "key",
        "s3_secret_key": "secret",
        "s3_endpoint": "http://10.0.0.9:8333",
    }
    site = {"public_url": "https://ani.test"}
    assert Settings.load(_env_file=None, **given, **site).bucket_origins == []
    with pytest.raises(BadSettings, match="ANI_S3_PUBLIC_ENDPOINT must be https"):
        Settings.load(_env_file=None, **given, **site, s3_delivery="redirect")
    public = Settings.load(
        _env_file=None, **given, **site, s3_delivery="redirect", s3_public_endpoint="https://s3.ani.test"
    )
    assert public.bucket_origins == ["https://s3.ani.test"]
