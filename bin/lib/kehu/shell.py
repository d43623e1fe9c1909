"""Running other programs, with their last words in the error message."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from kehu.paths import Failure


def say(text: str) -> None:
    """One line of progress."""
    print(f"setup: {text}", flush=True)


def run(
    command: Sequence[object],
    step: str,
    hint: str = "",
    **kwargs,
) -> str:
    """Run ``command``; its standard output. A failure names ``step``, the program's
    last lines and ``hint``, and recognises a full disk and a missing network."""
    command = [str(word) for word in command]
    kwargs.setdefault("stdin", subprocess.DEVNULL)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", **kwargs
        )
    except OSError as error:
        raise Failure(
            f"{step}: {command[0]} cannot be run ({error.strerror}). {hint}"
        ) from None
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip() or "no output"
        why = f"{step}: {' / '.join(said.splitlines()[-4:])}"
        raise Failure(f"{why}\n  {advice(said) or hint}".rstrip())
    return done.stdout


def advice(output: str) -> str:
    """What to do about the two failures that any step can meet."""
    low = output.lower()
    if "no space left" in low or "disk full" in low or "not enough free space" in low:
        return "The disk is full: free some space (about 2 GB), then run it again."
    signs = (
        "could not resolve",
        "temporary failure",
        "network is unreachable",
        "connection refused",
        "failed to fetch",
        "dns error",
        "timed out",
        "could not connect",
    )
    if any(sign in low for sign in signs):
        return "No network: check the connection or proxy, then run it again."
    return ""


def have(program: str) -> bool:
    return shutil.which(program) is not None


def as_root() -> list[str] | None:
    """Prefix that makes a command run as root; None where this user may not."""
    if os.geteuid() == 0:
        return []
    if (
        have("sudo")
        and not subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode
    ):
        return ["sudo"]
    return None
