# SPDX-License-Identifier: Apache-2.0
"""Runs BIND's system tests for PKCS#11 keys with sesam: bind.py SOURCE, an unpacked source of BIND 9.20.

They test the installed BIND, not a build of that source. The keys are in a simulated device instead of a SoftHSM token;
the commands in bin/ replace those of SoftHSM. Must run as root in separate network and mount namespaces; scripts/suites
does that."""
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

from harness import configuration  # noqa: E402
from harness.paths import BUILD, MODULE  # noqa: E402
from harness.simulator import Simulator  # noqa: E402

TESTS = ["keyfromlabel", "enginepkcs11"]
# The programs that the framework expects in a build directory, by folder.
PROGRAMS = {"dnssec": ["cds", "dsfromkey", "importkey", "keyfromlabel", "keygen", "ksr", "revoke", "settime",
                       "signzone", "verify"],
            "check": ["named-checkconf", "named-checkzone"], "dig": ["dig", "host", "nslookup"], "delv": ["delv"],
            "named": ["named"], "nsupdate": ["nsupdate"], "rndc": ["rndc"], "confgen": ["rndc-confgen", "tsig-keygen"],
            "tools": ["arpaname", "mdig", "named-journalprint", "named-rrchecker", "nsec3hash"]}
OPENSSL_CONF = Path("/var/tmp/etc/openssl-provider.cnf")  # with any other path, the tests are skipped


def install_programs(source: Path) -> None:
    """Links the installed programs to where a build would put its own."""
    for folder, names in PROGRAMS.items():
        for name in (f"dnssec-{name}" if folder == "dnssec" else name for name in names):
            link, program = source / "bin" / folder / name, shutil.which(name)
            if program:
                link.parent.mkdir(exist_ok=True)
                link.unlink(missing_ok=True)
                link.symlink_to(program)
    shutil.copy(HERE / "bin" / "feature-test", source / "bin" / "tests" / "system")
    variables = source / "bin" / "tests" / "system" / "isctest" / "vars" / ".ac_vars"
    values = {"TOP_BUILDDIR": source, "TOP_SRCDIR": source, "PYTHON": sys.executable, "PERL": shutil.which("perl"),
              "SHELL": "/bin/sh"}
    for name in variables.glob("*.in"):
        name.with_suffix("").write_text(f"{values.get(name.stem, '')}\n")


def name_no_token(tests: Path) -> None:
    """Removes `token` from the URIs: for sesam, it is the label of a single key, and a device has no tokens."""
    for path in (path for name in TESTS for path in (tests / name).rglob("*") if path.is_file()):
        if path.suffix in (".sh", ".py", ".j2"):
            path.write_text(re.sub(r"pkcs11:token=softhsm2-\w+;", "pkcs11:", path.read_text()))


def prepare_namespaces() -> None:
    """Sets up the servers' addresses and the directory of the openssl.cnf."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for number in range(1, 12):
        subprocess.run(["ip", "address", "add", f"10.53.0.{number}/24", "dev", "lo"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/var/tmp"], check=True)
    OPENSSL_CONF.parent.mkdir()


def run_tests(tests: Path, device: Simulator, results: Path) -> str:
    configuration.write(OPENSSL_CONF, configuration.settings_for(device),
                        extra=f"\n[for_the_tests]\npkcs11-module-path = {MODULE}\n")
    environment = {"PATH": f"{HERE / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
                   "OPENSSL_CONF": str(OPENSSL_CONF), "SOFTHSM2_CONF": str(OPENSSL_CONF),
                   "SOFTHSM2_MODULE": str(MODULE),
                   "SESAM_CONTROL": str(device.ready["control_port"]), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=", "-o",
                           "junit_logging=all", "-o", "junit_log_passing_tests=1", f"--junit-xml={results}", *TESTS],
                          cwd=tests, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    return done.stdout


def parts_of(log: str) -> list[tuple[str, bool]]:
    """The parts of tests.sh, which is one test for pytest: its log announces each part, and has a line if it failed."""
    parts: list[tuple[str, bool]] = []
    for text in re.findall(r"\sI:(.*)$", log, re.M):
        if re.search(r"\(\d+\)$", text) or text.startswith("Checking"):
            parts.append((text, True))
        elif text.startswith("failed") and parts:
            parts[-1] = (parts[-1][0], False)
    return parts


def verdicts(results: Path) -> list[tuple[str, bool]]:
    """-> the names of the tests, and whether each passed"""
    found = []
    for case in ElementTree.parse(results).getroot().iter("testcase"):
        passed = all(case.find(kind) is None for kind in ("failure", "error", "skipped"))
        parts = parts_of(case.findtext("system-out") or "")
        found += parts
        if not parts or passed != all(part for _, part in parts):  # it failed before or after its parts
            found.append((case.get("name", ""), passed))
    return found


def main(source: str) -> int:
    tree, results = Path(source).resolve(), BUILD / "suites" / "bind.xml"
    tests = tree / "bin" / "tests" / "system"
    results.unlink(missing_ok=True)
    shutil.rmtree(BUILD / "suites" / "bind-device", ignore_errors=True)
    install_programs(tree)
    name_no_token(tests)
    prepare_namespaces()
    device = Simulator(BUILD / "suites" / "bind-device").start()
    try:
        output = run_tests(tests, device, results)
    finally:
        device.stop()
    if not results.exists():
        print(output)
        return 1
    found = verdicts(results)
    for name in (name for name, passed in found if not passed):
        print(f"bind: failed: {name}")
    print(f"bind: {sum(passed for _, passed in found)} of {len(found)} passed")
    return 0 if all(passed for _, passed in found) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
