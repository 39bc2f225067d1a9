#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the direction of all includes against the layers of docs/ARCHITECTURE.md, and the links and headers of each
CMakeLists.txt.

scripts/lint includes"""
import re
import sys
from pathlib import Path

from folders import REPOSITORY, Folder, read_folders, read_layers

# Headers and targets of libraries that only one folder may use.
ONLY_IN = {"curl/": "transport/curl", "simdjson.h": "n200"}
TARGET_ONLY_IN = {"CURL::libcurl": "transport/curl", "simdjson::simdjson": "n200"}
# <openssl/core_dispatch.h> is only for ossl/ and for files with a dispatch table.
DISPATCH, HAS_TABLE = "openssl/core_dispatch.h", "SESAM_BIND"
ENTRY = "provider/entry.cc"  # fills the first table that OpenSSL reads
# Permitted includes; an exception that is no longer needed is an error.
EXCEPTIONS: set[tuple[str, str]] = set()


def code(root: Path, directory: str) -> list[Path]:
    return sorted(path for path in (root / directory).rglob("*") if path.suffix in {".cc", ".h"})


def includes(path: Path) -> list[tuple[int, str, str]]:
    """The line number, opening character and name of each include."""
    return [(number, found[1], found[2]) for number, line in enumerate(path.read_text().splitlines(), 1)
            if (found := re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line))]


class Check:
    def __init__(self, root: Path):
        self.root = root
        self.folders = read_folders(root)
        self.rank = {name: rank for rank, layer in enumerate(read_layers(root)) for name in layer}
        self.unused = set(EXCEPTIONS)
        self.mistakes: list[str] = []

    def run(self) -> list[str]:
        self.check_folders()
        for folder in self.folders.values():
            for path in code(self.root, folder.name):
                if self.folder_of(str(path.relative_to(self.root))) == folder.name:
                    self.check_file(path, folder)
        self.check_simulator()
        self.mistakes += [f"{file}: the exception for <{header}> is no longer needed: remove it from "
                          "test/lint/includes.py"
                          for file, header in sorted(self.unused)]
        return self.mistakes

    def folder_of(self, path: str) -> str | None:
        """The folder that has the file, or None."""
        parent = str(Path(path).parent)
        return parent if parent in self.folders else None

    def check_folders(self) -> None:
        """Checks that the layers name the existing folders, and that links point only to lower layers."""
        holding_code = {str(path.parent.relative_to(self.root)) for directory in self.root.iterdir()
                        if directory.is_dir() and directory.name not in {"build", "test"} and directory.name[0] != "."
                        for path in code(self.root, directory.name)}
        for name in sorted(holding_code | set(self.folders) | set(self.rank)):
            if name not in self.rank or name not in self.folders or name not in holding_code:
                self.mistakes.append(f"{name}: must have code, a sesam_folder() and a place among the layers of "
                                     "docs/ARCHITECTURE.md")
        for folder in self.folders.values():
            for seen in folder.sees:
                if self.rank.get(seen, 0) >= self.rank.get(folder.name, 0):
                    self.mistakes.append(f"{folder.name}/CMakeLists.txt: links {seen}, which is not in a lower layer")
            for link in folder.links:
                if TARGET_ONLY_IN.get(link, folder.name) != folder.name:
                    self.mistakes.append(f"{folder.name}/CMakeLists.txt: links {link}, which is for "
                                         f"{TARGET_ONLY_IN[link]} alone")

    def check_file(self, path: Path, folder: Folder) -> None:
        file = str(path.relative_to(self.root))
        for number, bracket, header in includes(path):
            wrong = self.wrong_with_own(header, folder) if bracket == '"' else self.wrong_with_other(header, file, path)
            if wrong:
                self.mistakes.append(f"{file}:{number}: {header}: {wrong}")

    def wrong_with_own(self, header: str, folder: Folder) -> str:
        owner = self.folder_of(header)
        if not owner or not (self.root / header).exists():
            return "not a header of a product folder, as \"folder/name.h\""
        if owner == folder.name:
            return ""
        if owner not in folder.sees:
            return f"{folder.name} does not link {owner}"
        return "" if Path(header).name in self.folders[owner].publishes else f"{owner} does not publish it"

    def wrong_with_other(self, header: str, file: str, path: Path) -> str:
        if header.split("/")[0] in {"test", *self.folders}:
            return "include the project's own headers with quotes"
        for prefix, only in ONLY_IN.items():
            if header.startswith(prefix) and self.folder_of(file) != only:
                return f"for {only}/ alone"
        if header != DISPATCH or self.folder_of(file) == "ossl" or file == ENTRY or HAS_TABLE in path.read_text():
            return ""
        if (file, header) in EXCEPTIONS:
            self.unused.discard((file, header))
            return ""
        return "for ossl/ and for files with a dispatch table"

    def check_simulator(self) -> None:
        """Checks that the simulator includes only its own headers."""
        for path in code(self.root, "test/simulator"):
            for number, bracket, header in includes(path):
                if bracket == '"' and not (path.parent / header).exists():
                    self.mistakes.append(f"{path.relative_to(self.root)}:{number}: {header}: not in test/simulator")


def main() -> int:
    mistakes = Check(REPOSITORY).run()
    for mistake in mistakes:
        print(mistake)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
