"""CTA-5004: Common Media Client Data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.origin.cmcd import PlayerReport, parse


def test_query_form_as_hls_js_sends_it() -> None:
    text = 'bl=21300,br=3200,cid="show, \\"quoted\\" mtp=1",d=4004,mtp=25400,nor="..%2F300.m4s",ot=v,sf=h,sid="6e2fb550",su,tb=6000'

    assert parse([text]) == PlayerReport(throughput_bps=25_400_000, bitrate_bps=3_200_000, buffer_ms=21_300)


def test_header_form_is_the_sum_of_its_headers() -> None:
    assert parse(["bl=1200,mtp=800", "br=500", "bs", 'sid="x"']) == PlayerReport(800_000, 500_000, 1_200, starved=True)


def test_version_2_inner_lists() -> None:
    assert parse(["br=(5000;v 128;a),bl=(2100;v),mtp=(9000)"]) == PlayerReport(9_000_000, 5_000_000, 2_100)


@pytest.mark.parametrize(
    "text", ["mtp=", "mtp=-5", "mtp=fast", "mtp=99999999999", "mtp=1e9x,", "mtp", "mtp=0", "=,,=,"]
)
def test_nonsense_is_left_out(text: str) -> None:
    assert parse([text]).throughput_bps in (None, 1_000)  # "1e9x" starts with the number 1


@given(st.lists(st.text(), max_size=4))
def test_never_raises(texts: list[str]) -> None:
    parse(texts)


def test_a_megabyte_of_it_is_cut() -> None:
    assert parse(["a=1," * 250_000 + "mtp=500"]).throughput_bps is None


def test_an_inner_list_ends_behind_its_strings() -> None:
    assert parse(['nor=("a),mtp=1.m4s" "b.m4s"),mtp=(9000)']) == PlayerReport(9_000_000)
