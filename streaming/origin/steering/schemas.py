"""Steering manifests as JSON; names are those of draft-pantos-hls-rfc8216bis-20 §7."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from streaming.origin.access.token import TOKEN_LENGTH
from streaming.origin.cmcd import MAX_RATE_BPS
from streaming.origin.steering.manifest import Clone, Manifest
from streaming.origin.steering.usecases import SteeringQuery


class SteeringIn(BaseModel):
    """What the address of a steering manifest holds, and what players add to it."""

    token: Annotated[str, Field(min_length=TOKEN_LENGTH, max_length=TOKEN_LENGTH)] = Field(
        description="Of the stream, as in its `hls_url`."
    )
    known: str = Field(
        "", pattern=r"^[A-Za-z0-9._,-]*$", max_length=300, description="Pathways the player has, separated by commas."
    )
    breaks: str = Field(
        "", pattern=r"^(\d{1,8}(\.\d{1,8}){0,9})?$", description="Offsets of the breaks in its playlists, ms."
    )
    dash: str = Field("", pattern="^1?$", description="`1` for a player of DASH, which gets no clones.")
    pathway: str = Field("", validation_alias="_HLS_pathway", max_length=64, description="The pathway it uses.")
    throughput_bps: str = Field(
        "", validation_alias="_HLS_throughput", max_length=24, description="What it measured there, bit/s."
    )

    dash_pathway: str = Field(
        "",
        validation_alias="_DASH_pathway",
        max_length=300,
        description="The same of players of DASH (ETSI TS 103 998 §6.2), in quotes. Of several with commas between, "
        "those since it asked last, the last one counts.",
    )
    dash_throughput_bps: str = Field(
        "", validation_alias="_DASH_throughput", max_length=300, description="The same, in the same order."
    )

    def value(self) -> SteeringQuery:
        """What a player says of itself is left out where it cannot be read."""
        told_bps = self.throughput_bps or self.dash_throughput_bps.rpartition(",")[2].strip()
        digits = told_bps.partition(".")[0]
        bps = int(digits) if digits.isascii() and digits.isdigit() else 0
        return SteeringQuery(
            token=self.token,
            known=tuple(filter(None, self.known.split(","))),
            breaks_ms=tuple(int(offset) for offset in self.breaks.split(".") if offset),
            pathway=self.pathway or self.dash_pathway.rpartition(",")[2].strip(' "'),
            is_dash=bool(self.dash),
            throughput_bps=bps if 0 < bps <= MAX_RATE_BPS else None,
        )


class UriReplacementOut(BaseModel):
    """The addresses of a cloned pathway."""

    model_config = ConfigDict(serialize_by_alias=True)

    per_variant_uris: dict[str, str] = Field(
        serialization_alias="PER-VARIANT-URIS", description="By `STABLE-VARIANT-ID`."
    )
    per_rendition_uris: dict[str, str] = Field(
        serialization_alias="PER-RENDITION-URIS", description="By `STABLE-RENDITION-ID`."
    )


class PathwayCloneOut(BaseModel):
    """A pathway that the playlist has not."""

    model_config = ConfigDict(serialize_by_alias=True)

    base_id: str = Field(serialization_alias="BASE-ID")
    id: str = Field(serialization_alias="ID")
    uri_replacement: UriReplacementOut = Field(serialization_alias="URI-REPLACEMENT")

    @classmethod
    def of(cls, clone: Clone) -> Self:
        """With an address for everything the playlist leads to."""
        return cls(
            base_id=clone.base_name,
            id=clone.name,
            uri_replacement=UriReplacementOut(per_variant_uris=clone.variants, per_rendition_uris=clone.renditions),
        )


class SteeringManifestOut(BaseModel):
    """Which pathways to use, the best first."""

    model_config = ConfigDict(serialize_by_alias=True)

    version: int = Field(1, serialization_alias="VERSION")
    ttl_s: int = Field(serialization_alias="TTL", description="Seconds until the player asks again.")
    reload_uri: str = Field(serialization_alias="RELOAD-URI", description="Where it asks then.")
    priority: list[str] = Field(serialization_alias="PATHWAY-PRIORITY")
    clones: list[PathwayCloneOut] = Field(serialization_alias="PATHWAY-CLONES")

    @classmethod
    def of(cls, told: Manifest) -> Self:
        """As players read it."""
        return cls(
            ttl_s=told.ttl_s,
            reload_uri=told.reload_uri,
            priority=list(told.priority),
            clones=[PathwayCloneOut.of(clone) for clone in told.clones],
        )
