"""What nodes tell each other survives the way, and what is not of our make is refused."""

import pytest

from realtime.party.replica.node_messages import (
    ChangeMessage,
    ChatMessage,
    Drop,
    EphemeralMessage,
    Message,
    ToConnection,
    ToParty,
    pack,
    unpack,
)

STATE = b'42/party,["party:state",{"version":3}]'
KICKED = '42/party,["party:kicked",{"reason":"kicked","name":"Zoë\u2028"}]'.encode()

MESSAGES: list[Message] = [
    ChangeMessage(
        revision=7,
        version=3,
        member_list=True,
        gone=["ben"],
        deliveries=[ToParty(STATE, "party:state"), ToConnection("n.1", KICKED), Drop("n.1"), ToParty(b"")],
        closed=False,
        core={"party_id": "p"},
        members={"ann": {"name": "Ann\nand more"}},
    ),
    ChatMessage(seq=4, body={"text": "one\ntwo"}),
    EphemeralMessage(node="n", deliveries=[ToParty(STATE)], telemetry={"ann": [1, 2, None, 4, 5]}, deleted=["m1"]),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_comes_as_it_went(message: Message) -> None:
    assert unpack(pack(message)) == message


def test_encoded_events_stand_in_it_as_they_are() -> None:
    packed = pack(MESSAGES[0])
    assert packed.endswith(b"\n" + STATE + KICKED)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"rubbish",
        b'["change",{}]',  # without marks, as nodes of 0.1 wrote it
        b'["unheard of",{},[]]\n',
        b'["ephemeral",{"node":"n"},[["party","",12]]]\ntoo short',
        b'["ephemeral",{"node":"n"},[["party","",3]]]\ntoo long',
        b'["ephemeral",{"node":"n"},[["nowhere","",0]]]\n',
        b'["ephemeral",{"node":"n","more":1},[]]\n',
    ],
)
def test_of_another_make(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        unpack(data)
