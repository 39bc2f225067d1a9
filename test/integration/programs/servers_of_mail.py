# SPDX-License-Identifier: Apache-2.0
"""Mail servers."""
import os
import shutil
from pathlib import Path

from harness.programs import version_of
from programs.row import Place, Server

POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {directory}/queue
data_directory = {directory}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
maillog_file = /dev/stdout
mynetworks = 127.0.0.0/8
myhostname = localhost
smtpd_tls_security_level = may
import_environment = MAIL_CONFIG TZ OPENSSL_CONF={cnf}
"""
POSTFIX_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
"""

DOVECOT = """
base_dir = {directory}/run
log_path = {directory}/log
listen = 127.0.0.1
ssl = yes
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""
DOVECOT_2_3 = """
protocols = imap
ssl_cert = <{certificate}
ssl_key = <{key}
import_environment = TZ OPENSSL_CONF={cnf}
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/tmp
}}
"""
DOVECOT_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols {{
  imap = yes
}}
ssl_server_cert_file = {certificate}
ssl_server_key_file = {key}
import_environment {{
  OPENSSL_CONF = {cnf}
}}
passdb static {{
  fields {{
    nopassword = yes
  }}
}}
userdb static {{
  fields {{
    uid = nobody
    gid = nogroup
    home = /tmp
  }}
}}
"""


def postfix(place: Place, keys: str) -> list[object]:
    """`keys`: the lines of main.cf that name the certificate and the key. smtpd runs as the user postfix."""
    for name in ("queue", "data", "etc"):
        (place.directory / name).mkdir()
    shutil.copytree("/etc/postfix", place.directory / "etc", dirs_exist_ok=True)
    place.write("etc/main.cf", POSTFIX_MAIN + keys)
    place.write("etc/master.cf", POSTFIX_MASTER)
    shutil.chown(place.directory / "data", "postfix")
    place.run("postfix", "-c", place.directory / "etc", "check", check=False)
    return ["/usr/lib/postfix/sbin/master", "-c", place.directory / "etc", "-d"]


def postfix_key_file(place: Place) -> list[object]:
    return postfix(place, "smtpd_tls_cert_file = {certificate}\nsmtpd_tls_key_file = {key}\n")


def one_file(place: Place, label: str) -> Path:
    """A file with the key, under that PEM label, and the certificate."""
    path = place.directory / "chain.pem"
    path.write_text(place.identity.key.read_text().replace("SESAM KEY URI", label) +
                    place.identity.certificate.read_text())
    return path


def postfix_combined(place: Place) -> list[object]:
    return postfix(place, f"smtpd_tls_cert_file = {one_file(place, place.identity.type + ' PRIVATE KEY')}\n")


def postfix_chain_files(place: Place) -> list[object]:
    return postfix(place, f"smtpd_tls_chain_files = {one_file(place, place.identity.type + ' PRIVATE KEY')}\n")


def postfix_chain_files_as_written(place: Place) -> list[object]:
    return postfix(place, f"smtpd_tls_chain_files = {one_file(place, 'SESAM KEY URI')}\n")


def dovecot(place: Place) -> list[object]:
    (place.directory / "run").mkdir()
    place.write("log", "", 0o666)
    is_2_3 = version_of("dovecot", "--version") < (2, 4)
    text = DOVECOT_2_3 + DOVECOT if is_2_3 else DOVECOT_2_4 + DOVECOT
    return ["dovecot", "-F", "-c", place.write("dovecot.conf", text.lstrip())]


def needs_root() -> str:
    return "" if os.geteuid() == 0 else "needs root"


SERVERS = [
    Server("postfix", ["postfix"], unfit=needs_root, start=postfix_key_file, starttls="smtp"),
    # Both settings accept only the PEM labels of private keys. OpenSSL then tries every decoder of that type of key.
    Server("postfix", ["postfix"], unfit=needs_root, start=postfix_combined, starttls="smtp", variant="combined"),
    Server("postfix", ["postfix"], unfit=needs_root, start=postfix_chain_files, starttls="smtp", variant="chain_files"),
    Server("postfix", ["postfix"], unfit=needs_root, start=postfix_chain_files_as_written, starttls="smtp",
           variant="our-label", refusal="ignoring PEM type: SESAM KEY URI"),
    # Its login process may have only one thread: RLIMIT_NPROC is 1 there.
    Server("dovecot", ["dovecot"], unfit=needs_root, start=dovecot,
           refusal="no thread: Resource temporarily unavailable"),
]
