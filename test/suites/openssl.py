# SPDX-License-Identifier: Apache-2.0
"""Runs OpenSSL's own tests with keys in a simulated device: openssl.py SOURCE, an unpacked source of OpenSSL.

They use the installed openssl command, and a few test programs that are built against the installed libraries. The
recipes run twice: first with the original files (a test that fails even then says nothing about sesam), then with the
private keys of these files in the device. The differences must be those that docs/SUITES.md explains. Must run in a
separate network namespace; scripts/suites does that."""
import collections
import fnmatch
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

import moved_keys  # noqa: E402
import tap  # noqa: E402
from harness import configuration  # noqa: E402
from harness.paths import BUILD, REPOSITORY  # noqa: E402
from harness.programs import minimal_environment  # noqa: E402
from harness.simulator import Simulator  # noqa: E402

# The recipes that use a private key from a file, with the openssl command or one of PROGRAMS.
RECIPES = ["15-test_ec", "15-test_rsa", "15-test_rsaoaep", "15-test_rsapss", "20-test_dgst", "20-test_pkeyutl",
           "25-test_req", "25-test_x509", "60-test_x509_check_cert_pkey", "80-test_ca", "80-test_cms", "80-test_cmsapi",
           "80-test_pkcs12", "80-test_ssl_new", "80-test_tsa", "90-test_store"]
# 90-test_store converts this key to every file format, and stops if that fails.
KEPT = ["rsa-key-2432.pem"]
# These run in a library context that the program creates, for which no openssl.cnf is read.
UNCOUNTED = re.compile(r"ssl_test \S+ default\b")
PROGRAMS = ["ssl_test", "cmsapitest", "x509_check_cert_pkey_test"]
RECIPE_SECONDS = 900


