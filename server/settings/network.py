"""Where Ani listens, who may call it how often, and where it may call itself."""

from ipaddress import ip_network
from typing import Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

from server.settings.lists import Words


class NetworkSettings(BaseSettings):
    """Addresses, proxies in front, and limits for each caller."""

    host: str = Field("127.0.0.1", description="Address to listen on. 0.0.0.0 opens Ani to your network.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "", description="The address people reach Ani at, for links and invites. Empty: http://HOST:PORT."
    )
    node_url: str = Field(
        "",
        description="Where the other processes of an installation reach this one by HTTP, not people: http://10.0.0.2:8080. They ask it for "
        "Low-Latency HLS of live channels that it carries. Empty: nowhere.",
    )
    cors_origins: Words = Field(
        default_factory=list, description="Other web origins that may call the API, separated by commas."
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="Reverse proxies in front of Ani whose X-Forwarded-For is believed (nginx: 1; with TLS in front of it: 2).",
    )
    region_header: str = Field(
        "",
        pattern="^[A-Za-z0-9-]*$",
        max_length=64,
        description="Header in which a trusted proxy names the viewer's country (CF-IPCountry), for releases blocked in regions. "
        "It must overwrite what a caller sends. Empty: regions are unknown, and such releases are shown to nobody.",
    )
    address_rate_per_s: float = Field(
        100,
        ge=0,
        description="Requests a second to the API that one address may make in the long run, 20 times that at once. 0: any.",
    )
    address_connections: int = Field(
        256,
        ge=0,
        description="Connections that one address (IPv6: /64) may hold, and sockets it may open in a minute. 0: any number.",
    )
    shutdown_grace_s: float = Field(10, ge=0, le=300, description="Seconds that running requests get at shutdown.")
    proxy_networks: Words = Field(
        default_factory=list,
        description="Private networks that video sources and ad servers may be in, separated by commas: 192.168.1.0/24. Empty: none.",
    )

    webhook_networks: Words = Field(
        default_factory=list,
        description="Private networks that webhooks may be sent to, separated by commas: 10.0.0.0/8. Empty: none.",
    )

    @field_validator("public_url", "node_url")
    @classmethod
    def _absolute_url(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("proxy_networks", "webhook_networks")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for network in value:
            ip_network(network)  # says itself what is wrong
        return value

    @model_validator(mode="after")
    def _region_by_a_proxy(self) -> Self:
        if self.region_header and not self.trusted_proxies:
            raise ValueError(
                "ANI_REGION_HEADER needs ANI_TRUSTED_PROXIES: without a proxy in front callers name their own region"
            )
        return self

    @property
    def url(self) -> str:
        """The address people reach Ani at, without a slash at the end."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not listened on
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
