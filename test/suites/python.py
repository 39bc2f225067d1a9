# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of Python's ssl module with keys in a simulated device: python.py DIRECTORY, in which Debian's package
libpython3.N-testsuite is unpacked.

Each private key of the PEM files is moved into the device, and replaced in the file with its URI. Keys that are
encrypted with a passphrase stay: the tests need them because of the passphrase. The tests run twice, first with the
original files: a test that fails even then says nothing about sesam."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

import moved_keys  # noqa: E402
from harness.paths import BUILD  # noqa: E402
from harness.programs import minimal_environment  # noqa: E402
from harness.simulator import Simulator  # noqa: E402

def run_tests(folder: Path, cnf: Path | None) -> dict[str, str]:
    """-> the verdict of each test: "ok", "FAIL", "ERROR" or "skipped" """
    environment = minimal_environment(cnf, PYTHONPATH=str(folder), HOME=str(folder))
    done = subprocess.run(["/usr/bin/python3", "-B", "-m", "unittest", "-v", "-b", "test.test_ssl"], cwd=folder,
                          env=environment, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    (BUILD / "suites" / f"python-{'device' if cnf else 'files'}.log").write_text(done.stdout)
    # There may be output of the test between its name and its verdict.
    return dict(re.findall(r"^(test_\w+ \([\w.]+\))(?:.|\n)*?\.\.\. (?:.|\n)*?\b(ok|FAIL|ERROR|skipped)\b", done.stdout,
                           re.M))


def main(directory: str) -> int:
    source = Path(directory).resolve()
    (unpacked,) = source.glob("usr/lib/python3*/test")
    folder, state = source / "run", BUILD / "suites" / "python-device"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(state, ignore_errors=True)
    shutil.copytree(Path(os.__file__).parent / "test", folder / "test")  # the part that is in Python's own package
    shutil.copytree(unpacked, folder / "test", dirs_exist_ok=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    expected = run_tests(folder, None)
    device, cnf = Simulator(state).start(), source / "openssl.cnf"
    try:
        keys = moved_keys.move((folder / "test").rglob("*.pem"), device, cnf)
        device.reset_counters()
        found = run_tests(folder, cnf)
        signatures = sum(count for name, count in device.requests().items() if name.endswith("sign"))
    finally:
        device.stop()
    wrong = [name for name, verdict in expected.items() if verdict == "ok" and found.get(name) != "ok"]
    for name in wrong:
        print(f"python: failed: {name}")
    passed = sum(verdict == "ok" for verdict in expected.values())
    print(f"python: {passed - len(wrong)} of {passed} passed, {keys} keys, {signatures} signatures; "
          f"{len(expected) - passed} others fail or are skipped with keys in files, too")
    return 1 if wrong or not passed or not signatures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
