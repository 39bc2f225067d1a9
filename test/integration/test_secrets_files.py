# SPDX-License-Identifier: Apache-2.0
"""Files with a secret that every user can read or replace: one line in the log, only when a key is used. Also, text
that cannot be a PIN is not sent."""
import json

import pytest

from harness.simulator import PASSWORD, USER

PIN = "24681357"


@pytest.fixture
def web(device):
    device.create_key("web", pin=PIN)
    return device


@pytest.fixture
def warnings(openssl, tmp_path):
    """warnings(cnf): signs, which must succeed. -> the warnings in the log"""

    def call(cnf):
        openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null")
        return [line for line in (tmp_path / "log").read_text().splitlines() if "warning: " in line]

    return call


def secret_file(path, text, mode):
    path.write_text(text)
    path.chmod(mode)
    return path


def assert_names(lines, path, setting):
    assert len(lines) == 1, lines
    assert f"warning: {path} contains the secret of '{setting}' and can be read by every user" in lines[0]
    assert PASSWORD not in lines[0] and PIN not in lines[0]


def test_an_openssl_cnf_with_a_password_in_it(web, openssl_cnf, warnings, tmp_path):
    cnf = openssl_cnf(web, pin=PIN, log_level=1, log_output=tmp_path / "log")
    assert warnings(cnf) == []
    cnf.chmod(0o644)
    assert_names(warnings(cnf), cnf, "pass")


def test_the_included_file_with_a_password_in_it_is_the_one_that_counts(web, openssl_cnf, warnings, tmp_path):
    cnf = openssl_cnf(web, pin=PIN, log_level=1, log_output=tmp_path / "log")
    lines = cnf.read_text().splitlines()
    secrets = [line for line in lines if line.startswith(("pass", "pin"))]
    part = secret_file(tmp_path / "part", "\n".join(secrets) + "\n", 0o600)
    cnf.write_text("\n".join(f".include = {part}" if line == secrets[0] else line for line in lines
                             if line not in secrets[1:]) + "\n")
    cnf.chmod(0o644)
    assert warnings(cnf) == []
    part.chmod(0o644)
    assert_names(warnings(cnf), part, "pass")


# Ways to include the password from another file in openssl.cnf; {part} is that file, {directory} its directory.
WAYS = {"a variable of its section": ("", ".include {part}\n[sesam_provider]\npass = ${{creds::hsmpw}}",
                                      "[creds]\nhsmpw = {password}\n"),
        "a quoted path": ("", '.include "{part}"', "pass = {password}\n"),
        "a path with a variable": ("d = {directory}\n", ".include ${{default::d}}/part", "pass = {password}\n")}


@pytest.fixture
def elsewhere(web, openssl_cnf, tmp_path):
    """elsewhere(*WAYS[…]) -> an openssl.cnf without the password, and the file with the password"""

    def make(head, line, text):
        cnf = openssl_cnf(web, pin_source="env:PIN_OF_TEST", log_level=1, log_output=tmp_path / "log")
        places = {"part": tmp_path / "part", "directory": tmp_path, "password": PASSWORD}
        lines = [line.format(**places) if old.startswith("pass ") else old for old in cnf.read_text().splitlines()]
        cnf.write_text(head.format(**places) + "\n".join(lines) + "\n")
        return cnf, secret_file(tmp_path / "part", text.format(**places), 0o600)

    return make


@pytest.mark.parametrize("way", WAYS)
def test_the_file_that_has_the_password_is_the_one_that_counts(elsewhere, sesam, openssl, tmp_path, way):
    cnf, part = elsewhere(*WAYS[way])
    for modes, named in ((0o600, 0o644), part), ((0o644, 0o600), None):
        for path, mode in zip((cnf, part), modes):
            path.chmod(mode)
        (tmp_path / "log").unlink(missing_ok=True)
        openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null",
                environment={"PIN_OF_TEST": PIN})
        lines = [line for line in (tmp_path / "log").read_text().splitlines() if "warning: " in line]
        done = sesam(cnf, "doctor", "--json", check=False, environment={"PIN_OF_TEST": PIN})
        (step,) = [step for step in json.loads(done.stdout)["steps"] if step["step"] == "secrets' files"]
        if named:
            assert_names(lines, named, "pass")
            assert step["result"] == "bad" and str(part) in step["finding"]
        else:
            assert lines == [] and step["finding"] == "closed to other users"


def test_a_password_of_the_environment_is_in_no_file(web, openssl_cnf, openssl, sesam, tmp_path):
    cnf = openssl_cnf(web, log_level=1, log_output=tmp_path / "log", **{"pass": "$ENV::HSMPW", "pin": "${ENV::PIN}"})
    cnf.chmod(0o644)
    environment = {"HSMPW": PASSWORD, "PIN": PIN}
    openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null", environment=environment)
    assert "warning: " not in (tmp_path / "log").read_text()
    done = sesam(cnf, "doctor", check=False, environment=environment)
    assert "closed to other users" in done.stdout


def test_a_password_that_is_not_found_is_not_called_closed(web, openssl_cnf, sesam):
    """The name of the setting is split by a line continuation, which OpenSSL allows."""
    cnf = openssl_cnf(web, pin=PIN)
    cnf.write_text(cnf.read_text().replace("\npass =", "\npa\\\nss ="))
    done = sesam(cnf, "doctor", "--json", check=False)
    (step,) = [step for step in json.loads(done.stdout)["steps"] if step["step"] == "secrets' files"]
    assert step["result"] == "bad" and "'pass'" in step["finding"] and "could not be checked" in step["finding"]
    assert step["cure"].startswith("move the secret to a file of its own")


