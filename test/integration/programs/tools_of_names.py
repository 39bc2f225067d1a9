# SPDX-License-Identifier: Apache-2.0
"""BIND's nsupdate with SIG(0): updates signed with a private key, which the server verifies with a KEY record."""
from programs.row import Daemon, Place, Tool

NAMED = """
controls {{ }};
options {{
    directory "{directory}";
    pid-file none;
    session-keyfile none;
    listen-on port {port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    recursion no;
    dnssec-validation no;
}};
zone "jp.example" {{
    type primary;
    file "zone";
    update-policy {{ grant host.jp.example. subdomain jp.example. ANY; }};
}};
"""
ZONE = """
$TTL 1
@ SOA ns.jp.example. root.jp.example. 1 60 60 600 1
@ NS ns.jp.example.
ns A 127.0.0.1
"""
UPDATE = """
server 127.0.0.1 {port}
zone jp.example
update add new.jp.example 1 TXT "signed in the device"
send
"""


def sig0(place: Place) -> None:
    algorithm = {"EC": "ECDSAP256SHA256", "RSA": "RSASHA256"}[place.identity.type]
    made = place.run("dnssec-keyfromlabel", "-a", algorithm, "-l", "pkcs11:object=web", "-k", "-n", "HOST",
                     "host.jp.example")
    name = made.stdout.strip()
    (place.directory / "zone").write_text(ZONE + (place.directory / f"{name}.key").read_text())
    with Daemon(["named", "-g", "-c", place.write("named.conf", NAMED)], None, place.port, place.directory):
        place.run("nsupdate", "-k", name, place.write("update", UPDATE))
        answer = place.run_without_device("dig", "@127.0.0.1", "-p", place.port, "+short", "new.jp.example", "TXT")
    assert answer.stdout == '"signed in the device"\n'


TOOLS = [Tool("nsupdate", ["nsupdate", "named", "dnssec-keyfromlabel", "dig"], use=sig0)]
