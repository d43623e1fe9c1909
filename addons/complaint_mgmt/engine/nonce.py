"""A form's own stamp: signed, with its time, so that it serves once and not at once."""

import hashlib
import hmac
import secrets

#: People need this long to fill a form in; machines do not.
MIN_SECONDS = 4
MAX_SECONDS = 4 * 3600


def _sign(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:32]


def make(secret: bytes, now: int) -> str:
    """A stamp for a form that is shown at ``now`` (seconds).

    >>> stamp = make(b"s", 1000)
    >>> check(b"s", stamp, 1010)
    True
    >>> check(b"s", stamp, 1001), check(b"s", stamp, 1000 + MAX_SECONDS + 1)
    (False, False)
    >>> check(b"other", stamp, 1010), check(b"s", stamp + "0", 1010), check(b"s", "", 1)
    (False, False, False)
    """
    text = f"{now}.{secrets.token_hex(8)}"
    return f"{text}.{_sign(secret, text)}"


def check(secret: bytes, stamp: str, now: int) -> bool:
    """Whether the stamp is ours and its form was open for a human time."""
    text, _dot, signature = (stamp or "").rpartition(".")
    if not hmac.compare_digest(_sign(secret, text), signature):
        return False
    issued = text.split(".")[0]
    return issued.isdigit() and MIN_SECONDS <= now - int(issued) <= MAX_SECONDS
