# SPDX-License-Identifier: Apache-2.0
"""Command-line completion, in real shells."""
import re
import shutil

import pytest

from harness.paths import COMMAND, REPOSITORY
from harness.programs import run

PACKAGING = REPOSITORY / "packaging"
DEVICE_NAMES = ["web", "web 1;x", "jp.example", "evil\x1b[2J", "--help", "$(touch pwned)", "sesam:x", "a'b"]


def bash(cnf, *words, cwd=None):
    """Calls the completion function like readline, which splits words at ':' and '='."""
    parts = [part for word in words[:-1] for part in split(word)] + split(words[-1])
    script = f'source "{PACKAGING / "sesam.bash"}"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
    script += "COMP_WORDBREAKS=$' \\t\\n\"\\'><=;|&(:'; current=${@: -1}; [[ $current == [:=] ]] && current=''; "
    script += '_sesam "$1" "$current" "${@: -2:1}"; printf "%s\\n" "${COMPREPLY[@]}"'
    return set(run(["bash", "-c", script, "-", COMMAND, *parts], cnf, cwd=cwd).stdout.splitlines()) - {""}


def split(word):
    return [part for part in re.split("([:=])", word) if part] or [""]


def fish(cnf, *words, cwd=None):
    line = " ".join([str(COMMAND), *words])
    script = f'source {PACKAGING / "sesam.fish"}; complete -C {quoted(line)}'
    shown = run(["fish", "--no-config", "-c", script], cnf, cwd=cwd, environment={"HOME": str(cwd or "/nonexistent")})
    return {line.split("\t")[0] for line in shown.stdout.splitlines()} - {""}


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def zsh(cnf, *words, cwd=None):
    """The arguments of compadd in a zsh on a pseudo-terminal (zpty)."""
    line = " ".join([str(COMMAND), *words])
    script = f'''
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; fpath=({PACKAGING} $fpath); autoload -Uz compinit; compinit -u -D; setopt no_beep'
zpty -w z 'zstyle ":completion:*" list-grouped false; LISTMAX=10000; COLUMNS=200'
zpty -w z 'compadd() {{ local -a words; builtin compadd -O words "$@"
  print -rl -- "<"${{^words}}">"; builtin compadd "$@" }}'
zpty -w z 'finished() {{ print -r -- "{{END}}" }}; comppostfuncs=(finished)'
zpty -w z 'bindkey "^I" complete-word; print READY'
zpty -m -r z seen '*READY*READY*'
zpty -w -n z {quoted_for_zsh(line)}$'\\t'
zpty -m -r z shown '*{{END}}*'
print -r -- $shown
zpty -d z
'''
    environment = {"HOME": str(cwd or "/nonexistent"), "TERM": "dumb"}
    shown = run(["zsh", "-f", "-c", script], cnf, cwd=cwd, environment=environment)
    return set(re.findall(r"<([^<>\r\n]*)>", shown.stdout))


def quoted_for_zsh(text):
    return "'" + text.replace("'", "'\\''") + "'"


@pytest.fixture(params=["bash", "fish", "zsh"])
def complete(request, tmp_path):
    """complete(cnf, "list", "--so") -> the words that the shell offers for the last one"""
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    return lambda cnf, *words: globals()[request.param](cnf, *words, cwd=tmp_path)


def options_of(*subcommand):
    return set(re.findall(r"^ {1,12}(?:-\w, *)?(--[\w-]+)", run([COMMAND, *subcommand, "--help"]).stdout, re.M))


def subcommands():
    return set(re.findall(r"^  (\S+)", re.split("(?i)subcommands:", run([COMMAND, "--help"]).stdout)[1], re.M))


def test_subcommands(complete):
    assert complete(None, "") == subcommands() >= {"list", "simulate", "bench"}
    assert complete(None, "s") == {word for word in subcommands() if word.startswith("s")}


def test_options(complete):
    assert complete(None, "--s") == {"--section", "--set"}
    assert complete(None, "bench", "--") == options_of("bench") | options_of()
    assert complete(None, "--json", "bench", "--s") == {"--seconds", "--svg", "--section", "--set"}


@pytest.mark.parametrize("words, values", [
    (["list", "--sort", ""], {"name", "created", "used", "type"}), (["list", "--type", ""], {"EC", "RSA", "SYM"}),
    (["list", "--curve", "P-"], {"P-256", "P-384", "P-521"}), (["generate", "x", "--curve", "P-3"], set()),
    (["generate", "x", "--curve", "P-"], {"P-256", "P-384", "P-521"}), (["--color", "a"], {"auto", "always"}),
    (["sign", "web", "--digest", "SHA3-2"], {"SHA3-224", "SHA3-256"}),
    (["list", "--set", "deadline"], {"deadline_ms="}),
    (["setup", "--pass-source", ""], {"file:", "env:", "stdin:", "ask:"}),
    (["generate", "x", "--pin-source", ""], {"file:", "env:", "ask:"}),
], ids=lambda words: " ".join(sorted(words) if isinstance(words, set) else words))
def test_values_of_options(request, complete, words, values):
    values = values or {"P-384"}
    shown = complete(None, *words)
    # zsh inserts a single match immediately.
    inserts = request.node.callspec.params["complete"] == "zsh" and len(values) == 1
    assert shown == values or inserts and shown <= values


def test_files(complete, tmp_path):
    (tmp_path / "openssl.cnf").touch()
    (tmp_path / "other.cnf").touch()
    (tmp_path / "odir").mkdir()
    assert {"openssl.cnf", "other.cnf"} <= complete(None, "--config", "o")
    assert {"openssl.cnf", "other.cnf"} <= complete(None, "bench", "--svg", "o")


@pytest.fixture
def named_keys(device, openssl_cnf):
    for name in DEVICE_NAMES:
        device.create_key(name)
    return openssl_cnf(device)


def test_keys_of_the_device(complete, named_keys, tmp_path):
    shown = {word.replace("\\", "") for word in complete(named_keys, "show", "")}
    assert shown == {"web", "web 1;x", "jp.example", "$(touch pwned)", "a'b"}
    assert {word.replace("\\", "") for word in complete(named_keys, "list", "w")} == {"web", "web 1;x"}
    assert not (tmp_path / "pwned").exists()


def test_keys_of_the_device_that_options_name(complete, named_keys):
    shown = complete(None, "--config", str(named_keys), "delete", "w")
    assert {word.replace("\\", "") for word in shown} == {"web", "web 1;x"}


def test_bash_quotes_what_it_inserts(named_keys):
    assert r"web\ 1\;x" in bash(named_keys, "show", "w")
    assert r"\$\(touch\ pwned\)" in bash(named_keys, "show", "")
    assert bash(named_keys, "show", "web\\ ") == {r"web\ 1\;x"}


def test_bash_completes_the_value_behind_an_equals_sign(named_keys):
    assert bash(named_keys, "list", "--sort=cr") == {"created"}
    assert bash(named_keys, "list", "--sort=") == {"name", "created", "used", "type"}
    assert bash(named_keys, "--set=core=2", "--conf") == {"--config"}


def test_an_unresponsive_device_does_not_block_the_shell(device, openssl_cnf):
    device.fault("slow", -1, ms=20000)
    done = run([COMMAND, "__complete", "show", ""], openssl_cnf(device), timeout=10)
    assert (done.stdout, done.stderr) == ("", "")


def test_without_a_configuration_nothing_is_said(tmp_path):
    done = run([COMMAND, "__complete", "--config", tmp_path / "missing.cnf", "show", ""])
    assert (done.stdout, done.stderr) == ("", "")
