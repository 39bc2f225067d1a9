# SPDX-License-Identifier: Apache-2.0
"""DNS over TLS."""
from programs.row import Place, Server

UNBOUND = """
server:
    directory: "{directory}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    do-ip6: no
    do-udp: no
    interface: 127.0.0.1@{port}
    tls-port: {port}
    tls-service-key: "{key}"
    tls-service-pem: "{certificate}"
remote-control:
    control-enable: no
"""

NSD = """
server:
    username: ""
    chroot: ""
    pidfile: ""
    zonesdir: "{directory}"
    zonelistfile: "{directory}/zone.list"
    xfrdfile: "{directory}/xfrd.state"
    xfrdir: "{directory}"
    ip-address: 127.0.0.1@{port}
    port: {port}
    tls-port: {port}
    tls-service-key: "{key}"
    tls-service-pem: "{certificate}"
remote-control:
    control-enable: no
"""

NAMED = """
tls device {{ key-file "{key}"; cert-file "{certificate}"; protocols {{ TLSv1.2; TLSv1.3; }}; }};
controls {{ }};
options {{
    directory "{directory}";
    pid-file none;
    session-keyfile none;
    listen-on port {port} tls device {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    recursion no;
    dnssec-validation no;
}};
"""


def unbound(place: Place) -> list[object]:
    return ["unbound", "-d", "-c", place.write("unbound.conf", UNBOUND)]


def nsd(place: Place) -> list[object]:
    return ["nsd", "-d", "-c", place.write("nsd.conf", NSD)]


def named(place: Place) -> list[object]:
    return ["named", "-g", "-c", place.write("named.conf", NAMED)]


SERVERS = [
    Server("unbound", ["unbound"], start=unbound),
    Server("nsd", ["nsd"], start=nsd, versions=["1.3"]),
    Server("named-tls", ["named"], start=named),
]
