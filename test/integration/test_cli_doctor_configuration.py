# SPDX-License-Identifier: Apache-2.0
"""sesam doctor: the parts of openssl.cnf that OpenSSL itself reads."""
import os
from pathlib import Path

import pytest

from harness.doctor import assert_only_bad, assert_only_warning, assert_tells, bad_steps, names, rewrite
from harness.paths import COMMAND
from harness.setup import place, words  # noqa: F401


@pytest.mark.parametrize("old, new, told, cure", [
    ("openssl_conf = init\n", "", "no 'openssl_conf = SECTION'", "add 'openssl_conf = init' above the first section"),
    ("openssl_conf = init\n", "[late]\nopenssl_conf = init\n", "no 'openssl_conf = SECTION'",
     "move 'openssl_conf = init' from section [late]"),
    ("providers = providers\n", "", "no 'providers = SECTION'", "add 'providers = providers' to section [init]"),
    ("[providers]", "[others]", "section [providers] is missing", "set 'providers = others' in section [init]"),
    ("[sesam_provider]", "[others]", "section [sesam_provider] is missing", "add a section [sesam_provider]"),
    ("sesam = sesam_provider\n", "", "no section of the sesam provider", "list it in [providers]"),
    ("sesam.so\nactivate = 1\n", "sesam.so\n", "[sesam_provider] lacks activate = 1", "add activate = 1"),
    ("sesam.so\nactivate = 1\n", "sesam.so\nactivate = Yes\n",
     "[sesam_provider] has activate = Yes, not activate = 1", "set activate = 1 in [sesam_provider]"),
])
def test_what_the_way_to_the_providers_section_lacks(device, openssl_cnf, doctor, old, new, told, cure):
    cnf = openssl_cnf(device)
    rewrite(cnf, (old, new))
    steps = doctor(cnf)
    assert bad_steps(steps)[0] == "provider's section"
    assert_tells(steps["provider's section"], told, cure)


@pytest.mark.parametrize("old, new", [("openssl_conf = init\n", ""), ("providers = providers\n", "")])
def test_settings_that_openssl_does_not_reach_are_checked_and_printed(device, openssl_cnf, doctor, old, new):
    cnf = openssl_cnf(device)
    rewrite(cnf, (old, new))
    steps = doctor(cnf, "--print-config")
    assert_only_bad(steps, "provider's section")
    assert steps["access by POST"]["result"] == "good"
    assert f"url = {device.url}\n" in steps["all"]["configuration"]


def test_debians_own_file_with_sections_at_its_end(device, openssl_cnf, doctor, tmp_path):
    """Its [openssl_init] has no line `providers`. The advice must not replace the whole file."""
    own = openssl_cnf(device).read_text()
    debian = Path("/etc/ssl/openssl.cnf").read_text()
    debian = "\n".join(line for line in debian.splitlines() if not line.startswith("providers"))
    (tmp_path / "debian.cnf").write_text(debian + "\n" + own[own.index("[providers]"):own.index("[req]")])
    (tmp_path / "debian.cnf").chmod(0o600)
    assert_only_bad(doctor(tmp_path / "debian.cnf"), "provider's section",
                    "add 'providers = providers' to section [openssl_init]")


# Runs a command with another /etc, in which `sesam setup` has written a file.
SET_UP_ETC = """
cp /etc/ld.so.cache "$COPY" &&  # tells where the libraries of the program are
  mount -t tmpfs none /etc && cp "$COPY" /etc/ld.so.cache || exit 77
mkdir /etc/sesam /etc/ssl
touch /etc/sesam/openssl.cnf /etc/ssl/openssl.cnf
"$@"
"""


@pytest.mark.parametrize("words", [["list"], ["show", "web"], ["doctor"]], ids=" ".join)
def test_without_openssl_conf_the_file_of_setup_is_named(run, tmp_path, words):
    done = run([COMMAND, *words], None, check=False)
    assert done.returncode == 1 and "run: sesam setup" in done.stdout + done.stderr, done
    assert "correct it in openssl.cnf" not in str(done) and "--print-config" not in str(done)
    if os.geteuid() != 0:
        pytest.skip("only root can have another /etc")
    done = run(["unshare", "--mount", "sh", "-c", SET_UP_ETC, "-", COMMAND, *words], None,
               environment={"COPY": str(tmp_path / "cache")}, check=False)
    if done.returncode == 77 or done.stderr.startswith("unshare: "):
        pytest.skip("no mount namespace")
    told = done.stdout + done.stderr
    assert "set OPENSSL_CONF=/etc/sesam/openssl.cnf" in told and "sudo" in told and "sesam setup" not in told, told


def test_the_default_provider_is_needed(device, openssl_cnf, doctor):
    for old, told in (("default = default_provider\n", "is not listed"),
                      ("[default_provider]\nactivate = 1\n", "[default_provider] lacks activate = 1")):
        cnf = openssl_cnf(device)
        rewrite(cnf, (old, old.replace("activate = 1\n", "") if "[" in old else ""))
        assert_only_bad(doctor(cnf), "default provider", told)


