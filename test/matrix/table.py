# SPDX-License-Identifier: Apache-2.0
"""Makes the tables of scripts/matrix from the results of all columns: table.py RESULTS DOCUMENT FEATURES COLUMN…
Writes test files × releases into DOCUMENT, and programs × releases into FEATURES. A column without results stays as it
is in the documents."""
import re
import sys
import textwrap
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

BEGIN, END = "<!-- begin: written by scripts/matrix -->", "<!-- end -->"
NOT_RUN = "not run"
NAMED = 20  # max. number of failed tests listed per column; the table counts all
VERSIONS = {"OpenSSL": "OpenSSL", "libcurl": "libcurl", "linked": "linked with", "simdjson": "simdjson", "g++": "g++",
            "openssl": "openssl(1)",
            "bind9-utils": "BIND", "nginx": "nginx", "apache2-bin": "Apache", "haproxy": "HAProxy",
            "stunnel4": "stunnel", "curl": "curl", "python3-minimal": "Python", "osslsigncode": "osslsigncode"}
# Program, the package whose version is shown, and prefixes of the names of its test files, or "[NAME-", the prefix of
# its rows in test_programs.py.
PROGRAMS = [
    ("`openssl`: keys, signatures, files", "openssl", ("test_openssl_", "test_pem", "test_rsa",
                                                       "test_program_openssl_files")),
    ("`openssl genpkey`, `req -newkey`", "openssl", ("test_generate", "test_import")),
    ("`openssl ca`, `x509`, `ocsp`, `ts`", "openssl", ("test_program_openssl_ca",)),
    ("`openssl cms`, `smime`", "openssl", ("test_program_openssl_mail",)),
    ("`openssl s_server`, `s_client`", "openssl", ("test_program_openssl_tls",)),
    ("`openssl list`", "openssl", ("test_program_openssl_list",)),
    ("`openssl` decrypts: a clear refusal", "openssl", ("test_program_openssl_decrypt",)),
    ("`dnssec-keyfromlabel`, `-signzone`, `-verify`", "bind9-utils", ("test_bind",)),
    ("`dnssec-ksr`, offline KSK", "bind9-utils", ("test_ksr", "test_offline_ksk")),
    ("`named`", "bind9-utils", ("test_named",)),
    ("nginx", "nginx", ("test_program_nginx",)),
    ("Apache", "apache2-bin", ("test_program_apache",)),
    ("HAProxy", "haproxy", ("test_program_haproxy",)),
    ("stunnel", "stunnel4", ("test_program_stunnel",)),
    ("curl", "curl", ("test_program_curl",)),
    ("Python's `ssl`", "python3-minimal", ("test_program_python",)),
    ("osslsigncode", "osslsigncode", ("test_program_osslsigncode",)),
    ("lighttpd", "lighttpd-mod-openssl", ("[lighttpd-",)),
    ("Postfix", "postfix", ("[postfix-",)),
    ("Dovecot: a clear refusal", "dovecot-imapd", ("[dovecot-",)),
    ("Unbound", "unbound", ("[unbound-",)),
    ("NSD", "nsd", ("[nsd-",)),
    ("`named`: `tls {}`", "bind9-utils", ("[named-tls-",)),
    ("`nsupdate`: SIG(0)", "bind9-utils", ("[nsupdate-",)),
    ("PostgreSQL", "postgresql", ("[postgresql-",)),
    ("MariaDB", "mariadb-server-core", ("[mariadb-",)),
    ("Mosquitto", "mosquitto", ("[mosquitto-",)),
    ("Redis", "redis-server", ("[redis-",)),
    ("OpenVPN", "openvpn", ("[openvpn-",)),
    ("FreeRADIUS", "freeradius", ("[freeradius-",)),
    ("wpa_supplicant", "eapoltest", ("[wpa_supplicant-",)),
    ("PHP", "php-cli", ("[php-",)),
    ("Perl's `IO::Socket::SSL`", "libio-socket-ssl-perl", ("[perl-",)),
    ("Node.js", "nodejs", ("[node-",)),
    ("Ruby", "ruby", ("[ruby-",)),
    ("`sbsign`", "sbsigntool", ("[sbsign-",)),
    ("Linux `sign-file`, `extract-cert`", "linux-kbuild", ("[sign-file-", "[extract-cert-")),
    ("U-Boot's `mkimage`", "u-boot-tools", ("[mkimage-",)),
    ("RAUC", "rauc", ("[rauc-",)),
    ("cosign", "cosign", ("[cosign-",)),
    ("`xmlsec1`", "xmlsec1", ("[xmlsec1-",)),
    ("`systemd-sbsign`", "systemd-repart", ("[systemd-sbsign-",)),
    ("`ukify`", "systemd-ukify", ("[ukify-",)),
    ("`systemd-measure`", "systemd", ("[systemd-measure-",)),
    ("`systemd-repart`", "systemd-repart", ("[systemd-repart-",)),
    ("pkcs11-provider beside it", "", ("test_beside_pkcs11",)),
]


@dataclass
class Column:
    outcome: str = NOT_RUN  # "tested", or what failed before the tests
    commit: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    counts: dict[str, Counter] = field(default_factory=dict)  # per test file: passed, failed, skipped
    rows: dict[str, Counter] = field(default_factory=dict)  # of test_programs.py, per parameters in brackets
    failed: list[str] = field(default_factory=list)
    reasons: Counter = field(default_factory=Counter)  # of skipped tests


