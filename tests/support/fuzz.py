"""Requests made up from the OpenAPI document, sent to a running server, and what is wrong with the answers."""

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import NonInteractiveExampleWarning
from schemathesis import APIOperation, Case, GenerationMode, SerializationContext
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

Operation = APIOperation[Any, Any, Any, Any]

CHECKS: Any = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TIMEOUT_S = 20
ENDS_SESSIONS = ("/auth/logout", "/auth/sessions", "/auth/password", "/me/delete", "/role", "/ban")
"""Paths after which somebody may have to sign in again."""


@schemathesis.serializer(
    "application/offset+octet-stream",
    "application/cmcd",
    "application/sdp",
    "application/trickle-ice-sdpfrag",
    "image/png",
    "image/jpeg",
    "image/webp",
    "text/xml",
)
def as_bytes(_context: SerializationContext, value: Any) -> bytes:
    """Bodies that are no JSON: whatever was made up, as bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@dataclass
class Target:
    """A server and who asks it."""

    url: str
    people: dict[str, dict[str, str]]
    """Name → headers that prove who it is."""
    known: Mapping[str, str]
    """Path parameter → the id of something that is really there; made-up ids find nothing."""
    contrary: Sequence[str]
    """Of ``people``, who also sends what goes against the description."""
    statuses: dict[int, int] = field(default_factory=dict)
    """Status → how many answers had it."""


@dataclass
class Fuzzer:
    """Sends the same made-up requests as several people and gathers what is wrong with the answers.

    Making a request up takes longer than answering it, so each goes to all servers.
    """

    targets: Sequence[Target]
    examples: int
    problems: dict[str, str] = field(default_factory=dict)
    """What is wrong → the shortest request that showed it."""
    tried: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._session = requests.Session()
        url = self.targets[0].url
        document = self._session.get(f"{url}/api/openapi.json", timeout=TIMEOUT_S).json()
        # A stand-in for the server's public address: requests are to go to where it listens.
        self._schema = schemathesis.openapi.from_dict(document | {"servers": [{"url": url}]})
        self._schema.config.update(base_url=url)

    def operations(self) -> Iterator[Operation]:
        for found in self._schema.get_all_operations():
            assert isinstance(found, Ok), f"the document is wrong: {found}"
            yield found.ok()

    def run(self, operation: Operation) -> None:
        """Try one operation: as described and against its description, with made-up and with real ids."""
        self.tried.add(operation.label)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            self._run(operation, mode)

    def _run(self, operation: Operation, mode: GenerationMode) -> None:
        strategy = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=self.examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def send(case: Case[Operation]) -> None:
            self._send(case, mode)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NonInteractiveExampleWarning)
            try:
                send()
            except Exception as error:
                if type(error).__name__ not in {"Unsatisfiable", "SkipTest", "InvalidArgument"}:
                    raise
                # Nothing can be wrong about a request without any parameter.

    def _send(self, case: Case[Operation], mode: GenerationMode) -> None:
        for target in self.targets:
            asking = target.contrary if mode is GenerationMode.NEGATIVE else list(target.people)
            for name in asking:
                headers = target.people[name]
                if name != "nobody" and case.path_parameters:
                    case.path_parameters = {
                        key: target.known.get(key, value) for key, value in (case.path_parameters or {}).items()
                    }
                self._send_as(name, headers, case, target)

    def _send_as(self, name: str, headers: Mapping[str, str], case: Case[Operation], target: Target) -> None:
        answer = case.call(base_url=target.url, headers=dict(headers), session=self._session, timeout=TIMEOUT_S)
        if answer.status_code == 400 and answer.headers.get("content-type") == ["text/plain; charset=utf-8"]:
            return  # longer than a head may be: it never came to the operation
        target.statuses[answer.status_code] = target.statuses.get(answer.status_code, 0) + 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except (FailureGroup, Failure) as error:
            for failure in error.exceptions if isinstance(error, FailureGroup) else [error]:
                self._note(name, case, answer, failure)

    def _note(self, name: str, case: Case[Operation], answer: Any, failure: BaseException) -> None:
        what = f"{case.operation.label}: {str(failure).strip()[:600]}"
        body = case.body if isinstance(case.body, str | bytes) else json.dumps(case.body, default=str)
        path = quote(case.formatted_path, safe="/%")
        how = f"as {name}: {case.method} {path} query={case.query} headers={case.headers} body={str(body)[:600]}\n"
        how += f"→ {answer.status_code} {answer.headers.get('content-type')} {answer.text[:600]}"
        if what not in self.problems or len(how) < len(self.problems[what]):
            self.problems[what] = how
