# SPDX-License-Identifier: Apache-2.0
"""TLS inside other protocols: OpenVPN, and EAP-TLS with FreeRADIUS and wpa_supplicant."""
from pathlib import Path

from harness.tls import VERSIONS, make_file_identity
from programs.row import Daemon, Place, Server, takes_no_uri

RADIUS = """
libdir = /usr/lib/freeradius
run_dir = {directory}
logdir = {directory}
log {{
    destination = stdout
}}
security {{
    allow_vulnerable_openssl = yes
}}
listen {{
    type = auth
    virtual_server = default
    ipaddr = 127.0.0.1
    port = {port}
}}
client local {{
    ipaddr = 127.0.0.1
    secret = testing
}}
modules {{
    eap {{
        default_eap_type = tls
        tls-config common {{
            certificate_file = SERVER_CERTIFICATE
            private_key_file = SERVER_KEY
            ca_file = CLIENT_CERTIFICATE
            tls_min_version = "1.2"
            tls_max_version = "1.2"
            ecdh_curve = ""
        }}
        tls {{
            tls = common
        }}
    }}
}}
server default {{
    authorize {{
        eap
    }}
    authenticate {{
        eap
    }}
}}
"""
SUPPLICANT = """
network={{
    key_mgmt=IEEE8021X
    eap=TLS
    identity="someone"
    ca_cert="SERVER_CERTIFICATE"
    client_cert="CLIENT_CERTIFICATE"
    private_key="CLIENT_KEY"
    phase1="tls_disable_tlsv1_3=1"
}}
"""


def peer(place: Place) -> tuple[Path, Path]:
    """The peer's key and certificate, in files."""
    key, certificate = place.directory / "peer.key", place.directory / "peer.crt"
    return (key, certificate) if key.exists() else make_file_identity(place.directory, "peer")


def openvpn(place: Place, own_key: object) -> list[object]:
    key, certificate = peer(place)
    return ["openvpn", "--dev", "null", "--tls-server", "--dh", "none", "--local", "127.0.0.1", "--port", place.port,
            "--float", "--ca", certificate, "--cert", place.identity.certificate, "--key", own_key,
            "--ping", "1", "--verb", "3"]


def openvpn_client(place: Place, version: str) -> None:
    key, certificate = peer(place)
    directory = place.directory / f"client-{version}"
    directory.mkdir()
    arguments = ["openvpn", "--dev", "null", "--tls-client", "--remote", "127.0.0.1", place.port, "--nobind", "--ca",
                 place.identity.certificate, "--cert", certificate, "--key", key, "--tls-version-min", version,
                 "--tls-version-max", version, "--verb", "3"]
    with Daemon(arguments, None, place.port, directory, ready="Initialization Sequence Completed") as client:
        output = client.output.read_text()
    assert "VERIFY OK: depth=0" in output and f"Control Channel: TLSv{version}" in output, output


def freeradius(place: Place, server: tuple[Path, Path], client: Path) -> list[object]:
    place.write("radiusd.conf", RADIUS.replace("SERVER_KEY", str(server[0])).replace(
        "SERVER_CERTIFICATE", str(server[1])).replace("CLIENT_CERTIFICATE", str(client)))
    return ["freeradius", "-f", "-l", "stdout", "-d", place.directory, "-n", "radiusd"]


def eapol_test(place: Place, version: str, client: tuple[Path, Path], server: Path) -> None:
    text = SUPPLICANT.replace("CLIENT_KEY", str(client[0])).replace("CLIENT_CERTIFICATE", str(client[1])).replace(
        "SERVER_CERTIFICATE", str(server))
    path = place.write("supplicant.conf", text)
    call = place.run if client[0] == place.identity.key else place.run_without_device
    done = call("eapol_test", "-c", path, "-a", "127.0.0.1", "-p", place.port, "-s", "testing", "-t", 20, check=False)
    assert done.stdout.endswith("SUCCESS\n") and f"SSL: Using TLS version TLSv{version}" in done.stdout, done


def own(place: Place) -> tuple[Path, Path]:
    return place.identity.key, place.identity.certificate


OPENVPN_READY = "UDPv4 link remote: [AF_UNSPEC]"

# Without a tunnel, OpenVPN has a single peer: the next one may have to wait until the first is abandoned.
SERVERS = [
    Server("openvpn", ["openvpn"], start=lambda place: openvpn(place, place.identity.key), client=openvpn_client,
           ready=OPENVPN_READY, versions=[version], variant=f"TLS-{version}") for version in VERSIONS
] + [
    Server("openvpn", ["openvpn"], unfit=lambda: takes_no_uri("openvpn"), variant="by-uri", versions=["1.3"],
           start=lambda place: openvpn(place, place.identity.uri), client=openvpn_client, ready=OPENVPN_READY),
    # FreeRADIUS 3.2 offers TLS 1.3 for EAP-TLS only in developer builds.
    Server("freeradius", ["freeradius", "eapol_test"], ready="Ready to process requests", versions=["1.2"],
           start=lambda place: freeradius(place, own(place), peer(place)[1]),
           client=lambda place, version: eapol_test(place, version, peer(place), own(place)[1])),
    Server("wpa_supplicant", ["freeradius", "eapol_test"], ready="Ready to process requests", versions=["1.2"],
           start=lambda place: freeradius(place, peer(place), own(place)[1]),
           client=lambda place, version: eapol_test(place, version, own(place), peer(place)[1])),
]
