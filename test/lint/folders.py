# SPDX-License-Identifier: Apache-2.0
"""The product's folders, as described by the build and docs/ARCHITECTURE.md."""
import re
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
KEYWORDS = ("PROGRAM", "PUBLISHES", "LINKS")


class Folder(NamedTuple):
    """One call of sesam_folder() in a CMakeLists.txt (cmake/folder.cmake)."""
    name: str
    program: list[str]  # sources that are not in the library
    publishes: list[str]
    links: list[str]  # targets, our own and external ones
    sees: list[str]  # those of `links` that are folders


def read_folders(root: Path = REPOSITORY) -> dict[str, Folder]:
    """All folders, in the order of the build."""
    calls = {}
    for name in subdirectories(root, root):
        text = (root / name / "CMakeLists.txt").read_text()
        for call in re.findall(r"^sesam_folder\(([^)]*)\)", text, flags=re.M):
            words = re.sub(r"#.*", "", call).split()
            found: dict[str, list[str]] = {keyword: [] for keyword in KEYWORDS}
            for word in words[1:]:
                if word in KEYWORDS:
                    current = found[word]
                else:
                    current.append(word)
            calls[words[0]] = found
    targets = {"sesam_" + name.replace("/", "_"): name for name in calls}
    return {name: Folder(name, *(found[keyword] for keyword in KEYWORDS),
                         [targets[link] for link in found["LINKS"] if link in targets])
            for name, found in calls.items()}


def subdirectories(directory: Path, root: Path) -> list[str]:
    """The subdirectories that a CMakeLists.txt adds, recursively, without the tests."""
    names = []
    for name in re.findall(r"^ *add_subdirectory\(([\w/]+)\)", (directory / "CMakeLists.txt").read_text(), flags=re.M):
        path = directory / name
        if path != root / "test" and path.parent != root / "test":
            names += [str(path.relative_to(root)), *subdirectories(path, root)]
    return names


def read_layers(root: Path = REPOSITORY) -> list[list[str]]:
    """The layers of docs/ARCHITECTURE.md, lowest first: "base ← metrics ← …". Folders of a layer have commas between
    them."""
    text = (root / "docs" / "ARCHITECTURE.md").read_text()
    drawn = re.search(r"^    base(?:.*\n    )*.*", text, flags=re.M)
    if not drawn:
        raise SystemExit("docs/ARCHITECTURE.md: no line that begins with 'base ←'")
    return [[name.strip() for name in layer.split(",")] for layer in drawn[0].split("←")]
