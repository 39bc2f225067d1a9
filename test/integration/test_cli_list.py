# SPDX-License-Identifier: Apache-2.0
"""`sesam list`: table, order, filters, and the message if no key matches."""
import json
import re

import pytest

from harness.foreign_device import KEY_ID
from harness.keys import assert_signs
from harness.lying_device import TOKEN, LyingDevice
from harness.paths import COMMAND
from harness.terminal import run_at_terminal

PIN = "24681357"


@pytest.fixture
def keys(device):
    """Records by name, oldest first."""
    made = [device.create_key("web", size=384), device.create_key("ca", type="RSA", size=2048),
            device.create_key("JP.example", pin=PIN), device.create_key("brain", type="BRAINPOOL", size=384),
            device.create_key("k01", type="SYM", size=256)]
    return {record["nice_name"]: record for record in made}


def names(done) -> list[str]:
    return done.stdout.split("\n")[:-1]


def test_the_table_fits_80_columns(device, keys, openssl_cnf, openssl, sesam, tmp_path):
    device.create_key("jp.example.-ksk-20261129")
    cnf = openssl_cnf(device, pin=PIN)
    assert_signs(openssl, cnf, "sesam:JP.example", tmp_path)
    heading, *rows = sesam(cnf, "list").stdout.splitlines()
    assert heading.split() == ["NAME", "TYPE", "CREATED", "LAST", "USED", "ID"]
    assert max(map(len, [heading, *rows])) <= 80
    cells = {row.split()[0]: row.split()[1:] for row in rows}
    day = r"\d{4}/\d\d/\d\d"
    assert re.fullmatch(rf"P-256 {day} {day} {keys['JP.example']['id']}", " ".join(cells["JP.example"]))
    assert re.fullmatch(rf"P-384 {day} - {keys['web']['id']}", " ".join(cells["web"]))
    assert {name: row[0] for name, row in cells.items()} == {
        "web": "P-384", "ca": "RSA-2048", "JP.example": "P-256", "brain": "brainpoolP384r1", "k01": "SYM-256",
        "jp.example.-ksk-20261129": "P-256"}


def test_the_id_in_the_table_names_the_key(device, keys, openssl_cnf, sesam):
    cnf = openssl_cnf(device)
    (row,) = sesam(cnf, "list", "web").stdout.splitlines()[1:]
    assert json.loads(sesam(cnf, "--json", "show", row.split()[-1]).stdout)["name"] == "web"


def test_the_long_table_has_all_names_and_the_time_of_day(device, keys, openssl_cnf, sesam):
    listing = sesam(openssl_cnf(device), "list", "--long").stdout
    for name, record in keys.items():
        line = next(line for line in listing.splitlines() if record["key_id"] in line)
        assert line.startswith(name) and record["slot"] in line and record["id"] in line or name == "k01"
        assert name == "k01" or re.search(r" \d{4}/\d\d/\d\d \d\d:\d\d ", line)  # symmetric keys have no date
    assert len(listing.splitlines()) == 1 + len(keys)


def run_with_terminal_as_output(cnf, columns, *words):
    """The command's output on a terminal of that width."""
    script = f'stty cols {columns} </dev/tty; {COMMAND} {" ".join(words)} >/dev/tty'
    done, screen = run_at_terminal(["sh", "-c", script], cnf)
    assert done.returncode == 0, f"{done}{screen}"
    return screen.replace("\r\n", "\n")


def test_long_names_are_cut_to_the_width_of_the_terminal(device, openssl_cnf, sesam):
    long = "a-very-long-name-of-a-key-" * 4
    record = device.create_key(long)
    device.create_key("web")
    cnf = openssl_cnf(device)
    for columns in (80, 100):
        screen = run_with_terminal_as_output(cnf, columns, "--color", "never", "list")
        assert max(map(len, screen.splitlines())) == columns
        assert long not in screen and long[:20] in screen and "…" in screen and record["id"] in screen
    assert long in run_with_terminal_as_output(cnf, 200, "list")
    assert long in sesam(cnf, "list").stdout  # not a terminal


