"""A film to upload, and an editor who does."""

import pytest

from kernel.access import Role
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.uploads.tus_client import Tus
from tests.support.media.clips import Clip, make_clip
from tests.support.media.shows import add_episode


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("uploaded"), Clip(seconds=1)).read_bytes()


@pytest.fixture
async def tus(app_client: AppClient, services: Services, make_user: MakeUser) -> Tus:
    return Tus(app_client, await make_user(Role.EDITOR), await add_episode(services.container))
