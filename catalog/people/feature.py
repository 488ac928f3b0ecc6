"""What people, studios and tags bind for themselves."""

import catalog.people.persons.routes
import catalog.people.studios.routes
import catalog.people.tags.routes
from catalog.people.persons.repository import SqlPersons, SqlStaffCredits
from catalog.people.persons.usecases import Persons, StaffCredits
from catalog.people.studios.repository import SqlStudioParts, SqlStudios
from catalog.people.studios.usecases import StudioParts, Studios
from catalog.people.tags.repository import SqlReleaseTags, SqlTags
from catalog.people.tags.usecases import ReleaseTags, Tags
from kernel.feature import Feature

FEATURE = Feature(
    ports={
        Persons: lambda scope: SqlPersons(scope.uow),
        StaffCredits: lambda scope: SqlStaffCredits(scope.uow),
        Studios: lambda scope: SqlStudios(scope.uow),
        StudioParts: lambda scope: SqlStudioParts(scope.uow),
        Tags: lambda scope: SqlTags(scope.uow),
        ReleaseTags: lambda scope: SqlReleaseTags(scope.uow),
    },
    routers=[
        catalog.people.persons.routes.router,
        catalog.people.studios.routes.router,
        catalog.people.tags.routes.router,
    ],
)
