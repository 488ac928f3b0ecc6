"""Where media lives: folders of files by key, on this machine or in a bucket (ADR 17)."""

from kernel.storage.local import LocalStorage
from kernel.storage.ports import BadStorageKey, MediaStorage, NotStored, StorageAway, StorageCorrupt, StoredFile, Usage

__all__ = [
    "BadStorageKey",
    "LocalStorage",
    "MediaStorage",
    "NotStored",
    "StorageAway",
    "StorageCorrupt",
    "StoredFile",
    "Usage",
]
