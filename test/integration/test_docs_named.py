# SPDX-License-Identifier: Apache-2.0
"""The files that the documents recommend for named, compared with what AppArmor allows it to write."""
import re
from pathlib import Path

import pytest

from harness.paths import REPOSITORY

DEBIAN = Path("/etc/apparmor.d/usr.sbin.named")
# Directories in which Debian's profile allows named to write files of any name.
WRITABLE = ["/var/lib/bind/**", "/var/cache/bind/**", "/var/log/named/**"]
DOCUMENTS = ["docs/OPERATIONS.md", "docs/BIND.md", "docs/examples/named-policy.conf",
             "docs/examples/named-service.conf", "openssl.cnf.example"]
SETTING = re.compile(r"\b(?:audit_output|log_output|metrics_file) = (/[^\s`]+)")


def writable(profile: str) -> list[str]:
    return re.findall(r"^ *(/\S+) [a-z]*w[a-z]*,$", profile, re.M)


def may_write(path: str) -> bool:
    own = writable((REPOSITORY / "docs/examples/apparmor-named").read_text())
    patterns = [re.escape(rule).replace(r"\*\*", ".+").replace(r"\*", "[^/]*") for rule in WRITABLE + own]
    return any(re.fullmatch(pattern, path) for pattern in patterns)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_named_may_write_each_recommended_file_under_apparmor(document):
    for path in SETTING.findall((REPOSITORY / document).read_text()):
        assert may_write(path), path


def test_the_guide_recommends_files_for_audit_log_and_metrics():
    guide = (REPOSITORY / "docs/OPERATIONS.md").read_text()
    assert len(SETTING.findall(guide)) >= 2
    rotated = re.search(r"^    ((?:/\S+ )+)\{$", guide, re.M)[1].split()
    assert set(re.findall("audit_output = (/[^`]+)", guide)) <= set(rotated)
    assert all(may_write(path) for path in rotated)


@pytest.mark.skipif(not DEBIAN.exists(), reason="Debian's profile of named is not installed")
def test_debians_profile_allows_these_directories():
    assert set(WRITABLE) <= set(writable(DEBIAN.read_text()))
