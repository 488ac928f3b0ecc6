"""Where a release may not be shown: everywhere because of copyright, or in some regions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kernel.errors import Invalid, UnavailableForLegalReasons

_CODES: Final = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "
)
REGIONS: Final = frozenset(_CODES.split())
"""ISO 3166-1 alpha-2, the 249 that are officially assigned."""


class BlockReason(StrEnum):
    """Why a release is not shown to a viewer."""

    COPYRIGHT = "copyright"
    REGION = "region"


class BadRegion(Invalid):
    """A region is a two-letter code of ISO 3166-1 in capitals, such as "DE" or "JP"; {region!r} is none."""


class BlockedByCopyright(UnavailableForLegalReasons):
    """This release is not shown because of copyright."""


class BlockedInRegion(UnavailableForLegalReasons):
    """This release may not be shown in your region ({region})."""


class BlockedInUnknownRegion(UnavailableForLegalReasons):
    """This release may not be shown in some regions, and the server does not know which one you are in."""


@dataclass(frozen=True)
class Blocks:
    """What keeps viewers from a release; editors see it all the same."""

    regions: tuple[str, ...] = ()
    """Where it may not be shown, as in :data:`REGIONS`."""
    copyright: bool = False
    """It may not be shown anywhere."""

    def __post_init__(self) -> None:
        for region in self.regions:
            if region not in REGIONS:
                raise BadRegion(region=region[:20])
        object.__setattr__(self, "regions", tuple(sorted(set(self.regions))))

    def check(self, region: str | None) -> None:
        """Let a viewer in ``region`` pass, or say why not; ``None``: nobody knows where they are.

        Whoever may be in a blocked region counts as being in one: the block is somebody's right, and not ours to guess away.
        Raises :class:`BlockedByCopyright`, :class:`BlockedInRegion`, :class:`BlockedInUnknownRegion`.
        """
        self.check_everywhere()
        if not self.regions:
            return
        if region is None:
            raise BlockedInUnknownRegion(reason=BlockReason.REGION)
        if region in self.regions:
            raise BlockedInRegion(reason=BlockReason.REGION, region=region)

    def check_everywhere(self) -> None:
        """Whether it may be shown anywhere at all.  Raises :class:`BlockedByCopyright`."""
        if self.copyright:
            raise BlockedByCopyright(reason=BlockReason.COPYRIGHT)


NO_BLOCKS: Final = Blocks()
