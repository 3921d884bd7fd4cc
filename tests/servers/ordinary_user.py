"""The user that servers run as: they refuse root, so root's tests start them as somebody else."""

from __future__ import annotations

import os
import pwd
from typing import Any

CANDIDATES = ("postgres", "nobody")


def ordinary_user() -> pwd.struct_passwd | None:
    """Returns who shall run a server; None where the tests themselves are no root.

    Raises:
        RuntimeError: The tests run as root and the machine knows no other user of these names.
    """
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError(f"servers refuse root, and this machine has no user called {' or '.join(CANDIDATES)}")


def run_as() -> dict[str, Any]:
    """Returns what `subprocess` needs to start a program as the ordinary user."""
    user = ordinary_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def hand_over(path: str | os.PathLike[str]) -> None:
    """Makes the ordinary user the owner of a file or folder."""
    if user := ordinary_user():
        os.chown(path, user.pw_uid, user.pw_gid)
