"""SeaweedFS: an S3 server with one bucket of ours, in a throw-away folder."""

import json
import secrets
import signal
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import obstore
from typing_extensions import override

from kernel.storage.bucket import BucketSettings
from kernel.storage.s3 import store_of
from server.local_stack.programs import weed
from server.local_stack.service import Service, free_port

ACCESS_KEY = "ani"
BUCKET = "ani-media"
FIRST_OBJECT = ".first"
PORTS = 8


class SeaweedFS(Service):
    """SeaweedFS on free ports of 127.0.0.1."""

    name = "seaweedfs"
    stop_signal = signal.SIGKILL  # it would take its time to say good-bye, and what it holds goes with its folder

    def __init__(self, *, within: Path | None = None, port: int = 0) -> None:
        """``port``: of S3; 0: a free one."""
        super().__init__(within=within)
        self.port = port
        self.secret_key = secrets.token_hex(16)

    @override
    def prepare(self) -> None:
        (self.folder / "s3.json").write_bytes(identities(ACCESS_KEY, self.secret_key))

    @override
    def command(self) -> Sequence[str | Path]:
        ports = [free_port() for _ in range(PORTS)]
        self.port = self.port or ports[0]
        return command(self.folder, self.folder / "s3.json", [self.port, *ports[1:]])

    @override
    def start(self) -> Self:
        super().start()
        make_bucket(self.settings)
        return self

    @property
    def settings(self) -> BucketSettings:
        """Of the bucket."""
        return BucketSettings(endpoint=self.url, bucket=BUCKET, access_key=ACCESS_KEY, secret_key=self.secret_key)

    @override
    def ready(self) -> bool:
        return answers(self.port)

    @property
    def url(self) -> str:
        """The address, as `ANI_S3_ENDPOINT` takes it."""
        return f"http://127.0.0.1:{self.port}"


def identities(access_key: str, secret_key: str) -> bytes:
    """The file that says who may do what: one key may do everything, and nobody else anything."""
    credentials = [{"accessKey": access_key, "secretKey": secret_key}]
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    return json.dumps({"identities": [{"name": "ani", "credentials": credentials, "actions": actions}]}).encode()


def command(folder: Path, configuration: Path, ports: Sequence[int]) -> list[str | Path]:
    """The command line, to be started in ``folder``: everything in there, on eight ``ports`` of 127.0.0.1, of which the first is that of S3."""
    s3, s3_grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc = ports
    return [
        *(weed(), "-logtostderr=true", "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *(f"-master.port={master}", f"-master.port.grpc={master_grpc}", "-master.electionTimeout=1s"),
        "-master.telemetry=false",  # it would report to its makers
        # Volumes of 1 GB, as many as there is room for; with the usual 30 GB a small disk holds none.
        *("-master.volumeSizeLimitMB=1024", "-volume.max=0"),
        *(f"-volume.port={volume}", f"-volume.port.grpc={volume_grpc}", "-volume.preStopSeconds=0"),
        *("-filer", f"-filer.port={filer}", f"-filer.port.grpc={filer_grpc}", "-filer.exposeDirectoryData=false"),
        "-filer.localSocket=filer.sock",  # there, for the path of a socket may have 107 characters
        *("-s3", f"-s3.port={s3}", f"-s3.port.grpc={s3_grpc}", f"-s3.config={configuration}", "-s3.iam=false"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.localSocket=s3.sock"),
    ]  # fmt: skip


def make_bucket(settings: BucketSettings) -> None:
    """SeaweedFS makes one when somebody who may everything puts the first object into it.  Raises ``obstore.exceptions.BaseError``."""
    store = store_of(settings)
    obstore.put(store, FIRST_OBJECT, b"")
    obstore.delete(store, FIRST_OBJECT)


def answers(port: int) -> bool:
    """Whether it takes S3 requests: it refuses one without a signature."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code == 403
    except OSError:
        return False
