# SPDX-License-Identifier: Apache-2.0
"""A client for the device as its public transcripts describe it: HTTPS, Basic authentication, POST and GET. Uses only
the standard library."""
import base64
import http.client
import json
import ssl
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PIN = "12345678"  # of the keys that this suite makes


@dataclass(frozen=True)
class Reply:
    request: str  # contains no secrets
    status: int
    text: str

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.text)
        except ValueError:
            raise AssertionError(f"{self.request}: not JSON, status {self.status}: {self.text[:500]!r}") from None

    def failed(self) -> bool:
        return self.status >= 400 or "error" in self.json


@dataclass(frozen=True)
class Device:
    url: str
    tlscert: Path | None
    user: str
    password: str
    core: int
    address: str | None = None  # connect there instead of resolving the name in the URL

    @property
    def host(self) -> str:
        return urllib.parse.urlsplit(self.url).hostname or ""

    def connect(self, alpn: tuple[str, ...] = ("http/1.1",)) -> http.client.HTTPSConnection:
        """Connects with TLS. The certificate has no subjectAltName, so this checks its CN against the URL."""
        context = ssl.create_default_context(cafile=self.tlscert and str(self.tlscert))
        context.check_hostname = False
        context.set_alpn_protocols(list(alpn))
        port = urllib.parse.urlsplit(self.url).port or 443
        connection = http.client.HTTPSConnection(self.address or self.host, port, timeout=30, context=context)
        connection.connect()
        assert common_name(connection).lower() == self.host.lower()
        return connection

    def authorization(self, password: str | None = None) -> str:
        credentials = f"{self.user}:{self.password if password is None else password}"
        return "Basic " + base64.b64encode(credentials.encode()).decode()

    def request(self, method: str, path: str, body: str | None = None, shown: str = "", *,
                headers: dict[str, str] | None = None) -> Reply:
        if headers is None:
            headers = {"Authorization": self.authorization()}
        if body is not None:
            headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        connection = self.connect()
        try:
            connection.request(method, path, body, {"Host": self.host, **headers})
            reply = connection.getresponse()
            return Reply(shown or f"{method} {path}", reply.status, reply.read().decode())
        finally:
            connection.close()

    def post(self, command: str, **fields: Any) -> Reply:
        assert command != "factoryreset"
        secrets = ("pin", "key_to_import")
        shown = " ".join(f"{name}={'…' if name in secrets else value}" for name, value in fields.items())
        body = urllib.parse.urlencode({"command": command, **fields})
        return self.request("POST", "/n200/web/postv1", body, f"POST command={command} {shown}")

    def get(self, command: str, *arguments: Any) -> Reply:
        assert command != "factoryreset"
        path = "/n200/" + "".join(urllib.parse.quote(str(one), safe="") + "/" for one in (command, *arguments))
        return self.request("GET", path, shown=f"GET {command}/…")


def common_name(connection: http.client.HTTPSConnection) -> str:
    subject = connection.sock.getpeercert()["subject"]
    return next(value for pairs in subject for name, value in pairs if name == "commonName")
