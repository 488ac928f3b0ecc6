"""Words to write date ranges and messages with in tests: our own, in the shape that packagers give them."""

from datetime import UTC, datetime, timedelta

from tests.unit.streaming.proxy.detect.splices import segmentation_descriptor, splice_info_section

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def message(type_id: int, duration_s: float | None = None) -> str:
    """A ``time_signal`` with one segmentation descriptor."""
    return "0x" + splice_info_section(6, b"\x7f", segmentation_descriptor(type_id, duration_s)).hex().upper()


def date(second: float) -> str:
    return (_BEGIN + timedelta(seconds=second)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def dated(second: float) -> str:
    return f"#EXT-X-PROGRAM-DATE-TIME:{date(second)}"


def date_range(identity: str, **attributes: object) -> str:
    """An EXT-X-DATERANGE; ``start`` and ``end`` in seconds, other names with ``_`` for ``-``."""
    parts = [f'ID="{identity}"']
    for name, value in attributes.items():
        if name in ("start", "end"):
            parts.append(f'{name.upper()}-DATE="{date(float(str(value)))}"')
        elif name in ("cls", "asset_uri", "restrict"):
            parts.append(f'{ {"cls": "CLASS", "asset_uri": "X-ASSET-URI", "restrict": "X-RESTRICT"}[name] }="{value}"')
        else:
            parts.append(f"{name.upper().replace('_', '-')}={value}")
    return "#EXT-X-DATERANGE:" + ",".join(parts)


SPLICE = "0xFC302500000000000000FFF014050000000" + "17FEFFE00000000FE002932E000010101000000000000"
