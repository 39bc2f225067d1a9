# SPDX-License-Identifier: Apache-2.0
"""docs/MIGRATION.md: the configuration for users of the vendor's module works as described."""
import json

import pytest

from harness.keys import assert_signs
from harness.paths import MODULE, REPOSITORY
from harness.simulator import PASSWORD, USER

GUIDE = (REPOSITORY / "docs" / "MIGRATION.md").read_text()
PIN = "12345678"


def block_after(text):
    """The indented block below a line of the guide that ends with the text."""
    lines = GUIDE.split(f"{text}\n\n", 1)[1].splitlines()
    block = []
    for line in lines:
        if line and not line.startswith("    "):
            break
        block.append(line.removeprefix("    "))
    return "\n".join(block) + "\n"


@pytest.fixture
def migrated(device, tmp_path):
    """The guide's configuration, with the vendor's file."""
    vendor = {"url": device.url, "tlscert": str(device.tlscert), "user": USER, "pass": PASSWORD, "core": 1,
              "keygen_pin": PIN, "log_level": 10, "log_output": str(tmp_path / "vendor.log")}
    (tmp_path / "n200.conf").write_text(json.dumps(vendor))
    (tmp_path / "n200.conf").chmod(0o600)
    text = block_after("If the vendor's file is in place, this is a complete configuration:")
    text = text.replace("n200_conf = /etc/n200.conf",
                        f"n200_conf = {tmp_path / 'n200.conf'}\nmodule = {MODULE}\naddress = 127.0.0.1")
    assert str(MODULE) in text
    cnf = tmp_path / "openssl.cnf"
    cnf.write_text(text)
    return cnf


def test_the_vendors_file_is_enough(device, migrated, openssl, tmp_path):
    key = device.create_key("JP.example", pin=PIN)
    octets = "".join(f"%{key['id'][i:i + 2]}" for i in range(0, 12, 2))
    for uri in (f"pkcs11:token={key['slot']};object=JP.example",
                f"pkcs11:token={key['slot']};object=JP.example;pin-value={PIN}",
                f"pkcs11:id={octets}", "sesam:JP.example"):
        assert_signs(openssl, migrated, uri, tmp_path)
