"""Certificates for a server with TLS: good ones, an expired one, and those of an authority nobody asked.

Made with the program `openssl`. Serial numbers and names differ; keys are elliptic curves, which are quick to make.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from servers.packages import openssl

if TYPE_CHECKING:
    from pathlib import Path

LONG = ("20200101000000Z", "20491231000000Z")
PAST = ("20200101000000Z", "20200102000000Z")
CONFIGURATION = """
[ca]
default_ca = authority
[authority]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = none
[none]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[localhost]
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
[elsewhere]
subjectAltName = DNS:elsewhere.invalid
[client]
extendedKeyUsage = clientAuth
"""


@dataclass(frozen=True)
class Certificate:
    """A certificate and its private key, as PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Certificates:
    """What a server and its clients can show and trust."""

    authority: Certificate
    """Signs all of the others but `stranger`; clients trust its certificate."""
    server: Certificate
    """Valid, for localhost, 127.0.0.1 and ::1."""
    expired: Certificate
    """For the same names, no longer valid."""
    elsewhere: Certificate
    """Valid, for another host: good for verify-ca, not for verify-full."""
    other_authority: Certificate
    """Unrelated; a client that trusts only this one must refuse the server."""
    stranger: Certificate
    """A client certificate of `other_authority`, which the server must refuse."""
    clients: dict[str, Certificate]
    """Client certificates by the role that they are for."""


def make_certificates(folder: Path, roles: tuple[str, ...]) -> Certificates:
    """Makes all certificates in a folder that exists; `roles` get a client certificate each."""
    authority = _Authority(folder / "authority", "Test authority")
    other = _Authority(folder / "other", "Another authority")
    return Certificates(
        authority=authority.own,
        server=authority.sign("server", "localhost", "localhost"),
        expired=authority.sign("expired", "localhost", "localhost", PAST),
        elsewhere=authority.sign("elsewhere", "elsewhere.invalid", "elsewhere"),
        other_authority=other.own,
        stranger=other.sign("stranger", roles[0], "client"),
        clients={role: authority.sign(f"client-{role}", role, "client") for role in roles},
    )


class _Authority:
    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir()
        folder.joinpath("index.txt").touch()
        folder.joinpath("serial").write_text("1000\n", encoding="ascii")
        folder.joinpath("openssl.cnf").write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
        self._folder = folder
        self.own = Certificate(folder / "authority.crt", folder / "authority.key")
        self.own = self.sign("authority", name, "root")

    def sign(self, file: str, name: str, section: str, valid: tuple[str, str] = LONG) -> Certificate:
        made = Certificate(self._folder / f"{file}.crt", self._folder / f"{file}.key")
        request = self._folder / f"{file}.csr"
        curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        self._openssl("genpkey", *curve, "-out", str(made.key))
        made.key.chmod(0o600)
        self._openssl("req", "-new", "-key", str(made.key), "-subj", f"/CN={name}", "-out", str(request))
        signer = ["-selfsign"] if section == "root" else ["-cert", str(self.own.certificate)]
        dates = ["-startdate", valid[0], "-enddate", valid[1]]
        files = ["-keyfile", str(self.own.key), "-in", str(request), "-out", str(made.certificate)]
        self._openssl("ca", "-batch", "-notext", *signer, *files, *dates, "-extensions", section)
        return made

    def _openssl(self, command: str, *arguments: str) -> None:
        settings = ["-config", str(self._folder / "openssl.cnf")] if command in {"req", "ca"} else []
        done = subprocess.run(
            [str(openssl()), command, *settings, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"openssl {command} failed:\n{done.stdout}")
