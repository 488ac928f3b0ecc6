"""Fixtures of the tests of teams."""

import pytest

from tests.conftest import AppClient, MakeUser
from tests.integration.accounts.teams.rest import Rest


@pytest.fixture
def rest(app_client: AppClient, make_user: MakeUser) -> Rest:
    return Rest(app_client, make_user)
