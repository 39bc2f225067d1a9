# SPDX-License-Identifier: Apache-2.0
"""sesam and pkcs11-provider in one configuration: with claim_pkcs11 = no, pkcs11-provider handles pkcs11: URIs,
whichever provider is listed first. `sesam setup` configures that."""
import subprocess
from pathlib import Path

import pytest

from harness import configuration
from harness.flavour import not_sanitized
from harness.keys import assert_signs
from harness.programs import run as run_program
from harness.setup import place, words  # noqa: F401

pytestmark = not_sanitized("pkcs11-provider loads with RTLD_DEEPBIND, which ASan refuses")
TOKEN, PIN = "soft", "1234"


def provider_module() -> Path:
    """pkcs11-provider in OpenSSL's modules directory. `openssl version -m` prints MODULESDIR: "…"."""
    told = subprocess.run(["openssl", "version", "-m"], capture_output=True, text=True, check=True, timeout=30).stdout
    return Path(told.split('"')[1]) / "pkcs11.so"


def softhsm_module() -> Path:
    return next(iter(sorted(Path("/usr/lib").glob("**/softhsm/libsofthsm2.so"))))


@pytest.fixture
def token(tmp_path):
    """Makes a SoftHSM token with one key, "web". -> the necessary environment"""
    assert provider_module().exists(), "pkcs11-provider is not installed: run scripts/build"
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = "
                                            "file\nlog.level = ERROR\n")
    # A preloaded module uses the program's malloc; pkcs11-provider would load the module with RTLD_DEEPBIND, and so
    # with another malloc.
    environment = {"SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf"), "LD_PRELOAD": str(softhsm_module())}
    run_program(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "group:P-256", "-out", tmp_path / "soft.key"])
    run_program(["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", PIN],
                environment=environment)
    run_program(["softhsm2-util", "--import", tmp_path / "soft.key", "--token", TOKEN, "--label", "web", "--id", "a1",
                 "--pin", PIN],
                environment=environment)
    return environment


PROVIDER = f"""
[pkcs11_provider]
module = {provider_module()}
pkcs11-module-path = {softhsm_module()}
pkcs11-module-quirks = no-deinit
pkcs11-module-token-pin = {PIN}
pkcs11-module-encode-provider-uri-to-pem = true
activate = 1
"""


@pytest.fixture(params=["sesam first", "pkcs11-provider first"])
def both(request, device, token, tmp_path, openssl):
    """A function like `openssl`, with a configuration that has both providers; each has a key "web"."""
    device.create_key("web")
    names = ["sesam", "pkcs11"] if request.param == "sesam first" else ["pkcs11", "sesam"]
    path = tmp_path / "both.cnf"
    configuration.write(path, configuration.settings_for(device, claim_pkcs11="no"), extra=PROVIDER)
    text = path.read_text().replace("sesam = sesam_provider\n",
                                    "".join(f"{name} = {name}_provider\n" for name in names))
    path.write_text(text)
    return lambda *arguments, **options: openssl(path, *arguments, environment=token, **options)


THEIRS = f"pkcs11:token={TOKEN};object=web?pin-value={PIN}"


def signs(both, key, tmp_path):
    assert_signs(lambda _, *arguments, **options: both(*arguments, **options), None, key, tmp_path)


def test_each_serves_its_own_keys(both, device, tmp_path):
    signs(both, THEIRS, tmp_path)
    assert device.requests() == {}
    signs(both, "sesam:web", tmp_path)
    assert device.requests()["eccsign"] == 1
    theirs = both("pkey", "-in", THEIRS, "-pubout").stdout
    assert theirs == both("pkey", "-in", tmp_path / "soft.key", "-pubout").stdout
    assert theirs != both("pkey", "-in", "sesam:web", "-pubout").stdout


def test_a_pem_file_goes_to_the_provider_that_wrote_it(both, device, tmp_path):
    both("pkey", "-in", "sesam:web", "-out", tmp_path / "ours.key")
    assert "SESAM KEY URI" in (tmp_path / "ours.key").read_text()
    signs(both, tmp_path / "ours.key", tmp_path)
    assert device.requests()["eccsign"] == 1
    device.reset_counters()
    both("pkey", "-in", THEIRS, "-out", tmp_path / "theirs.key")
    assert "PKCS#11 PROVIDER URI" in (tmp_path / "theirs.key").read_text()
    signs(both, tmp_path / "theirs.key", tmp_path)
    assert device.requests() == {}


def test_a_key_that_is_generated_as_pkcs11_is_theirs_and_as_sesam_is_ours(both, device, token):
    both("genpkey", "-algorithm", "EC", "-propquery", "provider=pkcs11", "-pkeyopt", "group:P-256", "-pkeyopt",
         f"pkcs11_uri:pkcs11:token={TOKEN};object=new?pin-value={PIN}")
    assert device.requests() == {}
    both("pkey", "-in", f"pkcs11:token={TOKEN};object=new?pin-value={PIN}", "-pubout")
    both("genpkey", "-algorithm", "EC", "-propquery", "provider=sesam", "-pkeyopt", "group:P-256", "-pkeyopt",
         "sesam_uri:sesam:object=new")
    assert device.requests()["genecckey"] == 1


def test_alone_sesam_knows_no_pkcs11_uris_files_or_generation(device, openssl_cnf, openssl, tmp_path):
    from test_pem import pem
    device.create_key("web")
    cnf = openssl_cnf(device, claim_pkcs11="no")
    assert openssl(cnf, "pkey", "-in", "pkcs11:object=web", "-pubout", check=False).returncode != 0
    (tmp_path / "theirs").write_text(pem("PKCS#11 PROVIDER URI", "PKCS#11 Provider URI v1.0", "pkcs11:object=web"))
    assert openssl(cnf, "pkey", "-in", tmp_path / "theirs", "-pubout", check=False).returncode != 0
    done = openssl(cnf, "genpkey", "-algorithm", "EC", "-propquery", "provider=pkcs11", "-pkeyopt", "group:P-256",
                   check=False)
    assert done.returncode != 0
    assert openssl(cnf, "pkey", "-propquery", "provider=pkcs11", "-in", "sesam:web", "-pubout",
                   check=False).returncode != 0
    assert device.requests() == {}
    openssl(cnf, "pkey", "-in", "sesam:web", "-pubout")


@pytest.mark.parametrize("names", [["default", "pkcs11"], ["pkcs11", "default"]])
def test_setup_leaves_their_uris_to_them(device, token, words, sesam, openssl, tmp_path, names):  # noqa: F811
    cnf = tmp_path / "system.cnf"
    rows = "".join(f"{name} = {name}_provider\n" for name in names)
    cnf.write_text(f"openssl_conf = init\n[init]\nproviders = providers\n[providers]\n{rows}"
                   f"[default_provider]\nactivate = 1\n{PROVIDER}")
    told = sesam(None, *words(device, f"--system={cnf}"), environment=token).stdout
    assert "pkcs11: URIs: served by [pkcs11_provider]" in told
    device.reset_counters()
    for key, requests in ((THEIRS, 0), ("sesam:web", 1)):
        assert_signs(lambda _, *arguments, **options: openssl(cnf, *arguments, environment=token, **options), None, key,
                     tmp_path)
        assert device.requests().get("eccsign", 0) == requests
    sesam(None, *words(device, f"--system={cnf}"), environment=token)
    assert cnf.read_text().count("claim_pkcs11 = no") == 1
