"""The policies that every promise is tried with."""

from streaming.proxy.detect.detect import DetectionRules
from streaming.proxy.strip.strip import AdPolicy, StripOptions
from streaming.proxy.strip.writer import Slate

REPLACE, DELETE = StripOptions(AdPolicy.REPLACE), StripOptions(AdPolicy.DELETE)
WITH_SLATE = StripOptions(
    AdPolicy.REPLACE,
    DetectionRules(own_prefix="/own/"),
    lambda duration_s, start_s: Slate(f"/own/{duration_s:.3f}@{start_s:.3f}.ts"),
)
WITH_MAPPED_SLATE = StripOptions(
    AdPolicy.REPLACE,
    DetectionRules(own_prefix="/own/"),
    lambda duration_s, start_s: Slate(f"/own/{duration_s:.3f}@{start_s:.3f}.m4s", "/own/init.mp4"),
)
POLICIES = {
    "gap": REPLACE,
    "delete": DELETE,
    "slate": WITH_SLATE,
    "mapped slate": WITH_MAPPED_SLATE,
    "off": StripOptions(AdPolicy.OFF),
}