def read_xml(path: Path, column: Column) -> None:
    """Adds results to a column: all CTest tests in one row, pytest's tests in one row per file."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = "unit tests" if path.stem == "ctest" else case.get("classname", "").split(".")[-1] + ".py"
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            verdict = "failed"
            column.failed.append(f"{name}: {case.get('name')}")
        elif skipped is not None:
            verdict = "skipped"
            column.reasons[skipped.get("message", "")] += 1
        else:
            verdict = "passed"
        column.counts.setdefault(name, Counter())[verdict] += 1
        if name == "test_programs.py":
            column.rows.setdefault("[" + case.get("name", "").partition("[")[2], Counter())[verdict] += 1


def read_column(results: Path) -> Column:
    column = Column()
    if (results / "outcome").exists():
        column.outcome = (results / "outcome").read_text().strip()
    if (results / "commit").exists():
        column.commit = (results / "commit").read_text().strip()
    if (results / "versions").exists():
        for line in (results / "versions").read_text().splitlines():
            name, _, version = line.partition(" ")
            column.versions[name] = version
    for path in sorted(results.glob("*.xml")):
        read_xml(path, column)
    return column


def cell(counts: Counter | None) -> str:
    if not counts:
        return "**none**"
    words = [str(counts["passed"])] if counts["passed"] else []
    words += [f"{counts['skipped']} skipped"] if counts["skipped"] else []
    words += [f"**{counts['failed']} failed**"] if counts["failed"] else []
    return ", ".join(words)


def rows(columns: dict[str, Column]) -> list[list[str]]:
    table = [["", *columns], ["commit", *(column.commit for column in columns.values())]]
    table += [[label, *(column.versions.get(name, "") for column in columns.values())]
              for name, label in VERSIONS.items()]
    tests = sorted({name for column in columns.values() for name in column.counts},
                   key=lambda name: (name.endswith(".py"), name))
    for name in tests:
        table.append([name, *(cell(column.counts.get(name)) if column.outcome == "tested" else ""
                              for column in columns.values())])
    total = [sum(column.counts.values(), Counter()) for column in columns.values()]
    table.append(["all", *(cell(counts) if column.outcome == "tested" else f"**{column.outcome}**"
                           for column, counts in zip(columns.values(), total))])
    return table


def programs(columns: dict[str, Column]) -> list[list[str]]:
    """The table of programs. A cell has the program's version, and the numbers of passed, skipped and failed tests."""
    table = [["tested with", *columns]]
    for label, package, files in PROGRAMS:
        row = [label]
        for column in columns.values():
            counted = [*column.counts.items(), *column.rows.items()]
            counts = sum((counts for name, counts in counted if name.startswith(files)), Counter())
            tested = column.outcome == "tested"
            row.append(f"{column.versions.get(package, '')}: {cell(counts)}".removeprefix(": ") if tested
                       else f"**{column.outcome}**")
        table.append(row)
    return table


def gaps(columns: dict[str, Column]) -> list[str]:
    lines = []
    for name, column in columns.items():
        lines += [f"- {name}: {reason} ({count} skipped)" for reason, count in column.reasons.most_common()]
        lines += [f"- {name}: failed: {test}" for test in column.failed[:NAMED]]
        lines += [f"- {name}: failed: {len(column.failed) - NAMED} more"] if len(column.failed) > NAMED else []
    return lines


def markdown(table: list[list[str]], remarks: list[str]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in table]
    lines.insert(1, "| " + " | ".join("---" for _ in table[0]) + " |")
    wrapped = [textwrap.fill(remark, 118, subsequent_indent="  ", break_long_words=False,
                             break_on_hyphens=False) for remark in remarks]
    return "\n".join(lines + [""] + wrapped).rstrip()


def for_people(columns: dict[str, Column]) -> str:
    table = [[word.replace("**", "") for word in row] for row in rows(columns)]
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip() for row in table]
    return "\n".join(lines + gaps(columns))


def keep(table: list[list[str]], remarks: list[str], earlier: str, names: list[str]) -> None:
    """Copies these columns, and the remarks on them, from an earlier table."""
    lines = [line.strip("|").split("|") for line in earlier.splitlines() if line.startswith("|")]
    (_, *header), *old = [[word.strip() for word in line] for line in lines] or [[""]]
    names = [name for name in names if name in header]
    cells = {(row[0], name): word for row in old for name, word in zip(header, row[1:]) if name in names and word}
    files = {label for label, _ in cells if label.endswith(".py")} - {row[0] for row in table}
    first = next((i for i, row in enumerate(table) if row[0].endswith(".py")), -1)
    table[first:-1] = sorted(table[first:-1] + [[label, *("" for _ in table[0][1:])] for label in files])
    for row in table[1:]:
        row[1:] = [cells.get((row[0], name), word) for name, word in zip(table[0][1:], row[1:])]
    remarks += [" ".join(remark.split()) for remark in re.split(r"\n(?=- )", earlier)
                if remark.startswith(tuple(f"- {name}: " for name in names))]
    remarks.sort(key=lambda remark: table[0].index(remark[2:].partition(":")[0]))


def write_document(path: Path, table: list[list[str]], remarks: list[str], kept: list[str]) -> None:
    before, rest = path.read_text().split(BEGIN)
    earlier, after = rest.split(END)
    keep(table, remarks, earlier, kept)
    path.write_text(f"{before}{BEGIN}\n\n{markdown(table, remarks)}\n\n{END}{after}")


def main(results: str, document: str, features: str, *names: str) -> None:
    columns = {name: read_column(Path(results) / name / "results") for name in names}
    print(for_people(columns))
    kept = [name for name, column in columns.items() if column.outcome == NOT_RUN]
    write_document(Path(document), rows(columns), gaps(columns), kept)
    write_document(Path(features), programs(columns), [], kept)


if __name__ == "__main__":
    main(*sys.argv[1:])
