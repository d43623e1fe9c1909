"""Where things are. All that the commands write lies under ``.kehu/`` (ignored by git),
in the user's cache folder, or, for root, in the database cluster's own folder."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ADDONS = ROOT / "addons"
STATE = ROOT / ".kehu"
STAMPS = STATE / "stamps"
LOGS = STATE / "log"
DATA = STATE / "data"
CONFIG = STATE / "odoo.conf"
VENV = STATE / "venv"
PYTHON = VENV / "bin" / "python"
LINT_VENV = STATE / "lint"
ODOO_PREFIX = STATE / "odoo"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kehu"
# Tells two clones of the repository on one machine apart.
CLONE = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


class Failure(Exception):
    """A step failed for a reason that the user can act on: what, why, what to do."""


def digest(*parts: object) -> str:
    """Short hash of strings and of files' contents, for stamps and template names."""
    sha = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            sha.update(
                str(
                    part.relative_to(ROOT) if part.is_relative_to(ROOT) else part
                ).encode()
            )
            sha.update(part.read_bytes())
        else:
            sha.update(str(part).encode())
        sha.update(b"\0")
    return sha.hexdigest()[:12]


def stamped(step: str, key: str) -> bool:
    """Whether ``step`` was finished for exactly this ``key``."""
    stamp = STAMPS / step
    return stamp.exists() and stamp.read_text() == key


def stamp(step: str, key: str | None) -> None:
    """Record that ``step`` is finished for ``key``; ``None`` forgets it before a step
    starts, so that one killed in the middle is redone."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    if key is None:
        (STAMPS / step).unlink(missing_ok=True)
    else:
        (STAMPS / step).write_text(key)
