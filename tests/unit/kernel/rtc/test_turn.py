"""coturn's ``use-auth-secret``: the password is the HMAC-SHA1 of the username under the shared secret."""

import pytest

from kernel.rtc.turn import CREDENTIAL_LIFE_S, TurnSettings, ice_servers, turn_host


def test_a_credential_for_a_while() -> None:
    turn = TurnSettings(urls=["turn:turn.example.org:3478"], secret="north")
    [server] = ice_servers(turn, "anna", 1_700_000_000.9)
    assert server["urls"] == ["turn:turn.example.org:3478"]
    assert server["username"] == f"{1_700_000_000 + CREDENTIAL_LIFE_S}:anna"
    # printf '1700021600:anna' | openssl dgst -sha1 -hmac north -binary | base64
    assert server["credential"] == "eqqg33evC1Zi9DlraE0Olqt8omM="


def test_without_a_relay_there_is_none() -> None:
    assert ice_servers(TurnSettings(), "anna", 0) == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("turn:turn.example.org:3478?transport=udp", "turn.example.org"),
        ("turns:turn.example.org", "turn.example.org"),
        ("turn:192.0.2.1:3478", "192.0.2.1"),
        ("turn:[2001:db8::1]:3478", "2001:db8::1"),
        ("turn:", ""),
        ("", ""),
    ],
)
def test_whose_relay_it_is(url: str, host: str) -> None:
    assert turn_host(url) == host
