# SPDX-License-Identifier: Apache-2.0
"""stunnel as a TLS server in front of a program."""
import pytest

from harness.ports import free_port
from harness.tls import REPLY, Server, assert_serves, make_identity
from programs.row import by_file_and_uri

CONFIGURATION = """
foreground = yes
pid =
syslog = no
debug = warning
[tls]
accept = 127.0.0.1:{port}
exec = {program}
execArgs = reply
cert = {certificate}
key = {key}
sslVersionMin = TLSv1.2
"""
# It reads the whole request: if data were unread at its end, stunnel would drop the reply.
PROGRAM = f"""#!/bin/sh
while read line && [ ${{#line}} -gt 1 ]; do :; done
printf 'HTTP/1.0 200 OK\\r\\n\\r\\n{REPLY}'
"""


@by_file_and_uri("stunnel")
@pytest.mark.parametrize("type", ["EC", "RSA"])
def test_it_serves(device, openssl_cnf, tmp_path, type, by_uri):
    cnf = openssl_cnf(device)
    identity, port, path, program = make_identity(device, cnf, tmp_path,
                                                  type), free_port(), tmp_path / "stunnel.conf", tmp_path / "reply"
    program.write_text(PROGRAM)
    program.chmod(0o700)
    path.write_text(CONFIGURATION.format(port=port, certificate=identity.certificate, program=program,
                                         key=identity.uri if by_uri else identity.key))
    with Server(["stunnel", path], cnf, port, tmp_path) as server:
        assert_serves(device, server.port, identity, openings=1)
        assert server.end() == 0