def test_what_every_user_can_write_is_named_without_a_secret_too(web, openssl_cnf, sesam, warnings, tmp_path):
    password = secret_file(tmp_path / "password", PASSWORD, 0o600)
    cnf = openssl_cnf(web, pass_source=f"file:{password}", pin_source="env:HOME", log_level=1,
                      log_output=tmp_path / "log", **{"pass": None})
    cnf.chmod(0o666)
    sesam(cnf, "list")
    assert f"warning: {cnf} defines 'url' and can be written by every user" in (tmp_path / "log").read_text()


def test_an_openssl_cnf_without_a_secret_may_be_read_by_all(web, openssl_cnf, warnings, tmp_path):
    password = secret_file(tmp_path / "password", PASSWORD, 0o600)
    pin = secret_file(tmp_path / "pin", PIN, 0o640)
    cnf = openssl_cnf(web, pass_source=f"file:{password}", pin_source=f"file:{pin}", log_level=1,
                      log_output=tmp_path / "log", **{"pass": None})
    cnf.chmod(0o644)
    assert warnings(cnf) == []


@pytest.mark.parametrize("setting", ["pass_source", "pin_source"])
def test_a_file_that_a_source_names(web, openssl_cnf, warnings, tmp_path, setting):
    password = secret_file(tmp_path / "pass_source", PASSWORD, 0o600)
    pin = secret_file(tmp_path / "pin_source", PIN, 0o600)
    (tmp_path / setting).chmod(0o604)
    cnf = openssl_cnf(web, pass_source=f"file:{password}", pin_source=f"file:{pin}", log_level=1,
                      log_output=tmp_path / "log", **{"pass": None})
    assert_names(warnings(cnf), tmp_path / setting, setting)


def test_the_vendors_file(web, openssl_cnf, warnings, tmp_path):
    vendor = secret_file(tmp_path / "N200.conf", json.dumps({"user": USER, "pass": PASSWORD, "keygen_pin": PIN}), 0o644)
    cnf = openssl_cnf(web, n200_conf=vendor, user=None, log_level=1, log_output=tmp_path / "log", **{"pass": None})
    assert_names(warnings(cnf), vendor, "pass")


def test_the_vendors_file_without_a_secret_may_be_written_by_its_owner_alone(web, openssl_cnf, warnings, tmp_path):
    vendor = secret_file(tmp_path / "N200.conf", json.dumps({"url": web.url}), 0o666)
    cnf = openssl_cnf(web, n200_conf=vendor, url=None, pin=PIN, log_level=1, log_output=tmp_path / "log")
    lines = warnings(cnf)
    assert len(lines) == 1 and f"warning: {vendor} defines 'url' and can be written by every user" in lines[0]


def test_a_directory_in_which_every_user_can_replace_the_file(web, openssl_cnf, sesam, warnings, tmp_path):
    directory = tmp_path / "open"
    directory.mkdir()
    directory.chmod(0o777)
    password = secret_file(directory / "password", PASSWORD, 0o600)
    cnf = openssl_cnf(web, pin=PIN, pass_source=f"file:{password}", log_level=1, log_output=tmp_path / "log",
                      **{"pass": None})
    lines = warnings(cnf)
    assert len(lines) == 1, lines
    assert (f"warning: {directory} is world-writable; any user can replace {password}, "
            "which contains the secret of 'pass_source'") in lines[0]
    steps = json.loads(sesam(cnf, "doctor", "--json", check=False).stdout)["steps"]
    assert [step["cure"] for step in steps if step["step"] == "secrets' files"] == [f"run: chmod o-w {directory}"]
    directory.chmod(0o1777)
    (tmp_path / "log").unlink()
    assert warnings(cnf) == []


@pytest.mark.parametrize("text, told", [("root:$y$j9T$x:19000::::::\nalice:$y$j9T$z:19000::::::\n",
                                         "has more than one line"),
                                        ("7" * 257, "has more than 256 bytes"),
                                        (PIN + "\n\n", "has more than one line")])
@pytest.mark.parametrize("is_in_uri", [True, False])
def test_a_file_that_cannot_hold_a_pin_is_not_sent(web, openssl_cnf, openssl, tmp_path, is_in_uri, text, told):
    path = secret_file(tmp_path / "shadow", text, 0o600)
    cnf = openssl_cnf(web, **({} if is_in_uri else {"pin_source": f"file:{path}"}))
    uri = f"sesam:web?pin-source=file:{path}" if is_in_uri else "sesam:web"
    done = openssl(cnf, "dgst", "-sha256", "-sign", uri, "-out", "signature", "/dev/null", check=False)
    assert done.returncode != 0 and f"file:{path}: {told}; expected a password or PIN on a single line" in done.stderr
    assert text[:8] not in done.stderr
    assert "eccsign" not in web.requests()


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_pin_out_of_a_file(web, openssl_cnf, openssl, tmp_path, end):
    path = secret_file(tmp_path / "pin", PIN + end, 0o600)
    openssl(openssl_cnf(web), "dgst", "-sha256", "-sign", f"sesam:web?pin-source=file:{path}", "-out", "signature",
            "/dev/null")


def test_a_program_that_uses_no_key_hears_nothing(web, openssl_cnf, run, tmp_path):
    cnf = openssl_cnf(web, log_level=1)
    cnf.chmod(0o644)
    assert run(["openssl", "version"], cnf).stderr == ""


def test_a_program_that_uses_keys_again_and_again_hears_it_once(web, openssl_cnf, openssl):
    cnf = openssl_cnf(web, pin=PIN, log_level=1)
    cnf.chmod(0o644)
    done = openssl(cnf, "req", "-x509", "-key", "sesam:web", "-subj", "/CN=ca", "-out", "ca.pem")
    assert done.stderr.count("warning: ") == 1
