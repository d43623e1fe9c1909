"""What a file is by its content: names and declared types are only claims."""

#: Largest file, and most files, that a customer may send at once.
MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 5

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"%PDF-", 0, "application/pdf"),
    (b"ftyp", 4, "video/mp4"),
    (b"ID3", 0, "audio/mpeg"),
    (b"#!AMR", 0, "audio/amr"),
)
_SUFFIX = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "video/mp4": (".mp4", ".mov", ".m4a", ".heic"),
    "audio/mpeg": (".mp3",),
    "audio/amr": (".amr",),
}
#: A PDF that acts by itself when it is opened.
_ACTIVE_PDF = (b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/EmbeddedFile")


def sniff(content: bytes) -> str | None:
    """The type of a picture, recording or PDF; None for everything else.

    >>> sniff(b"\\x89PNG\\r\\n\\x1a\\n...")
    'image/png'
    >>> sniff(b"<svg onload='x'>"), sniff(b"MZ\\x90"), sniff(b"")
    (None, None, None)
    >>> sniff(b"%PDF-1.7 ... /JavaScript (app.alert(1))")
    >>> sniff(b"RIFF....WEBPVP8 ")
    'image/webp'
    """
    for magic, offset, kind in _MAGIC:
        if content[offset : offset + len(magic)] == magic:
            if kind == "application/pdf" and any(key in content for key in _ACTIVE_PDF):
                return None
            return kind
    return None


def is_acceptable(name: str, content: bytes) -> bool:
    """Whether the content is of a harmless kind and the name says the same.

    >>> is_acceptable("door.PNG", b"\\x89PNG\\r\\n\\x1a\\n")
    True
    >>> is_acceptable("door.exe", b"\\x89PNG\\r\\n\\x1a\\n")
    False
    >>> is_acceptable("door.png", b"<html><script>")
    False
    """
    kind = sniff(content)
    return bool(
        kind and len(content) <= MAX_BYTES and name.lower().endswith(_SUFFIX[kind])
    )