def test_what_stands_above_the_first_section_counts_for_no_section(device, openssl_cnf, doctor):
    cnf = openssl_cnf(device)
    rewrite(cnf, ("providers = providers\n", ""),
            ("openssl_conf = init\n", "openssl_conf = init\nproviders = providers\n"))
    assert_only_bad(doctor(cnf), "provider's section", "no 'providers = SECTION' in section [init]")


def test_a_relative_path_of_the_file(device, openssl_cnf, doctor):
    cnf = openssl_cnf(device)
    steps = doctor(None, environment={"OPENSSL_CONF": cnf.name})
    assert_only_warning(steps, "configuration file", "is a relative path", "set OPENSSL_CONF to an absolute path")
    assert doctor(None, cnf.name)["configuration file"]["result"] == "good"


def test_sesam_before_default(device, openssl_cnf, doctor):
    assert_only_bad(doctor(openssl_cnf(device, sesam_first=True)), "default provider", "after sesam",
                    "put 'default = default_provider' before")


@pytest.mark.parametrize("sesam_first", [True, False])
def test_pkcs11_provider_and_sesam_claim_the_same_uris(device, openssl_cnf, doctor, sesam_first):
    theirs = "[pkcs11_provider]\nmodule = /nowhere/pkcs11.so\nactivate = 1\n"
    rows = ("sesam = sesam_provider\n", "pkcs11 = pkcs11_provider\n")
    cnf = openssl_cnf(device, extra=theirs)
    rewrite(cnf, (rows[0], "".join(rows if sesam_first else reversed(rows))))
    first = "sesam_provider" if sesam_first else "pkcs11_provider"
    assert_only_warning(doctor(cnf), "pkcs11: URIs", f"OpenSSL asks [{first}] alone",
                        "claim_pkcs11 = no in [sesam_provider]")
    rewrite(cnf, ("user =", "claim_pkcs11 = no\nuser ="))
    assert doctor(cnf)["pkcs11: URIs"]["result"] == "good"


def test_a_pkcs11_provider_that_is_not_loaded_claims_nothing(device, openssl_cnf, doctor):
    cnf = openssl_cnf(device, extra="[pkcs11_provider]\nmodule = /nowhere/pkcs11.so\n")
    rewrite(cnf, ("sesam = sesam_provider\n", "sesam = sesam_provider\npkcs11 = pkcs11_provider\n"))
    assert "pkcs11: URIs" not in doctor(cnf)


@pytest.mark.parametrize("properties", ["?provider=sesam", "provider=sesam", "fips=yes"])
def test_default_properties_that_break_programs(device, openssl_cnf, doctor, properties):
    steps = doctor(openssl_cnf(device, default_properties=properties))
    assert_only_bad(steps, "default properties", properties, "remove it from [algorithms]")


def test_a_file_that_is_not_there_or_broken(doctor, tmp_path):
    steps = doctor(tmp_path / "missing.cnf")
    assert_only_bad(steps, "configuration file", "missing.cnf: No such file or directory (named by OPENSSL_CONF)",
                    "OPENSSL_CONF")
    assert {steps[name]["result"] for name in names(steps)[1:]} == {"skipped"}
    assert_only_bad(doctor(None, tmp_path), "configuration file", f"{tmp_path} is a directory")
    (tmp_path / "broken.cnf").write_text("a = 1\nb = c$d\n")
    assert_only_bad(doctor(None, tmp_path / "broken.cnf"), "configuration file",
                    "broken.cnf, line 2: variable has no value", "named on the command line", "put a \\ before $")


@pytest.mark.parametrize("examined", ["openssl.cnf", "named.cnf"])
def test_settings_that_differ_from_nameds_copy(device, words, place, sesam, doctor, tmp_path, examined):
    sesam(None, *words(device, named=tmp_path / "d"))
    named = place / "named.cnf"
    assert doctor(place / examined)["named's copy"]["result"] == "good"
    rewrite(named, ("\nlog_level = 1\n", "\nlog_level = 1\nlog_output = syslog\n"))
    assert doctor(place / examined)["named's copy"]["result"] == "good", "what was added to named's is kept"
    rewrite(named, (f"\npin_source = file:{place}/pin\n", "\npin = 24681357\n"),
            ("\naddress = 127.0.0.1", "\naddress = ::1"))
    steps = doctor(place / examined)
    step = steps["named's copy"]
    assert step["result"] == "warning" and "24681357" not in str(step) and "::1" not in str(step)
    assert_tells(step, "has other settings: address, pin, pin_source",
                 f"sesam setup --force --named --directory {place}")
    named.write_text("[named]\n")
    assert examined == "named.cnf" or "named's copy" not in doctor(place / examined)
