"""What an incoming mail tells about itself: from man or machine, when, on which case.

Headers come as any ``email.message.Message``.
"""

import codecs
import re
from datetime import datetime, timedelta
from email.message import Message
from email.utils import parseaddr
from urllib.parse import quote, unquote_to_bytes

#: ``Precedence`` values of replies and mass mail. ``list`` is not among them: a shared
#: mailbox that is a mailing list passes genuine complaints on under that very value.
_MACHINE_PRECEDENCE = {"bulk", "junk", "auto_reply", "auto-reply", "autoreply"}

#: Headers that only answering machines and mail servers write.
_MACHINE_HEADERS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Reply",
    "X-Auto-Response-Suppress",
    "X-Failed-Recipients",
    "X-MS-Exchange-Generated-Message-Source",
)

_DAEMONS = {
    "mailer-daemon",
    "mailerdaemon",
    "mail-daemon",
    "postmaster",
    "double-bounce",
}

# The words must stand alone at the beginning: «自动回复机器人答非所问» is a complaint.
# Words that a customer may start with as well (未送达, Delivery failure) are left out:
# a lost complaint costs more than a case too many.
_MACHINE_SUBJECT = re.compile(
    r"""^\s*[\[【(（]?\s*
    (?: (?:系统|休假|外出)?
          自动(?:回复|答复|应答) | 自動(?:回覆|回復|答覆)
      | (?:系统)?退信通知 | 系统退信 | 来自\S+的退信
      | auto(?=[:：]) | auto(?:matic(?:ally)?)?[ -]?(?:reply|response|answer)
      | out[ -]of[ -](?:the[ -])?office | vacation[ ](?:reply|message|notice)
      | undeliverable | undelivered[ ]mail[ ]returned[ ]to[ ]sender | returned[ ]mail
      | mail[ ]delivery[ ](?:failed|failure|system) | delivery[ ]status[ ]notification
    )
    \s*(?: $ | [:：\]】)）(（—–-] )""",
    re.IGNORECASE | re.VERBOSE,
)


def machine_mark(message: Message, subject: str = "") -> str | None:
    """The sign that a mail was sent by a machine, None for a person's mail.

    >>> from email import message_from_string as mail
    >>> machine_mark(mail("From: wang@example.com\\nSubject: x\\n\\n"), "空调漏水")
    >>> machine_mark(mail("Auto-Submitted: no\\n\\n"))
    >>> machine_mark(mail("Auto-Submitted: auto-replied (vacation)\\n\\n"))
    'Auto-Submitted: auto-replied (vacation)'
    >>> machine_mark(mail("Precedence: Bulk\\n\\n"))
    'Precedence: Bulk'
    >>> machine_mark(mail("Precedence: list\\n\\n"))
    >>> machine_mark(mail("Return-Path: <>\\n\\n"))
    'Return-Path: <>'
    >>> machine_mark(mail("From: PostMaster@qq.example\\n\\n"))
    'From: PostMaster@qq.example'
    >>> machine_mark(mail("\\n\\n"), "自动回复：您好")
    'Subject: 自动回复：您好'
    >>> machine_mark(mail("\\n\\n"), "自动回复机器人答非所问")
    """
    submitted = str(message.get("Auto-Submitted") or "").strip()
    if submitted and submitted.split(";")[0].strip().lower() != "no":
        return f"Auto-Submitted: {submitted}"
    precedence = str(message.get("Precedence") or "").strip()
    if precedence.lower() in _MACHINE_PRECEDENCE:
        return f"Precedence: {precedence}"
    for name in _MACHINE_HEADERS:
        value = str(message.get(name) or "").strip()
        # Suppressing "None" suppresses nothing: it says that answers are welcome.
        if value and value.lower() not in ("no", "none"):
            return f"{name}: {value}"
    if str(message.get("Return-Path") or "").strip() == "<>":
        return "Return-Path: <>"
    sender = parseaddr(str(message.get("From") or ""))[1]
    if sender.partition("@")[0].lower() in _DAEMONS:
        return f"From: {sender}"
    if message.get_content_type() == "multipart/report":
        return "Content-Type: multipart/report"
    if _MACHINE_SUBJECT.match(subject or ""):
        return f"Subject: {subject}"
    return None


def received_at(
    written: datetime | None, arrival: datetime, patience: timedelta
) -> datetime:
    """When the complaint reached us: the mail's own date if it can be believed.

    A mailbox not fetched over a holiday must not cost the customer a week, so the
    date written in the mail counts, unless it lies after the arrival or further
    back than ``patience`` (a broken clock).

    >>> noon = datetime(2026, 3, 11, 12)
    >>> received_at(datetime(2026, 3, 11, 11, 58), noon, timedelta(days=30))
    datetime.datetime(2026, 3, 11, 11, 58)
    >>> received_at(datetime(2027, 1, 1), noon, timedelta(days=30)) == noon
    True
    >>> received_at(datetime(1970, 1, 1), noon, timedelta(days=30)) == noon
    True
    >>> received_at(None, noon, timedelta(days=30)) == noon
    True
    """
    if written and arrival - patience <= written <= arrival:
        return written
    return arrival


