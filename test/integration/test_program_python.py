# SPDX-License-Identifier: Apache-2.0
"""Python's ssl module, which reads keys from files."""
import pytest

from drivers.life import HERE
from harness.tls import make_identity


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
@pytest.mark.parametrize("type", ["EC", "RSA"])
def test_server_and_client_of_one_process_prove_who_they_are(device, openssl_cnf, run, tmp_path, type, version):
    cnf = openssl_cnf(device)
    identity = make_identity(device, cnf, tmp_path, type)
    done = run(["/usr/bin/python3", HERE / "tls_to_itself.py", identity.certificate, identity.key, version], cnf)
    assert done.stdout == f"{version.replace('_', '.')} for web\n"
    # Two contexts open the file; the second finds the key in the cache.
    assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 2}


def test_a_key_that_does_not_fit_the_certificate_is_refused(device, openssl_cnf, run, tmp_path):
    cnf = openssl_cnf(device)
    identity, other = make_identity(device, cnf, tmp_path), make_identity(device, cnf, tmp_path, name="other")
    done = run(["/usr/bin/python3", "-c",
                f"import ssl; ssl.create_default_context().load_cert_chain('{identity.certificate}', '{other.key}')"],
               cnf, check=False)
    assert done.returncode != 0 and "KEY_VALUES_MISMATCH" in done.stderr
    assert device.requests() == {"getkeyattributes": 1}
