# SPDX-License-Identifier: Apache-2.0
"""A device independent of the simulator, with different errors, replies and signing command."""
import base64
import hashlib
import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote

KEY_ID = "hsm010123F13C56131E1EEE0000000000000042"
NAME = "foreign.example"
# Length of the part of SubjectPublicKeyInfo (RFC 5480) before X and Y, for P-256.
P256_PREFIX_BYTES = 27


def openssl(*arguments: object, data: bytes | None = None) -> bytes:
    done = subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, timeout=30, check=True)
    return done.stdout


class ForeignDevice:
    """Has one P-256 key, made by genecckey. `journal` records each request: (method, command, fields)."""

    def __init__(self, directory: Path):
        directory.mkdir(parents=True)
        self.directory = directory
        self.key_file, self.tlscert = directory / "key.pem", directory / "tls.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                directory / "tls.key",
                "-out", self.tlscert, "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-days", "2")
        self.journal: list[tuple[str, str, dict[str, str]]] = []
        self.record: dict[str, object] | None = None
        self.pin = ""
        self.wrong_pins = 0
        self.unauthorized = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.tlscert, directory / "tls.key")
        # If the client has disconnected before accept(2), the call must not block until the next client connects.
        self.server.socket.setblocking(False)
        # The thread of the connection does the handshake: a client that never starts it must not block the server.
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.server.server_address[1]}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def sent(self, command: str) -> list[dict[str, str]]:
        return [fields for _, name, fields in self.journal if name == command]

    def make_key(self, name: str, pin: str) -> None:
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key_file)
        public = openssl("pkey", "-in", self.key_file, "-pubout", "-outform", "DER")[P256_PREFIX_BYTES:]
        self.pin = pin
        self.record = {"slot": KEY_ID[:23] + KEY_ID[31:], "key_id": KEY_ID, "id": "AAAB68606BE2", "key_type": "NIST",
                       "key_len": 256, "key_acl": "FFFF", "nice_name": name, "public_key": public.hex().upper()}

    # All differences from the simulator follow.
    def sign(self, fields: dict[str, str]) -> tuple[int, dict[str, object]]:
        for name in ("hsm_id", "digest_b64", "key_pin"):
            if name not in fields:
                return 422, {"status": "error", "detail": {"no": 31, "message": f"required field '{name}' not given"}}
        if fields["hsm_id"] != KEY_ID:
            return 422, {"status": "error", "detail": {"no": 32, "message": "no such object"}}
        try:
            digest = base64.b64decode(fields["digest_b64"], validate=True)
            assert len(digest) == hashlib.sha256().digest_size
        except (ValueError, AssertionError):
            return 422, {"status": "error", "detail": {"no": 33, "message": "digest_b64 is not 32 bytes of base64"}}
        if fields["key_pin"] != self.pin:
            self.wrong_pins += 1
            return 422, {"status": "error", "detail": {"no": 34, "message": "authorisation value"}}
        signature = openssl("pkeyutl", "-sign", "-inkey", self.key_file, data=digest)
        return 200, {"status": "ok", "data": {"cipher": "ECDSA", "signature": base64.b64encode(signature).decode()}}

    def post(self, fields: dict[str, str]) -> tuple[int, dict[str, object]]:
        command = fields.get("command", "")
        self.journal.append(("POST", command, fields))
        if command == "genecckey":
            self.make_key(fields["nice_name"], fields.get("pin", ""))
            return 200, {"command": command, "core": 1, "result": KEY_ID}
        if command == "signDigest":
            return self.sign(fields)
        return 422, {"status": "error", "detail": {"no": 7, "message": f"'{command}' is not a supported action"}}

    def get(self, path: str) -> tuple[int, dict[str, object]]:
        segments = [unquote(part) for part in path.strip("/").split("/")][1:]
        self.journal.append(("GET", segments[0], {str(n): part for n, part in enumerate(segments[1:])}))
        if segments[0] == "getkeyattributes":
            if self.record and segments[1] in self.record.values():
                return 200, {"command": segments[0], "result": {KEY_ID: self.record}}
            return 200, {"command": segments[0], "error": "unknown key"}
        return 422, {"status": "error", "detail": {"no": 7, "message": f"'{segments[0]}' is not a supported action"}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        device = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def answer(self, status: int, body: dict[str, object] | bytes) -> None:
                text = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def do_GET(self) -> None:
                self.answer(*device.get(self.path))

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = {name: values[0] for name, values in parse_qs(form, keep_blank_values=True).items()}
                status, body = device.post(fields)
                if device.unauthorized and fields.get("command") != "genecckey":
                    status, body = 401, {}
                self.answer(status, body)

        return Handler
