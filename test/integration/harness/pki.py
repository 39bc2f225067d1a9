# SPDX-License-Identifier: Apache-2.0
"""CAs whose keys are in files, and the certificates that they issue for keys in the device and for other CAs."""
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.programs import run

CA_EXTENSIONS = "basicConstraints=critical,CA:true\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
LEAF_EXTENSIONS = "subjectAltName=DNS:localhost\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"


@dataclass(frozen=True)
class Ca:
    name: str
    key: Path
    certificate: Path


class Pki:
    """Keeps its files in one directory. The CA keys are OpenSSL's own, made without sesam's configuration."""

    def __init__(self, directory: Path):
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.cnf = directory / "req.cnf"
        self.cnf.write_text("[req]\ndistinguished_name = dn\n[dn]\n")

    def _openssl(self, *arguments: Any, cnf: Path | None = None) -> None:
        run(["openssl", *arguments], cnf or self.cnf)

    def _request(self, key: Any, subject: str, name: str, cnf: Path | None) -> Path:
        request = self.directory / f"{name}.csr"
        self._openssl("req", "-new", "-key", key, "-subj", subject, "-out", request, cnf=cnf)
        return request

    def _certify(self, request: Path, issuer: Ca | None, key: Path | None, extensions: str, name: str,
                 days: int) -> Path:
        text, certificate = self.directory / f"{name}.ext", self.directory / f"{name}.crt"
        text.write_text(extensions)
        signer = ["-CA", issuer.certificate, "-CAkey", issuer.key] if issuer else ["-signkey", key]
        self._openssl("x509", "-req", "-in", request, *signer, "-set_serial", zlib.crc32(name.encode()) + 1,
                      "-days", days, "-extfile", text, "-out", certificate)
        return certificate

    def ca(self, name: str, issuer: Ca | None = None, like: Ca | None = None) -> Ca:
        """`like`: issues another certificate for the key and the subject of that CA."""
        key = like.key if like else self.directory / f"{name}.key"
        if not like:
            self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
        request = self._request(key, f"/CN={like.name if like else name}", name, None)
        return Ca(like.name if like else name, key, self._certify(request, issuer, key, CA_EXTENSIONS, name, 30))

    def leaf(self, uri: str, cnf: Path, issuer: Ca, name: str, days: int = 2, subject: str | None = None) -> Path:
        """Issues a certificate for the key in the device."""
        request = self._request(uri, subject or f"/CN={name}", name, cnf)
        return self._certify(request, issuer, None, LEAF_EXTENSIONS, name, days)
