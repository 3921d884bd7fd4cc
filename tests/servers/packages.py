"""Where the programs of a server are found, and how Debian's package brings them where they are missing.

Only root on a machine with apt-get installs anything; everybody else is told what to install.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")


class MissingProgram(RuntimeError):  # noqa: N818  it names what is missing, not what went wrong
    """A program of a server is not here and cannot be installed; the message says what to install."""


@functools.cache
def postgres_folder() -> Path:
    """Returns the folder of `initdb` and `postgres`, after installing them if need be.

    Raises:
        MissingProgram: They are not here and cannot be installed.
    """
    found = _postgres_folder()
    if found is None:
        # The common package first: its setting keeps the server's package from starting a cluster.
        _install("PostgreSQL", "postgresql-common")
        _make_no_cluster()
        _install("PostgreSQL", "postgresql", "postgresql-contrib")
        found = _postgres_folder()
    if found is None:
        raise MissingProgram("the package postgresql is installed, but initdb and postgres are not found")
    return found


@functools.cache
def pgbouncer() -> Path:
    """Returns the path of `pgbouncer`, after installing it if need be.

    Raises:
        MissingProgram: It is not here and cannot be installed.
    """
    found = _program("pgbouncer")
    if found is None:
        _install("PgBouncer", "pgbouncer")
        found = _program("pgbouncer")
    if found is None:
        raise MissingProgram("the package pgbouncer is installed, but the program is not found")
    return found


def openssl() -> Path:
    """Returns the path of `openssl`, after installing it if need be.

    Raises:
        MissingProgram: It is not here and cannot be installed.
    """
    found = _program("openssl")
    if found is None:
        _install("OpenSSL", "openssl")
        found = _program("openssl")
    if found is None:
        raise MissingProgram("the package openssl is installed, but the program is not found")
    return found


def _postgres_folder() -> Path | None:
    for folder in _postgres_folders():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _postgres_folders() -> list[Path]:
    folders = sorted(DEBIAN.glob("*/bin"), key=lambda folder: _version(folder.parent.name), reverse=True)
    if pg_config := _program("pg_config"):
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(told.stdout.strip() or "missing"))
    if postgres := _program("postgres"):
        folders.append(postgres.resolve().parent)
    return folders


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def _program(name: str) -> Path | None:
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which(name, path=path)
    return Path(found) if found else None


def _make_no_cluster() -> None:
    setting = "create_main_cluster = false"
    text = NO_CLUSTER.read_text(encoding="utf-8") if NO_CLUSTER.exists() else ""
    if f"\n{setting}\n" not in f"\n{text}":
        NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        NO_CLUSTER.write_text(f"{text}\n{setting}\n", encoding="utf-8")


def _install(what: str, *packages: str) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise MissingProgram(
            f"the tests need {what}: install it (Debian, Ubuntu: apt-get install {' '.join(packages)}) "
            "or name a server of yours: REDSTART_TEST_POSTGRES=postgresql://user@host/database"
        )
    # Run level 1: nothing that the packages bring is started as a service.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    if _apt([*INSTALL, *packages], environment).returncode == 0:
        return
    _apt(["apt-get", "update"], environment)
    done = _apt([*INSTALL, *packages], environment)
    if done.returncode != 0:
        raise MissingProgram(f"apt-get could not install {' '.join(packages)}:\n{done.stdout[-2000:]}")


def _apt(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
