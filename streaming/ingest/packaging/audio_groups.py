"""Audio groups of a multivariant playlist made whole.  Pure.

The packager lists in a group what it was given for it.  RFC 8216 §4.3.4.1.1: each group of a type must have the same members,
alike but for URI and CHANNELS; so a language without surround sound is in the surround group with its stereo rendition.
"""

from typing import Final

from streaming.ingest.packaging.bandwidth import ATTRIBUTE, attributes
from streaming.ingest.surround import is_surround_group

_MEDIA: Final = "#EXT-X-MEDIA:"
_VARIANT: Final = "#EXT-X-STREAM-INF:"


def completed(master: str, stereo: str) -> str:
    """``master`` with every surround group as large as the group ``stereo``."""
    lines = master.splitlines()
    sound = [line for line in lines if line.startswith(_MEDIA) and attributes(line).get("TYPE") == "AUDIO"]
    plain = [line for line in sound if attributes(line).get("GROUP-ID") == stereo]
    of_group: dict[str, dict[str, dict[str, str]]] = {}
    for line in sound:
        said = attributes(line)
        if is_surround_group(said.get("GROUP-ID", "")):
            of_group.setdefault(said["GROUP-ID"], {})[said.get("NAME", "")] = said
    if not of_group:
        return master
    borrowing = {group for group, members in of_group.items() if len(members) < len(plain)}
    codec = _sound_codec(lines, stereo)
    whole: list[str] = []
    for line in lines:
        if line.startswith(_MEDIA) and is_surround_group(attributes(line).get("GROUP-ID", "")):
            continue
        if line.startswith(_VARIANT):
            said = attributes(line)
            if said.get("AUDIO") in borrowing and codec not in said["CODECS"].split(","):
                line = _with(line, {"CODECS": f"{said['CODECS']},{codec}"})
        whole.append(line)
        if line == plain[-1]:
            whole += [_member(each, group, members) for group, members in of_group.items() for each in plain]
    return "\n".join(whole) + "\n"


def _member(plain: str, group: str, members: dict[str, dict[str, str]]) -> str:
    own = members.get(attributes(plain).get("NAME", ""), {})
    changed = {"GROUP-ID": group} | {key: value for key, value in own.items() if key in {"URI", "CHANNELS"}}
    return _with(plain, changed)


def _sound_codec(lines: list[str], stereo: str) -> str:
    for line in lines:
        if line.startswith(_VARIANT) and (said := attributes(line)).get("AUDIO") == stereo:
            return said["CODECS"].rpartition(",")[2]
    return ""


def _with(line: str, changed: dict[str, str]) -> str:
    """``line`` with other values for the quoted attributes ``changed``, which it has."""
    tag, _, rest = line.partition(":")
    return f"{tag}:" + ",".join(
        f'{name}="{changed[name]}"' if name in changed else f"{name}={value}" for name, value in ATTRIBUTE.findall(rest)
    )
