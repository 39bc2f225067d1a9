# SPDX-License-Identifier: Apache-2.0
"""Programs whose openssl.cnf requests algorithms with certain properties, as on a system in FIPS mode. sesam does not
claim FIPS validation."""
import json

import pytest


@pytest.fixture
def doctor(sesam):
    def call(cnf):
        steps = json.loads(sesam(None, "--config", cnf, "--json", "doctor", check=False).stdout)["steps"]
        return next(step for step in steps if step["step"] == "default properties")

    return call


def sign(openssl, cnf, **options):
    return openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null", **options)


@pytest.mark.parametrize("properties", ["fips=yes", "fips", "x=y,fips = yes"])
def test_required_fips_hides_sesam_and_the_doctor_says_so(device, openssl_cnf, openssl, doctor, properties):
    device.create_key("web")
    cnf = openssl_cnf(device, default_properties=properties)
    assert sign(openssl, cnf, check=False).returncode == 1
    assert device.requests() == {}
    step = doctor(cnf)
    assert step["result"] == "bad" and f"default_properties = {properties} keeps programs from sesam" in step["finding"]
    assert "make it a preference, ?" in step["cure"] and "remove it from [algorithms]" in step["cure"]


def test_fips_as_a_programs_own_query_hides_sesam(device, openssl_cnf, openssl):
    device.create_key("web")
    for properties, is_hidden in (("fips=yes", True), ("?fips=yes", False)):
        done = openssl(openssl_cnf(device), "pkey", "-propquery", properties, "-in", "sesam:web", "-noout", check=False)
        assert (done.returncode != 0, device.requests() == {}) == (is_hidden, is_hidden), str(done)


def test_the_doctor_says_so_where_a_fips_provider_is_listed_too(device, openssl_cnf, doctor):
    cnf = openssl_cnf(device, default_properties="fips=yes", extra="\n[fips_provider]\nactivate = 1\n")
    cnf.write_text(cnf.read_text().replace("[providers]\n", "[providers]\nfips = fips_provider\n"))
    step = doctor(cnf)
    assert step["result"] == "bad"
    assert "do not have the property 'fips=yes': no FIPS validation is claimed" in step["finding"]


@pytest.mark.parametrize("properties", ["?fips=yes", "fips=no", "fips!=yes", "-fips", "provider!=legacy",
                                        "?fips=yes,?x=y"])
def test_preferred_or_unneeded_properties_leave_sesam_to_programs(device, openssl_cnf, openssl, doctor, properties):
    device.create_key("web")
    cnf = openssl_cnf(device, default_properties=properties)
    sign(openssl, cnf)
    assert doctor(cnf)["result"] == "good"