@pytest.mark.parametrize("words, expected", [
    ([], ["JP.example", "brain", "ca", "k01", "web"]),
    (["--sort", "name", "--reverse"], ["web", "k01", "ca", "brain", "JP.example"]),
    (["--sort", "type"], ["JP.example", "web", "brain", "ca", "k01"]),
    (["--type", "ec"], ["JP.example", "brain", "web"]),
    (["--type", "RSA"], ["ca"]),
    (["--type", "SYM"], ["k01"]),
    (["--curve", "secp384r1"], ["web"]),
    (["--curve", "SECP384R1"], ["web"]),
    (["--curve", "brainpoolP384r1"], ["brain"]),
    (["--curve", "brainpoolp384r1"], ["brain"]),
    (["--curve", "p-256"], ["JP.example"]),
    (["--curve", "P-256", "--type", "EC"], ["JP.example"]),
    (["*a*"], ["JP.example", "brain", "ca"]),
    (["?[ae]b"], ["web"]),
    (["*", "--type", "RSA"], ["ca"]),
    (["web"], ["web"]),
    (["sesam:object=web"], ["web"]),
], ids=str)
def test_keys_are_sorted_and_filtered(device, keys, openssl_cnf, sesam, words, expected):
    cnf = openssl_cnf(device)
    assert names(sesam(cnf, "list", "--names", *words)) == expected
    listed = json.loads(sesam(cnf, "--json", "list", *words).stdout)["keys"]
    assert [key["name"] for key in listed] == expected


def test_dates_are_sorted_oldest_first_and_unused_keys_before_them(device, keys, openssl_cnf, openssl, sesam, tmp_path):
    cnf = openssl_cnf(device, pin=PIN)
    assert_signs(openssl, cnf, "sesam:JP.example", tmp_path)
    assert names(sesam(cnf, "list", "--names", "--sort", "used"))[-1] == "JP.example"
    assert names(sesam(cnf, "list", "--names", "--sort", "used", "--reverse"))[0] == "JP.example"


@pytest.mark.parametrize("sort, expected", [("created", ["two", "three", "one"]), ("used", ["three", "one", "two"])])
def test_the_oldest_date_is_first(lying, openssl_cnf, sesam, sort, expected):
    dates = {"one": ("2026/11/03 09:00", "2026/11/05 09:00"), "two": ("2025/12/31 23:59", "2026/11/06 09:00"),
             "three": ("2026/02/01 00:00", "2026/11/04 10:00")}
    key_ids = {name: KEY_ID[:-1] + str(n) for n, name in enumerate(dates, 1)}
    lying.record = {**lying.record, "nice_name": "zero"}
    lying.others = {"SYM": {key_ids[name]: {
        "key_type": "SYM", "key_id": key_ids[name], "token_name": TOKEN, "nice_name": name, "key_len": 256,
        "date_of_creation": created, "date_of_last_use": used} for name, (created, used) in dates.items()}}
    shown = [name for name in names(sesam(openssl_cnf(lying), "list", "--names", "--sort", sort)) if name != "zero"]
    assert shown == expected
    turned = names(sesam(openssl_cnf(lying), "list", "--names", "--sort", sort, "--reverse"))
    assert [name for name in turned if name != "zero"] == expected[::-1]


def test_records_that_cannot_be_read_are_counted_and_one_is_named(tmp_path, openssl_cnf, sesam):
    lying = LyingDevice(tmp_path / "lying")
    cnf = openssl_cnf(lying)
    lying.others = {"RSA": {"key 1": {"key_type": "RSA"}, "key 2": {"key_type": "RSA"}}}
    done = sesam(cnf, "list", "--names")
    warning = '2 records cannot be read: that of "key 1" has a malformed key_id; check wire_list_keys'
    assert done.stdout == "web\n" and warning in done.stderr
    lying.claims["key_id"] = "AB\x1b12"
    done = sesam(cnf, "list")
    assert '3 records cannot be read: that of "AB\\x1b12" has' in done.stderr
    assert "There are no keys" not in done.stderr
    done = sesam(cnf, "--json", "list")
    assert json.loads(done.stdout) == {"keys": []}
    assert "3 records cannot be read" in json.loads(done.stderr)["warning"]
    lying.stop()