def prepare(source: Path) -> None:
    """Configures the source, and builds PROGRAMS. OpenSSL itself is not built: make uses the installed one."""
    def quietly(*words: str) -> None:
        done = subprocess.run(words, cwd=source, env=minimal_environment(None, CFLAGS="-O1 -w"), check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            sys.exit(f"openssl: {' '.join(words)}: {done.stdout}")

    # A key of 2048 bits instead of one of 512 bits, which sesam does not support.
    for kind in ("", "pub"):
        shutil.copy(source / "test" / f"testrsa2048{kind}.pem", source / "test" / f"testrsa{kind}.pem")
    quietly("perl", "./Configure", "no-asm")
    (source / "apps" / "openssl").symlink_to("/usr/bin/openssl")
    libraries = []
    for name in ("libcrypto", "libssl"):
        installed = subprocess.run(["gcc", f"-print-file-name={name}.so"], check=True, capture_output=True, text=True)
        (source / f"{name}.so").symlink_to(Path(installed.stdout.strip()).resolve())
        libraries += ["-o", f"{name}.so"]
    quietly("nice", "make", "-j1", "build_generated", "apps/CA.pl", "util/wrap.pl", "util/shlib_wrap.sh")
    quietly("nice", "make", "-j1", *libraries, "-o", "apps/openssl", *(f"test/{name}" for name in PROGRAMS))


def run_recipe(source: Path, recipe: str, log: Path, sections: Path | None) -> dict[str, str]:
    environment = minimal_environment(
        source / "apps" / "openssl.cnf", SRCTOP=str(source), BLDTOP=str(source), RESULT_D=str(log.parent / "results"),
        OPENSSL_CONF_INCLUDE=str(source / "test"), CTLOG_FILE=str(source / "test" / "ct" / "log_list.cnf"),
        PERL_HASH_SEED="0", LC_ALL="C", EXE_SHELL=str(HERE / "bin" / "with-sesam") if sections else "/usr/bin/env",
        SESAM_SECTIONS=str(sections or ""))
    with log.open("wb") as output:
        process = subprocess.Popen(["nice", "perl", "-I", "util/perl", f"test/recipes/{recipe}.t"], cwd=source,
                                   env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                   start_new_session=True)
        try:
            process.wait(RECIPE_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"openssl: {recipe} did not end within {RECIPE_SECONDS} seconds")
        finally:
            try:  # also ends processes that the recipe left behind
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
    verdicts = tap.verdicts(log.read_text(errors="replace"))
    return {f"{recipe} > {name}": verdict for name, verdict in verdicts.items() if not UNCOUNTED.search(name)}


def write_sections(path: Path, device: Simulator) -> None:
    """Writes the sections that bin/with-sesam adds to an openssl.cnf."""
    configuration.write(path, configuration.settings_for(device), sections="sesam_")
    path.write_text("[default]\n" + path.read_text().partition("\n[req]\n")[0])


def run_recipes(source: Path, logs: Path, device: Simulator | None = None,
                sections: Path | None = None) -> dict[str, str]:
    """-> the verdict of each test, whose name starts with that of its recipe. Recipes that sent no request to the
    device are left out, as they show nothing."""
    shutil.rmtree(logs, ignore_errors=True)
    (logs / "results").mkdir(parents=True)
    found: dict[str, str] = {}
    for recipe in RECIPES:
        before = device.requests() if device else {}
        verdicts = run_recipe(source, recipe, logs / f"{recipe}.log", sections)
        if device and device.requests() == before:
            print(f"openssl: {recipe} used no key of the device")
            continue
        found |= verdicts
    return found


def expected_differences() -> dict[str, int]:
    """From the table in docs/SUITES.md: pattern for the names of tests -> how many of them fail."""
    text = (REPOSITORY / "docs" / "SUITES.md").read_text()
    chapter = text.partition("\n### openssl\n")[2].partition("\n#")[0]
    return {pattern: int(count) for pattern, count in re.findall(r"^\| `([^`]+)` \| (\d+) \| ", chapter, re.M)}


def judge(files: dict[str, str], device: dict[str, str], expected: dict[str, int], what: str) -> int:
    """Prints unexpected differences, and expected ones that did not occur; `what` describes the run."""
    passed = [name for name, verdict in files.items() if verdict == "ok"]
    different = [name for name in passed if device.get(name) != "ok"]
    counts: collections.Counter[str | None] = collections.Counter()
    wrong = 0
    for name in different:
        pattern = next((one for one in expected if fnmatch.fnmatchcase(name, one.replace("[", "[[]"))), None)
        counts[pattern] += 1
        if pattern is None:
            print(f"openssl: failed: {name}")
            wrong += 1
    for pattern, count in expected.items():
        if counts[pattern] != count:
            print(f"openssl: {counts[pattern]} instead of the expected {count} failed: {pattern}")
            wrong += 1
    print(f"openssl: {len(passed) - len(different)} of {len(passed)} passed, {len(different) - counts[None]} differ as "
          f"expected, {what}; {len(files) - len(passed)} others fail or are skipped with keys in files, too")
    return 1 if wrong or not passed else 0


def main(directory: str) -> int:
    source, suites = Path(directory).resolve(), BUILD / "suites"
    shutil.rmtree(suites / "openssl-simulator", ignore_errors=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    prepare(source)
    files = run_recipes(source, suites / "openssl-files")
    device = Simulator(suites / "openssl-simulator").start()
    try:
        pems = [path for folder in ("apps", "test") for path in (source / folder).rglob("*")
                if path.suffix in (".pem", ".key") and path.is_file() and path.name not in KEPT]
        keys = moved_keys.move(pems, device, source / "device.cnf")
        write_sections(source / "sesam.cnf", device)
        device.reset_counters()
        found = run_recipes(source, suites / "openssl-device", device, source / "sesam.cnf")
        signatures = sum(count for name, count in device.requests().items() if name.endswith("sign"))
    finally:
        device.stop()
    return judge(files, found, expected_differences(), f"{keys} keys, {signatures} signatures")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
