# SPDX-License-Identifier: Apache-2.0
"""scripts/suites: how it interprets the output of other projects' tests."""
import sys

import pytest

from harness.paths import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "test" / "suites"))

import openssl  # noqa: E402
import tap  # noqa: E402

OUTPUT = """1..6
# Subtest: signing
    1..3
    # Subtest: with a key
        ok 1 - of 2048 bits
        not ok 2 - of 1024 bits
    not ok 1 - with a key
    ok 2 - with a key
    ok 3 # skip no such key
not ok 1 - signing
ok 2
# Subtest: it crashes after its tests
    ok 1 - one
not ok 3 - it crashes after its tests
ok 4 - issue\\#1
"""


def test_nested_tests_are_named_by_those_around_them():
    assert tap.verdicts(OUTPUT) == {
        "signing > with a key > of 2048 bits": "ok", "signing > with a key > of 1024 bits": "not ok",
        "signing > with a key": "ok", "signing > test 3": "skip", "test 2": "ok",
        "it crashes after its tests > one": "ok", "it crashes after its tests": "not ok", "issue\\#1": "ok"}


def test_a_second_test_of_the_same_name_is_another_one():
    assert tap.verdicts("ok 1 - x\nnot ok 2 - x\n") == {"x": "ok", "x (2)": "not ok"}


@pytest.mark.parametrize("device, expected, status, printed", [
    ({"a": "ok", "b [1]": "ok"}, {}, 0, "2 of 2 passed"),
    ({"a": "ok", "b [1]": "not ok"}, {}, 1, "failed: b [1]"),
    ({"a": "ok"}, {}, 1, "failed: b [1]"),
    ({"a": "ok", "b [1]": "not ok"}, {"b [*": 1}, 0, "1 of 2 passed, 1 differ as expected"),
    ({"a": "ok", "b [1]": "ok"}, {"b [*": 1}, 1, "0 instead of the expected 1 failed: b [*"),
    ({"a": "not ok", "b [1]": "not ok"}, {"*": 1}, 1, "2 instead of the expected 1 failed: *"),
])
def test_only_the_expected_differences_pass(device, expected, status, printed, capsys):
    assert openssl.judge({"a": "ok", "b [1]": "ok", "c": "not ok"}, device, expected, "no keys") == status
    assert f"openssl: {printed}" in capsys.readouterr().out


def test_the_expected_differences_are_those_of_the_document():
    assert openssl.expected_differences()["15-test_rsaoaep > * Decryption*"] == 3
