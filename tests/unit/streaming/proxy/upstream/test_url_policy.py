"""What may be fetched: every trick of a server-side request forgery is refused as text, before anything is resolved."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.outbound.url_vetting import AddressRefused, Limits, vet_address, vet_url
from streaming.proxy.upstream.url_policy import MAX_REDIRECTS, RedirectRefused, next_hop, request_headers, vet_headers

LOOPBACK = Limits(allowed_networks=("127.0.0.0/8",))

REFUSED = [
    *(
        "file:///etc/passwd",
        "gopher://example.com/_x",
        "ftp://example.com/a",
        "data:,x",
        "//example.com/a",
        "http:///a",
        "",
        "javascript:1",
    ),
    *(
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
    ),
    *(
        "http://0x7f000001/",
        "http://0X7F.0x0.0x0.0x1/",
        "http://127.0.0.1./",
        "http://0/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::]/",
    ),
    *("http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[::ffff:0:127.0.0.1]/"),
    *(
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:53aa:64c:0:0:80ff:fffe]/",
    ),
    *(
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://198.18.0.1/",
        "http://224.0.0.1/",
    ),
    *(
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/",
        "http://100.100.100.200/",
        "http://192.0.0.192/",
        "http://[fd00:ec2::254]/",
    ),
    *(
        "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/",
        "http://[ff02::1]/",
        "http://[fec0::1]/",
        "http://255.255.255.255/",
        "http://240.0.0.1/",
    ),
    *(
        "http://localhost/",
        "http://LOCALHOST./",
        "http://a.localhost/",
        "http://metadata.google.internal/",
        "http://printer.local/",
        "http://intranet/",
    ),
    *(
        "http://\uff11\uff12\uff17.0.0.1/",
        "http://\u2460\u2461\u2466.0.0.1/",
        "http://127\u30020\u30020\u30021/",
        "http://1.2.3.4.5/",
    ),
    *(
        "http://256.1.1.1/",
        "http://08.1.1.1/",
        "http://4294967296/",
        "http://1.2.3.0x/x y",
        "http://-a.example.com/",
        "http://a..example.com/",
    ),
    *(
        "http://user:pass@example.com/",
        "http://example.com@127.0.0.1/",
        "http://example.com\\@127.0.0.1/",
        "http://example.com:0/",
    ),
    *(
        "http://example.com:99999/",
        "http://example.com:x/",
        "http://example.com/\r\nX: y",
        "http://exam\tple.com/",
        "http://example.com/a b",
        "http://[::1/",
    ),
    "http://example.com/" + "a" * 9000,
]


@pytest.mark.parametrize("url", REFUSED, ids=range(len(REFUSED)))
def test_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        vet_url(url)


@pytest.mark.parametrize(
    ("url", "origin", "address"),
    [
        ("https://cdn.example.com/a.m3u8?x=1", ("https", "cdn.example.com", 443), None),
        ("http://8.8.8.8:8080/x", ("http", "8.8.8.8", 8080), "8.8.8.8"),
        ("http://134744072/", ("http", "134744072", 80), "8.8.8.8"),
        ("http://[2606:4700::1111]/", ("http", "2606:4700::1111", 80), "2606:4700::1111"),
        ("https://\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444/", ("https", "xn--e1afmkfd.xn--p1ai", 443), None),
        ("https://CDN.Example.com./a", ("https", "cdn.example.com", 443), None),
    ],
)
def test_public(url: str, origin: tuple[str, str, int], address: str | None) -> None:
    vetted = vet_url(url)
    assert (vetted.origin, vetted.address) == (origin, address)


@given(
    st.one_of(
        st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address), st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address)
    )
)
def test_no_private_address_passes_in_any_clothes(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    try:
        vet_address(str(address))
    except AddressRefused:
        return
    assert address.is_global
    if isinstance(address, ipaddress.IPv4Address):
        for clothed in (f"::ffff:{address}", str(ipaddress.IPv6Address((0x64FF9B << 96) | int(address)))):
            vet_address(clothed)


def _spell(number: int, style: str) -> str:
    return {"d": f"{number}", "o": f"0{number:o}", "x": f"0x{number:x}"}[style]


@given(
    st.sampled_from(["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1"]),
    st.sampled_from(["d", "o", "x"]),
    st.integers(1, 4),
)
def test_every_spelling_of_a_private_address_is_known(address: str, style: str, parts: int) -> None:
    value = int(ipaddress.IPv4Address(address))
    numbers = [(value >> (24 - 8 * i)) & 255 for i in range(parts - 1)] + [value & (256 ** (5 - parts) - 1)]
    spelled = ".".join(_spell(number, style) for number in numbers)
    with pytest.raises(AddressRefused):
        vet_url(f"http://{spelled}/")


@given(st.text(max_size=60))
def test_any_text_is_judged_without_a_crash(text: str) -> None:
    for url in (text, f"http://{text}/", f"http://example.com/{text}"):
        try:
            vet_url(url)
        except AddressRefused:
            continue


def test_networks_are_opened_on_purpose_only() -> None:
    assert vet_url("http://127.0.0.1:99/", LOOPBACK).address == "127.0.0.1"
    assert vet_url("http://[::ffff:127.0.0.1]/", LOOPBACK).port == 80
    with pytest.raises(AddressRefused):
        vet_url("http://10.0.0.1/", LOOPBACK)


def test_hosts_of_a_source() -> None:
    limits = Limits(allowed_hosts=("cdn.example.com", ".media.example.net"))
    for url in ("https://cdn.example.com/", "https://media.example.net/", "https://a.media.example.net/"):
        vet_url(url, limits)
    for url in (
        "https://example.com/",
        "https://x.cdn.example.com/",
        "https://evilmedia.example.net/",
        "https://8.8.8.8/",
    ):
        with pytest.raises(AddressRefused):
            vet_url(url, limits)


def test_redirects_are_vetted_one_by_one() -> None:
    home = vet_url("https://cdn.example.com/live/a.m3u8")
    assert next_hop(home, "../b.m3u8", 0).url == "https://cdn.example.com/b.m3u8"
    assert next_hop(home, "//other.example.net/c", 4).host == "other.example.net"
    for location in (
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "//169.254.169.254/",
        "http://cdn.example.com/plain",
        "x\r\nSet-Cookie: y",
    ):
        with pytest.raises(AddressRefused):
            next_hop(home, location, 0)
    with pytest.raises(RedirectRefused):
        next_hop(home, "/again", MAX_REDIRECTS)


def test_what_identifies_us_stays_at_its_origin() -> None:
    home, other = vet_url("https://cdn.example.com/a"), vet_url("https://cdn.example.com:8443/a")
    source = {"Authorization": "Bearer x", "Cookie": "c", "User-Agent": "tv", "Referer": "https://show.example.com/"}
    viewer = {
        "Range": "bytes=0-9",
        "Cookie": "viewer",
        "Authorization": "viewer",
        "X-Forwarded-For": "1.2.3.4",
        "Accept": "*/*",
    }
    assert request_headers(source, viewer, home, home) == {**source, "Range": "bytes=0-9", "Accept": "*/*"}
    assert request_headers(source, viewer, home, other) == {
        "User-Agent": "tv",
        "Referer": "https://show.example.com/",
        "Range": "bytes=0-9",
        "Accept": "*/*",
    }


def test_a_token_of_any_name_stays_with_those_it_was_given_for() -> None:
    """An operator's header may be a credential, whatever it is called; hosts he named are his, and strangers' are not."""
    source = {"X-Auth-Token": "secret", "Authorization": "secret", "User-Agent": "tv"}
    home, other = vet_url("https://show.example.com/a"), vet_url("https://cdn.example.com/b")
    plain = vet_url("http://cdn.example.com/b")
    assert request_headers(source, {}, home, other) == {"User-Agent": "tv"}
    assert request_headers(source, {}, home, other, is_named=True) == {"X-Auth-Token": "secret", "User-Agent": "tv"}
    assert request_headers(source, {}, home, plain, is_named=True) == {"User-Agent": "tv"}


@pytest.mark.parametrize("value", ["bytes=0-1,5-6", "bytes=-", "bytes=a-b", "items=0-1", "bytes=0-1 ", ""])
def test_ranges_that_no_segment_needs_are_not_passed_on(value: str) -> None:
    home = vet_url("https://show.example.com/a")
    assert request_headers({}, {"Range": value, "If-Range": '"tag"'}, home, home) == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"X": "a\r\nHost: b"},
        {"X\r\n": "a"},
        {"Host": "a"},
        {"content-length": "1"},
        {"RANGE": "bytes=0-"},
        {"": "a"},
        {"A B": "c"},
    ],
)
def test_headers_that_break_out(headers: dict[str, str]) -> None:
    with pytest.raises(AddressRefused):
        vet_headers(headers)
