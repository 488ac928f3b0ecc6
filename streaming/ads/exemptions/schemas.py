"""Exemptions as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from streaming.ads.exemptions.model import MAX_REASON_CHARS
from streaming.ads.schemas import OneLine


class AdExemptionIn(BaseModel):
    """Why an account is shown no ads."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[OneLine, Field(max_length=MAX_REASON_CHARS)] = ""


class AdExemptionOut(BaseModel):
    """An account that is shown neither promos nor ads."""

    user_id: str
    nickname: str | None = Field(description="`null`: the account is gone.")
    reason: str
    granted_at: datetime


class AdExemptionPage(BaseModel):
    """A page of exemptions, the newest first."""

    items: list[AdExemptionOut]
    total: int
    page: int
    page_size: int
