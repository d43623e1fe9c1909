"""How the same person is known again by a telephone number."""

import re

#: Shorter numbers are extensions or typing errors: they tell nobody apart.
_ENOUGH_DIGITS = 7


def phone_key(phone: str | None) -> str:
    """The digits that tell a number apart, however it was typed.

    >>> phone_key("138 0000 7702")
    '13800007702'
    >>> phone_key("+86-138-0000-7702") == phone_key("0086 13800007702")
    True
    >>> phone_key("(0755) 2600 1122 转 8")
    '075526001122'
    >>> phone_key("内线 802"), phone_key(None)
    ('', '')
    """
    number = re.split(r"转|ext|x|#|,|;|、|/", phone or "", maxsplit=1)[0]
    digits = "".join(char for char in number if char.isdigit())
    if len(digits) < _ENOUGH_DIGITS:
        return ""
    mobile = re.fullmatch(r"(?:0{0,2}86)?(1\d{10})", digits)
    return mobile[1] if mobile else digits


def mask(text: str | None, head: int = 3, tail: int = 4) -> str:
    """Enough of a number to recognise it, too little to use it.

    >>> mask("13800001234")
    '138****1234'
    >>> mask("440301199001011234", 4, 2)
    '4403************34'
    >>> mask("802"), mask("")
    ('***', '')
    """
    text = text or ""
    hidden = len(text) - head - tail
    if hidden <= 0:
        return "*" * len(text)
    return text[:head] + "*" * hidden + text[len(text) - tail :]
