"""Licence servers in the settings: whole, or the start stops with what is missing."""

from pathlib import Path
from typing import Any

import pytest

from server.settings import BadSettings, Settings
from streaming.keys.model import Protection

WIDEVINE: dict[str, Any] = {
    "widevine_url": "https://licences.example/widevine",
    "widevine_signer": "ani",
    "widevine_key": "ab" * 32,
    "widevine_iv": "cd" * 16,
}
FAIRPLAY: dict[str, Any] = {"fairplay_url": "https://licences.example/fairplay", "fairplay_key": "ab" * 32}


def load(**fields: Any) -> Settings:
    return Settings.load(_env_file=None, **fields)


def test_none_are_needed() -> None:
    offered = load().licence_servers("https://ani.example").offered(Protection.CBCS)
    assert offered == {"org.w3.clearkey": "clearkey"}


def test_what_is_offered_for_which_media(tmp_path: Path) -> None:
    certificate = tmp_path / "fairplay.cer"
    certificate.write_bytes(b"\x30\x82")
    servers = load(**WIDEVINE, **FAIRPLAY, fairplay_certificate=certificate).licence_servers("https://ani.example")
    assert servers.widevine is not None
    assert (servers.widevine.key, servers.widevine.iv) == (b"\xab" * 32, b"\xcd" * 16)
    assert servers.fairplay_certificate == b"\x30\x82"
    assert servers.offered(Protection.CBCS) == {"com.widevine.alpha": "widevine", "com.apple.fps": "fairplay"}
    assert servers.offered(Protection.CENC) == {"com.widevine.alpha": "widevine"}
    assert "abab" not in repr(servers)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({**WIDEVINE, "widevine_signer": ""}, "ANI_WIDEVINE_SIGNER must be set"),
        ({**WIDEVINE, "widevine_key": "ab" * 16}, "ANI_WIDEVINE_KEY must be 64 hex digits"),
        ({**WIDEVINE, "widevine_iv": "xy" * 16}, "ANI_WIDEVINE_IV must be 32 hex digits"),
        ({**WIDEVINE, "widevine_url": "licences.example"}, "must begin with https://"),
        ({"playready_url": "https://licences.example"}, "ANI_PLAYREADY_KEY must be 64 hex digits"),
        (FAIRPLAY, "ANI_FAIRPLAY_CERTIFICATE must be set"),
        ({**FAIRPLAY, "fairplay_certificate": Path("/nowhere/at.all")}, "ANI_FAIRPLAY_CERTIFICATE cannot be read"),
    ],
    ids=["signer", "key", "iv", "address", "playready", "no certificate", "no file"],
)
def test_halves_stop_the_start(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(BadSettings, match=message) as refused:
        load(**fields)
    assert "ab" * 16 not in str(refused.value)


def test_pem_is_refused(tmp_path: Path) -> None:
    certificate = tmp_path / "fairplay.pem"
    certificate.write_text("-----BEGIN CERTIFICATE-----\n")
    with pytest.raises(BadSettings, match="in DER, not in PEM"):
        load(**FAIRPLAY, fairplay_certificate=certificate)


@pytest.mark.parametrize(
    ("said", "named", "is_open"),
    [
        ({}, {}, True),
        ({}, WIDEVINE, False),
        ({"clearkey": True}, WIDEVINE, True),
        ({"clearkey": False}, {}, False),
        ({"clearkey": False}, WIDEVINE, False),
    ],
    ids=["nothing set", "a licence server", "kept open beside it", "closed", "closed beside it"],
)
def test_whether_clearkey_is_open(said: dict[str, Any], named: dict[str, Any], is_open: bool) -> None:
    servers = load(**said, **named).licence_servers("https://ani.example")
    assert servers.clearkey is is_open
    offered = servers.offered(Protection.CBCS)
    assert ("org.w3.clearkey" in offered) is is_open
    assert ("com.widevine.alpha" in offered) is bool(named)