def tidy_subject(subject: str, limit: int = 120) -> str:
    """One line without reply prefixes, cut at ``limit``.

    >>> tidy_subject("回复: Re: 转发：  收银多扣\\r\\n 一笔 ")
    '收银多扣 一笔'
    >>> tidy_subject("长" * 200, 5)
    '长长长长…'
    >>> tidy_subject("Re: ")
    ''
    """
    line = " ".join((subject or "").split())
    line = re.sub(
        r"^(?:(?:re|fw|fwd|aw|回复|答复|转发|回覆|轉寄)\s*[:：]\s*)+",
        "",
        line,
        flags=re.IGNORECASE,
    )
    return line if len(line) <= limit else line[: limit - 1] + "…"


def case_numbers(subject: str) -> list[str]:
    """Every case number that a subject quotes, e.g. ``TS/2026/00012``.

    >>> case_numbers("回复: [TS/2026/00012] 收银多扣 (原 ts/2026/00003)")
    ['TS/2026/00012', 'TS/2026/00003']
    >>> case_numbers("2026/03/11 的订单")
    []
    """
    found = re.findall(r"(?<![A-Za-z])[A-Za-z]+/\d{4}/\d{5,}", subject or "")
    return [number.upper() for number in found]


def without_nul(text: str) -> str:
    r"""Text without the character that no database column can hold.

    >>> without_nul("漏\x00水")
    '漏水'
    """
    return text.replace("\x00", "")


#: Charsets that mail programs name although the text has more characters.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "hz-gb-2312": "gb18030"}


def mend_charsets(message: Message) -> None:
    """Name a charset that can read the text, where the mail names none that can.

    >>> from email import message_from_bytes, policy
    >>> head = b"Content-Type: text/plain; charset=x-unknown\\n\\n"
    >>> mail = message_from_bytes(head + "空调".encode("gbk"), policy=policy.SMTP)
    >>> mend_charsets(mail)
    >>> mail.get_content()
    '空调'
    """
    for part in message.walk():
        if part.get_content_maintype() != "text":
            continue
        named = str(part.get_param("charset") or "").strip("\"'").lower()
        wider = _WIDER.get(named, named)
        try:
            codecs.lookup(wider or "utf-8")
        except (LookupError, ValueError):
            octets = part.get_payload(decode=True) or b""
            wider = "utf-8" if _reads(octets, "utf-8") else "gb18030"
        if wider != named:
            part.set_param("charset", wider, replace=True)


def _reads(octets: bytes, charset: str) -> bool:
    try:
        octets.decode(charset)
    except UnicodeDecodeError:
        return False
    return True


_SEGMENT = re.compile(
    r"""(filename|name)\*(\d+)(\*?)=("[^"]*"|[^;\s]*)\s*(?:;|$)""", re.IGNORECASE
)


def mend_filenames(message: Message) -> None:
    """Decode file names that were cut in the middle of a Chinese character.

    RFC 2231 lets a long file name continue in numbered pieces of encoded bytes.
    Python's parser decodes each piece for itself and spoils the character at the seam.

    >>> from email import message_from_string, policy
    >>> head = "Content-Disposition: attachment; "
    >>> seam = "filename*0*=gb18030''%BC%EC%D1;\\n filename*1*=%E9.txt\\n\\n"
    >>> mail = message_from_string(head + seam, policy=policy.SMTP)
    >>> mend_filenames(mail)
    >>> mail.get_filename()
    '检验.txt'
    """
    for part in message.walk():
        for header, value in list(part.raw_items()):
            if header.lower() not in ("content-disposition", "content-type"):
                continue
            segments = {
                (int(number), bool(encoded)): text.strip('"')
                for _name, number, encoded, text in _SEGMENT.findall(value)
            }
            first = segments.get((0, True), "")
            charset, _language, text = (first.split("'", 2) + ["", ""])[:3]
            if len(segments) < 2 or not text:
                continue
            segments[0, True] = text
            octets = b"".join(
                unquote_to_bytes(piece) if encoded else piece.encode()
                for (_number, encoded), piece in sorted(segments.items())
            )
            try:
                name = octets.decode(charset)
            except (LookupError, UnicodeDecodeError):
                continue
            label = "filename" if header.lower() == "content-disposition" else "name"
            rest = _SEGMENT.sub("", value).strip().rstrip(";")
            part.replace_header(header, f"{rest}; {label}*=utf-8''{quote(name)}")
