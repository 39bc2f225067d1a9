# SPDX-License-Identifier: Apache-2.0
"""TLS servers for the web and for databases."""
from programs.row import Place, Server, find, takes_no_uri

LIGHTTPD = """
server.modules = ( "mod_openssl" )
server.document-root = "{directory}"
server.bind = "127.0.0.1"
server.port = {port}
ssl.engine = "enable"
ssl.pemfile = "{certificate}"
ssl.privkey = "{key}"
ssl.openssl.ssl-conf-cmd = ( "MinProtocol" => "TLSv1.2" )
"""

MOSQUITTO = """
user root
allow_anonymous true
listener {port} 127.0.0.1
certfile {certificate}
keyfile {key}
"""


def lighttpd(place: Place, key: str = "{key}") -> list[object]:
    return ["lighttpd", "-D", "-f", place.write("lighttpd.conf", LIGHTTPD.replace("{key}", key))]


def mosquitto(place: Place) -> list[object]:
    return ["mosquitto", "-c", place.write("mosquitto.conf", MOSQUITTO)]


def redis(place: Place) -> list[object]:
    return ["redis-server", "--bind", "127.0.0.1", "--port", "0", "--tls-port", place.port, "--tls-auth-clients", "no",
            "--tls-cert-file", place.identity.certificate, "--tls-key-file", place.identity.key,
            "--tls-ca-cert-file", place.identity.certificate, "--dir", place.directory, "--save", ""]


def postgresql(place: Place) -> list[object]:
    """PostgreSQL requires that its user, or root, owns the certificate and key files."""
    data = place.directory / "data"
    settings = {"listen_addresses": "127.0.0.1", "port": place.port, "unix_socket_directories": place.directory,
                "ssl": "on", "ssl_cert_file": place.identity.certificate, "ssl_key_file": place.identity.key}
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    script = place.write("start", "#!/bin/sh\n" + f'{INITDB} -D {data} -A trust -N >{place.directory}/initdb.log &&\n'
                         f'exec {POSTGRES} -D {data} "$@"\n', 0o755)
    return [script, *words]


LIGHTTPD_FILES = ["lighttpd", "/usr/lib/lighttpd/mod_openssl.so"]
INITDB, POSTGRES = find("/usr/lib/postgresql/*/bin/initdb"), find("/usr/lib/postgresql/*/bin/postgres")


def mariadb(place: Place) -> list[object]:
    """Runs without system tables: they are read only after the handshake."""
    (place.directory / "data").mkdir()
    return ["mariadbd", "--no-defaults", f"--datadir={place.directory}/data", f"--socket={place.directory}/socket",
            f"--pid-file={place.directory}/pid", "--bind-address=127.0.0.1", f"--port={place.port}", "--user=root",
            "--skip-grant-tables", "--skip-innodb", "--default-storage-engine=Aria", "--ssl",
            f"--ssl-cert={place.identity.certificate}", f"--ssl-key={place.identity.key}"]


SERVERS = [
    Server("lighttpd", LIGHTTPD_FILES, start=lighttpd),
    Server("lighttpd", LIGHTTPD_FILES, unfit=lambda: takes_no_uri(LIGHTTPD_FILES[1]), variant="by-uri",
           start=lambda place: lighttpd(place, place.identity.uri)),
    Server("mosquitto", ["mosquitto"], start=mosquitto),
    Server("redis", ["redis-server"], start=redis),
    Server("postgresql", ["/usr/lib/postgresql/*/bin/postgres"], start=postgresql, starttls="postgres",
           user="postgres"),
    Server("mariadb", ["mariadbd"], start=mariadb, starttls="mysql"),
]
