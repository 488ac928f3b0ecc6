"""The file of secret keys: the newest signs, the former ones are believed until they are retired."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accounts.identity.model import LoginSession, User
from accounts.identity.names import Email, Nickname
from accounts.identity.sessions.adapters.access_tokens import JwtAccessTokens, SigningKey
from server.cli.upkeep import keys
from server.keyfile import KeyFile, KeyFileDamaged, StoredKey
from server.settings import BadSettings, Settings
from streaming.origin.access.token import KeyIdsClash, Keyring


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "data" / "secret.key")


def test_a_rotation_puts_a_key_in_front(file: KeyFile) -> None:
    [first] = file.read()
    file.rotate("n" * 64, 1_000)
    file.rotate("m" * 64, 2_000)
    assert file.read() == [StoredKey("m" * 64), StoredKey("n" * 64, 2_000), StoredKey(first.secret, 1_000)]
    assert file.path.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.path.parent.iterdir()] == ["secret.key"]


def test_only_what_was_replaced_long_ago_retires(file: KeyFile) -> None:
    file.read()
    file.rotate("n" * 64, 1_000)
    file.rotate("m" * 64, 2_000)
    assert file.retire(1_000) == 0
    assert file.retire(1_001) == 1
    assert [key.secret for key in file.read()] == ["m" * 64, "n" * 64]
    assert file.retire(2**40) == 1
    assert file.read() == [StoredKey("m" * 64)], "the one that signs stays"


@pytest.mark.parametrize("content", ["", "\n\n", "short", "k" * 64 + " yesterday", "ключ" * 20, "k" * 64 + "\nshort 1"])
def test_a_damaged_file_is_refused(file: KeyFile, content: str) -> None:
    file.path.parent.mkdir()
    file.path.write_text(content, encoding="utf-8")
    with pytest.raises(KeyFileDamaged):
        file.read()


def test_the_settings_take_all_keys(tmp_path: Path) -> None:
    before = Settings.load(_env_file=None, data_dir=tmp_path)
    [old] = before.derive_keys("a")
    [only] = keys.listed(before)
    keys.rotate(before)
    after = Settings.load(_env_file=None, data_dir=tmp_path)
    new, former = after.derive_keys("a")
    assert former == old != new
    signing, believed = keys.listed(after)
    assert (signing.signs, believed.signs, believed.id) == (True, False, only.id)
    assert signing.replaced_at is None
    assert believed.replaced_at is not None


def test_keys_from_the_environment(tmp_path: Path) -> None:
    given = {"_env_file": None, "data_dir": tmp_path, "redis_url": "redis://127.0.0.1/0"}
    old = Settings.load(**given, secret_key="o" * 32)
    both = Settings.load(**given, secret_key="n" * 32, accepted_secret_keys=f"{'o' * 32}, {'n' * 32}")
    assert both.derive_keys("a")[1:] == old.derive_keys("a"), "the same key twice counts once"
    assert [key.signs for key in keys.listed(both)] == [True, False]
    for wrong in ("short", ",".join(letter * 32 for letter in "abcde")):
        with pytest.raises(BadSettings, match="ANI_ACCEPTED_SECRET_KEYS") as caught:
            Settings.load(**given, secret_key="n" * 32, accepted_secret_keys=wrong)
        assert wrong not in caught.value.message


def test_several_servers_take_up_a_key_one_after_the_other(tmp_path: Path) -> None:
    """First everybody believes the next key, then everybody signs with it: at no moment does one refuse another's tokens."""
    old, new = "o" * 40, "n" * 40
    now = datetime(2026, 3, 1, tzinfo=UTC)
    user = User.register(
        email=Email.parse("ann@example.org"), nickname=Nickname.parse("Ann"), password_hash="x", now=now
    )
    session = LoginSession.start(user, address="", user_agent="", now=now)

    def node(secret_key: str, accepted: str) -> JwtAccessTokens:
        settings = Settings.load(
            _env_file=None, data_dir=tmp_path, secret_key=secret_key, accepted_secret_keys=accepted
        )
        keys = [SigningKey.of(key) for key in settings.derive_keys("access-token")]
        return JwtAccessTokens(keys, issuer="https://ani.example.org")

    steps = [(old, ""), (old, new), (new, old), (new, "")]
    for before, after in itertools.pairwise(steps):
        nodes = [node(*before), node(*after)]
        for signing in nodes:
            token = signing.issue(user, session, now)
            assert {believing.verify(token, now=now).user_id for believing in nodes} == {user.id}


def test_stream_tokens_tell_all_keys_apart(tmp_path: Path) -> None:
    """They have one byte for the id of a key: a new key never gets that of one before it."""
    settings = Settings.load(_env_file=None, data_dir=tmp_path, secret_key="k" * 32)
    for _ in range(30):
        settings = settings.with_secret(keys.next_secret(settings))
        Keyring.of(settings.derive_keys("stream-token"))
    with pytest.raises(KeyIdsClash):
        Keyring.of([number.to_bytes(32, "big") for number in range(257)])
