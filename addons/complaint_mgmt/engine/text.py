"""What strangers type, made harmless without losing a word of it."""

import re
import unicodedata

#: Characters that show nothing and turn text around: they hide links and fake names.
_INVISIBLE = re.compile(
    r"[\u00ad\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def clean_text(text: str | None, limit: int, *, lines: bool = True) -> str:
    """Text as a person meant it: no control or invisible characters, cut at ``limit``.

    >>> clean_text("漏\\x00水\\u200b了\\u202e", 100)
    '漏水了'
    >>> clean_text("  一 \\r\\n\\r\\n\\r\\n\\r\\n 二 ", 100)
    '一\\n\\n二'
    >>> clean_text("一\\n二", 100, lines=False)
    '一 二'
    >>> clean_text("长" * 1_000_000, 5)
    '长长长长…'
    >>> clean_text("\\u200b\\u200d", 10), clean_text(None, 10)
    ('', '')
    """
    text = _INVISIBLE.sub("", (text or "")[: limit * 4])
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(
        char
        for char in text
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn")
    )
    if lines:
        rows = [" ".join(row.split()) for row in text.split("\n")]
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()
    else:
        text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
