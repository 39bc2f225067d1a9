# SPDX-License-Identifier: Apache-2.0
"""n200.md, Connection (OBSERVED)."""
import dataclasses

import pytest

from device import common_name


def test_the_certificate_is_trusted_by_itself_and_names_the_host_in_its_cn(device):
    connection = device.connect()
    try:
        assert common_name(connection).lower() == device.host.lower()
        assert connection.sock.getpeercert()["issuer"] == connection.sock.getpeercert()["subject"]
    finally:
        connection.close()


def test_the_certificate_has_no_subject_alternative_name(device):
    connection = device.connect()
    try:
        assert "subjectAltName" not in connection.sock.getpeercert()
    finally:
        connection.close()


def test_http_basic_authentication_lets_in(device):
    assert device.get("timestamp").status == 200


def test_without_a_password_nothing_is_answered(device):
    assert device.request("GET", "/n200/timestamp/", headers={}).failed()


@pytest.mark.writes  # the device may count the failure and lock the user
def test_with_a_wrong_password_nothing_is_answered(device):
    headers = {"Authorization": device.authorization("not the password")}
    assert device.request("GET", "/n200/timestamp/", headers=headers).failed()


def test_a_user_without_an_access_rule_is_denied(device, simulated):
    if not simulated:
        pytest.skip("needs a user without a rule: the simulator's only")
    simulated.add_user("norule", "secret", rules=())
    ruleless = dataclasses.replace(device, user="norule", password="secret")
    for reply in (ruleless.get("timestamp"), ruleless.post("genecckey", core=1, curve="NIST", keysize=256)):
        assert reply.failed()
        assert "access denied" in reply.text.lower()