@pytest.mark.parametrize("dialect", ["null-for-none", "no-keys-found"])
def test_a_type_without_keys_is_an_empty_listing_in_whatever_form_the_device_says_so(simulator, openssl_cnf, sesam,
                                                                                    dialect):
    device = simulator(dialect=dialect)
    cnf = openssl_cnf(device)
    assert "There are no keys on the device" in sesam(cnf, "list").stderr
    device.create_key("brain", type="BRAINPOOL", size=384)
    assert names(sesam(cnf, "list", "--names")) == ["brain"]


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_names_for_scripts_do_not_depend_on_the_locale(device, openssl_cnf, sesam, locale):
    device.create_key("w\u00e9b")
    cnf = openssl_cnf(device)
    environment = {"LC_ALL": locale}
    (name,) = sesam(cnf, "list", "--names", environment=environment).stdout.splitlines()
    assert name == "w\u00e9b"
    assert sesam(cnf, "show", name, environment=environment).returncode == 0


def test_a_name_with_a_wildcard_in_it_is_found_by_itself(device, openssl_cnf, sesam):
    for name in ("*.example.org", "www.example.org", "[x]"):
        device.create_key(name)
    cnf = openssl_cnf(device)
    assert names(sesam(cnf, "list", "--names", "[x]")) == ["[x]"]
    assert names(sesam(cnf, "list", "--names", "*.example.org")) == ["*.example.org", "www.example.org"]


@pytest.mark.parametrize("words, filter_", [(["nobody"], "'nobody'"), (["x*", "--type", "RSA"], "'x*', type RSA"),
                                            (["--curve", "P-521"], "curve P-521"), (["sesam:object=x"], "the URI"),
                                            (["sesam:object=x?pin-value=1234"], "the URI")], ids=str)
def test_no_match_is_an_error_that_names_the_filter(device, keys, openssl_cnf, sesam, words, filter_):
    cnf = openssl_cnf(device)
    done = sesam(cnf, "list", *words, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert (f"sesam: unknown key: no key on the device matches {filter_}; to list all keys, run: sesam list\n"
            in done.stderr)
    done = sesam(cnf, "--json", "list", *words, check=False)
    assert done.returncode == 1 and json.loads(done.stdout) == {"keys": []}
    assert json.loads(done.stderr.splitlines()[-1])["error"]["reason"] == "unknown_key"


@pytest.mark.parametrize("uri, told", [
    ("sesam:objct=web", "unknown attribute before the first '?': did you mean 'object'?"),
    ("pkcs11:object=web;x-vendor=1", "unknown attribute before the first '?'"),
    ("sesam:object=", "'object' is empty"), ("sesam:objct=web;pin-value=1234", "unknown attribute")], ids=str)
def test_a_uri_with_an_unknown_attribute_does_not_list_all_keys(device, keys, openssl_cnf, sesam, uri, told):
    for words in ["list", uri], ["show", uri]:
        done = sesam(openssl_cnf(device), *words, check=False)
        assert (done.returncode, done.stdout) == (1, "") and f"invalid key URI: {told}" in done.stderr, str(done)
        assert "1234" not in done.stderr


def test_a_device_without_keys_is_no_error(device, openssl_cnf, sesam):
    done = sesam(openssl_cnf(device), "list")
    assert done.stdout == "" and "no keys on the device" in done.stderr
    assert json.loads(sesam(openssl_cnf(device), "--json", "list").stdout) == {"keys": []}


@pytest.mark.parametrize("words", [["--sort", "size"], ["--type", "DSA"], ["--curve", "secp256k1"],
                                   ["--names", "--long"], ["--names", "--uris", "sesam"]], ids=str)
def test_an_invalid_option_is_a_matter_of_usage(sesam, words):
    assert sesam(None, "list", *words, check=False).returncode == 2
