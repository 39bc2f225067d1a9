# SPDX-License-Identifier: Apache-2.0
"""A key or token name from the device must not add attributes to a URI, such as the file with the PIN."""
import re

import pytest

from harness.foreign_device import KEY_ID
from harness.lying_device import TOKEN
from harness.paths import COMMAND


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text("not-for-the-device\n")
    return path


BY_ID = f"sesam:key-id={KEY_ID}"
WRITERS = {"openssl pkey": ["openssl", "pkey", "-in", BY_ID], "sesam uri": [COMMAND, "uri", BY_ID, "--pem"],
           "openssl storeutl": ["openssl", "storeutl", "sesam:"], "sesam list": [COMMAND, "list", "--uris", "sesam"],
           "sesam list pkcs11": [COMMAND, "list", "--uris", "pkcs11"], "sesam uri pkcs11": [COMMAND, "uri", BY_ID]}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("where", ["key_id", "token_name", "nice_name"])
def test_a_name_brings_no_pin_source(lying, secret, openssl_cnf, openssl, run, tmp_path, writer, where):
    genuine = {"key_id": KEY_ID, "token_name": TOKEN, "nice_name": "web"}[where]
    lying.claims[where] = f"{genuine}?pin-source={secret}"
    cnf = openssl_cnf(lying)
    written = run(WRITERS[writer], cnf, check=False).stdout
    uris = re.findall(r"(?:sesam|pkcs11):\S+=\S+", written)
    if "-----BEGIN" in written:
        (tmp_path / "key.pem").write_text(written)
        uris.append(str(tmp_path / "key.pem"))
    for uri in uris:
        assert "?" not in uri
        openssl(cnf, "dgst", "-sha256", "-sign", uri, "-out", "signature", "/dev/null", check=False)
    assert "not-for-the-device" not in str(lying.journal)
    assert bool(uris) == (where == "nice_name"), written


@pytest.mark.parametrize("claim", [{"key_id": "hsm 25"}, {"key_id": "x" * 20}, {"key_id": "hsm" + "0" * 62},
                                   {"token_name": "hsm25;x"}])
def test_a_record_with_ids_of_another_form_is_refused(lying, openssl_cnf, openssl, sesam, claim):
    lying.claims = claim
    cnf = openssl_cnf(lying, log_level=1)
    refused = openssl(cnf, "pkey", "-in", "sesam:web", "-noout", check=False)
    assert refused.returncode != 0 and "a malformed " in refused.stderr
    listed = sesam(cnf, "list")
    assert "a malformed " in listed.stderr and "web" not in listed.stdout
