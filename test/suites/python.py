# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of Python's ssl module with keys in a simulated device: python.py DIRECTORY, where Debian's package
libpython3.N-testsuite was unpacked.

Each private key of its PEM files is put into the device, and the file gets the key's URI in its place. Keys that are
encrypted by a passphrase stay: the passphrase is what they are there for. The tests run twice, first with the files as
they are: a test that fails then too says nothing about sesam."""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

from harness import configuration  # noqa: E402
from harness.paths import BUILD  # noqa: E402
from harness.programs import minimal_environment  # noqa: E402
from harness.simulator import Simulator  # noqa: E402

PRIVATE_KEY = re.compile(r"-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----\n[A-Za-z0-9+/=\n]+-----END \1-----\n")


def openssl(*words: str, data: str = "", cnf: Path | None = None) -> str:
    return subprocess.run(["openssl", *words], input=data, env=minimal_environment(cnf), check=True, text=True,
                          capture_output=True).stdout


def hex_after(label: str, text: str) -> str:
    """From `openssl pkey -text`: the lines of hexadecimal digits below the label."""
    found = re.search(rf"^{label}:\s*\n((?: +[0-9a-f:]+\n)+)", text, re.M)
    assert found, f"no '{label}' in:\n{text}"
    return re.sub(r"[\s:]", "", found[1]).upper()


def with_key(record: dict, pem: str) -> dict:
    """A line of the simulator's journal that has this key instead of its own. No device could import an RSA key."""
    text = openssl("pkey", "-noout", "-text", data=pem)
    if record["type"] == "RSA":
        der = subprocess.run(["openssl", "rsa", "-traditional", "-outform", "DER"], input=pem.encode(), check=True,
                             env=minimal_environment(None), capture_output=True).stdout
        modulus = hex_after("modulus", text).removeprefix("00")
        return record | {"modulus": modulus, "bits": len(modulus) * 4, "private": der.hex().upper()}
    bits = int(re.findall(r"Private-Key: \((\d+) bit", text)[0])
    private = hex_after("priv", text)[-bits // 4:].rjust(bits // 4, "0")
    return record | {"bits": bits, "private": private, "public": hex_after("pub", text)[2:]}


def move_keys(tests: Path, device: Simulator, cnf: Path) -> int:
    """Into the device; -> how many there were."""
    texts = {path: path.read_text(errors="surrogateescape") for path in tests.rglob("*.pem")}
    pems = sorted({found[0] for text in texts.values() for found in PRIVATE_KEY.finditer(text)})
    pems = [pem for pem in pems if "(1024 bit" not in openssl("pkey", "-noout", "-text", data=pem)]  # sesam has none
    for number, pem in enumerate(pems):
        is_rsa = "modulus:" in openssl("pkey", "-noout", "-text", data=pem)
        device.create_key(f"key{number}", **({"type": "RSA", "size": 2048} if is_rsa else {"size": 256}))
    journal = device.directory / "state" / "keys.jsonl"
    records = [json.loads(line) for line in journal.read_text().splitlines()]
    device.stop()
    journal.write_text("".join(json.dumps(with_key(record, pem)) + "\n" for record, pem in zip(records, pems)))
    device.start(device.port)
    configuration.write(cnf, configuration.settings_for(device))
    wrapped = [openssl("pkey", "-in", f"sesam:key{number}", cnf=cnf) for number in range(len(pems))]
    for path, text in texts.items():
        for pem, uri in zip(pems, wrapped):
            text = text.replace(pem, uri)
        path.write_text(text, errors="surrogateescape")
    return len(pems)


def run_tests(folder: Path, cnf: Path | None) -> dict[str, str]:
    """test -> "ok", "FAIL", "ERROR", or "skipped" """
    environment = minimal_environment(cnf, PYTHONPATH=str(folder), HOME=str(folder))
    done = subprocess.run(["/usr/bin/python3", "-B", "-m", "unittest", "-v", "test.test_ssl"], cwd=folder,
                          env=environment, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    (BUILD / "suites" / f"python-{'device' if cnf else 'files'}.log").write_text(done.stdout)
    # A test may print between its name and its verdict.
    return dict(re.findall(r"^(test_\w+ \([\w.]+\))(?:.|\n)*?\.\.\. (?:.|\n)*?\b(ok|FAIL|ERROR|skipped)\b", done.stdout,
                           re.M))


def main(directory: str) -> int:
    source = Path(directory).resolve()
    (unpacked,) = source.glob("usr/lib/python3*/test")
    folder, state = source / "run", BUILD / "suites" / "python-device"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(state, ignore_errors=True)
    shutil.copytree(Path(os.__file__).parent / "test", folder / "test")  # the part that Python itself has
    shutil.copytree(unpacked, folder / "test", dirs_exist_ok=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    expected = run_tests(folder, None)
    device, cnf = Simulator(state).start(), source / "openssl.cnf"
    try:
        keys = move_keys(folder / "test", device, cnf)
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
