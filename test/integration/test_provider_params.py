# SPDX-License-Identifier: Apache-2.0
"""Settings from a program instead of openssl.cnf: when it loads the provider, or later, like -provparam."""
import pytest

from drivers.life import compile_driver
from harness.configuration import settings_for
from harness.paths import BUILD, MODULE
from harness.programs import version_of

SECRET = "sesam-demo"


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("provider_params"), "provider_params", "provider_params.c")


@pytest.fixture
def give(program, run):
    """give("url=…", "load", "user=…", "sesam:web") runs these steps, by default without an openssl.cnf."""

    def call(*steps, cnf="/dev/null", **options):
        return run([program, BUILD, *steps], cnf, **options)

    return call


@pytest.fixture
def settings(device):
    """settings(…overrides) -> ["url=…", …] for a device with the key 'web'"""
    device.create_key("web")

    def make(**overrides):
        return [f"{key}={value}" for key, value in settings_for(device, **overrides).items()]

    return make


def test_settings_given_while_loading_replace_openssl_cnf(give, settings):
    give(*settings(), "load", "sesam:web")


def test_settings_given_after_loading_count_at_the_first_use(give, settings):
    give("load", *settings(), "sesam:web")


def test_the_later_value_of_a_setting_counts(give, settings):
    give("url=https://other.example", "address=192.0.2.7", "load", *settings(), "sesam:web")


def test_after_the_first_use_settings_do_not_change(give, settings):
    give("load", *settings(), "sesam:web", "url=https://other.example", "user=nobody", "sesam:web")


def test_an_invalid_setting_given_after_loading_is_named(give, settings):
    done = give("load", *settings(core="many"), "sesam:web", check=False)
    assert done.returncode == 1
    assert "core = many: allowed values: whole numbers" in done.stderr


def test_an_instance_without_settings_says_what_is_missing(give):
    done = give("load", "sesam:web", check=False)
    assert done.returncode == 1 and "url is not set" in done.stderr


def test_claim_pkcs11_given_after_loading_is_refused(give, settings):
    done = give("load", *settings(claim_pkcs11="no"), "sesam:web", check=False)
    assert done.returncode == 1 and "claim_pkcs11 was given after the provider was loaded" in done.stderr
    give(*settings(claim_pkcs11="no"), "load", "sesam:web")


@pytest.mark.parametrize("name", ["pass", "pin", "keygen_pin"])
def test_a_secret_given_after_loading_is_warned_about_in_the_log(give, settings, name):
    secret = SECRET if name == "pass" else "24681357"
    done = give("load", *settings(log_level=1, **({} if name == "pass" else {name: secret})), "sesam:web", "sesam:web")
    assert done.stderr.count(f"warning: '{name}' was given as a provider parameter") == 1
    assert f"use {name.removeprefix('keygen_')}_source=file:PATH" in done.stderr and secret not in done.stderr
    assert "warning" not in give(*settings(log_level=1), "load", "sesam:web").stderr


def test_openssl_cnf_is_not_blamed_for_a_password_that_is_not_in_it(give, settings, tmp_path):
    cnf = tmp_path / "other.cnf"
    cnf.write_text("# not ours\n")
    cnf.chmod(0o644)
    assert "warning" not in give(*settings(log_level=1), "load", "sesam:web", cnf=cnf).stderr


def test_settings_given_after_loading_go_to_the_log_that_they_name(give, settings, tmp_path):
    log = tmp_path / "log"
    give("load", *settings(log_level=1, log_output=log), "sesam:none", check=False)
    assert "store_load: unknown key" in log.read_text()


@pytest.mark.skipif(version_of("openssl", "version") < (3, 5), reason="-provparam is in OpenSSL 3.5 and later")
def test_openssl_signs_with_provparam_and_no_openssl_cnf(run, settings, tmp_path):
    (tmp_path / "data").write_text("data")
    options = ["-provider-path", MODULE.parent, "-provider", "default", "-provider", "sesam"]
    for setting in settings():
        options += ["-provparam", f"sesam:{setting}"]
    run(["openssl", "dgst", *options, "-sha256", "-sign", "sesam:web", "-out", "signature", "data"], "/dev/null",
        cwd=tmp_path)
    run(["openssl", "pkey", *options, "-in", "sesam:web", "-pubout", "-out", "public"], "/dev/null", cwd=tmp_path)
    run(["openssl", "dgst", "-sha256", "-verify", "public", "-signature", "signature", "data"], cwd=tmp_path)


@pytest.mark.skipif(version_of("openssl", "version") < (3, 5), reason="-provparam is in OpenSSL 3.5 and later")
def test_the_log_level_of_one_command_is_that_of_provparam(device, openssl_cnf, openssl, tmp_path):
    """The provider instance from openssl.cnf uses the same device, but logs nothing."""
    device.create_key("web")
    log = tmp_path / "log"
    options = ["-provider-path", MODULE.parent, "-provider", "default", "-provider", "sesam"]
    for setting in ("log_level=5", f"log_output={log}"):
        options += ["-provparam", f"sesam:{setting}"]
    openssl(openssl_cnf(device, log_level=0), "dgst", *options, "-sha256", "-sign", "sesam:web", "-out", "signature",
            "/dev/null")
    assert "connected to" in log.read_text() and "sign with key 'web'" in log.read_text()
