"""Building and floor, read off the number of a unit as it is written in China."""

import re
from typing import NamedTuple

# 1栋1201, 2幢3单元0502, 1-2-1201, A座2103
_NUMBER = re.compile(r"^(?P<building>.*?)[\s\-_#栋幢座号楼单元]*(?P<room>\d{3,4})\D*$")


class Place(NamedTuple):
    building: str
    floor: int
    room: str


def place_of(number: str) -> Place:
    """Where a unit is; floor 0 when its number does not say.

    >>> place_of("1栋1201")
    Place(building='1栋', floor=12, room='01')
    >>> place_of("2幢3单元0502")
    Place(building='2幢3单元', floor=5, room='02')
    >>> place_of("1-2-1201"), place_of("Villa 7").floor
    (Place(building='1-2', floor=12, room='01'), 0)
    """
    found = _NUMBER.match(number.strip())
    if not found:
        return Place("", 0, number.strip())
    room = found["room"]
    building = number.strip()[: found.start("room")].rstrip(" -_#")
    return Place(building, int(room[:-2]), room[-2:])
