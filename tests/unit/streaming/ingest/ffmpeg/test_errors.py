from streaming.ingest.ffmpeg import errors


def test_known_complaints_are_put_into_words() -> None:
    stderr = ["[mov,mp4,m4a @ 0x55d0c0] moov atom not found", "/tmp/x.mp4: Invalid data found when processing input"]
    assert errors.explain(stderr).startswith("its index (moov) is missing")


def test_unknown_complaints_lose_our_paths_and_the_speaker() -> None:
    stderr = ["[vist#0:0 @ 0x7f] [dec:foo @ 0x7f] Cannot frobnicate file:/srv/ani/uploads/1.upload."]
    assert errors.explain(stderr, hide=["/srv/ani/uploads/1.upload"]) == "Cannot frobnicate 1.upload"


def test_silence_is_an_answer() -> None:
    assert errors.explain([]) == "ffmpeg gave no reason"


def test_a_full_disk_is_nobodys_fault() -> None:
    assert errors.disk_is_full(["[out#0/mp4] Error writing trailer: No space left on device"])
    assert not errors.disk_is_full(["moov atom not found"])


def test_a_codec_without_a_decoder() -> None:
    assert errors.is_undecodable(["[av1 @ 0x] Your platform doesn't support hardware accelerated AV1 decoding."])
