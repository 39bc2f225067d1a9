# SPDX-License-Identifier: Apache-2.0
"""The manual pages as a reader sees them."""
import re
import shutil
import subprocess

import pytest

from harness.paths import REPOSITORY

# The output of macros that have a word or a delimiter too many.
MISTAKES = {"nested quotation": "’’|‘‘", "delimiter inside a quotation": r"‘[^’\n]* [:;,.]’",
            "macro that swallowed a word": "‘= ",
            "nested braces": r"\{[^}\n]*\{"}


@pytest.mark.skipif(not shutil.which("mandoc"), reason="there is no mandoc")
@pytest.mark.parametrize("page", ["sesam.1", "OSSL_PROVIDER-sesam.7"])
def test_quotations_end_where_they_should(page):
    rendered = subprocess.run(["mandoc", "-T", "utf8", "-O", "width=500", REPOSITORY / "docs" / page], check=True,
                              stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout
    text = re.sub(".\b", "", rendered)  # bold and underlined characters are overstruck
    assert "‘" in text
    for mistake, pattern in MISTAKES.items():
        assert re.findall(f".*(?:{pattern}).*", text) == [], mistake
