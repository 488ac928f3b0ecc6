"""coturn's ``use-auth-secret``: the password is the HMAC-SHA1 of the username under the shared secret."""

from realtime.rtc.turn import CREDENTIAL_LIFE_S, TurnSettings, ice_servers


def test_a_credential_for_a_while() -> None:
    turn = TurnSettings(urls=["turn:turn.example.org:3478"], secret="north")
    [server] = ice_servers(turn, "anna", 1_700_000_000.9)
    assert server["urls"] == ["turn:turn.example.org:3478"]
    assert server["username"] == f"{1_700_000_000 + CREDENTIAL_LIFE_S}:anna"
    # printf '1700021600:anna' | openssl dgst -sha1 -hmac north -binary | base64
    assert server["credential"] == "eqqg33evC1Zi9DlraE0Olqt8omM="


def test_without_a_relay_there_is_none() -> None:
    assert ice_servers(TurnSettings(), "anna", 0) == []
