# SPDX-License-Identifier: Apache-2.0
"""Writes an openssl.cnf that activates build/sesam.so against a simulator."""
from pathlib import Path
from typing import Any

from harness.paths import MODULE
from harness.simulator import PASSWORD, USER, Simulator


def settings_for(simulator: Simulator, **overrides: Any) -> dict[str, Any]:
    """The settings of the provider section; an override of None leaves the setting out."""
    settings = {
        "url": simulator.url,
        "address": "127.0.0.1",
        "tlscert": simulator.tlscert,
        "user": USER,
        "pass": PASSWORD,
        "core": 1,
        **overrides,
    }
    return {key: value for key, value in settings.items() if value is not None}


def write(path: Path, settings: dict[str, Any], *, sesam_first: bool = False, default_properties: str | None = None,
          sections: str = "", extra: str = "", module: Path = MODULE) -> Path:
    """`sections` prefixes the names of all sections, for two configurations in one test. `extra` is appended to the
    file."""
    names = ["default", "sesam"]
    if sesam_first:
        names.reverse()
    algorithms = f"alg_section = {sections}algorithms\n" if default_properties else ""
    # Without `extensions`, `x509 -req` of OpenSSL 4.0 reads the lines before the first section as extensions of the
    # certificate.
    text = (f"openssl_conf = {sections}init\nextensions = {sections}no_extensions\n\n[{sections}no_extensions]\n\n"
            f"[{sections}init]\nproviders = {sections}providers\n{algorithms}")
    text += f"\n[{sections}providers]\n" + "".join(f"{name} = {sections}{name}_provider\n" for name in names)
    text += f"\n[{sections}default_provider]\nactivate = 1\n"
    text += f"\n[{sections}sesam_provider]\nmodule = {module}\nactivate = 1\n"
    text += "".join(f"{key} = {value}\n" for key, value in settings.items())
    if default_properties:
        text += f"\n[{sections}algorithms]\ndefault_properties = {default_properties}\n"
    # `openssl req` requires its own section.
    text += "\n[req]\ndistinguished_name = req_dn\nx509_extensions = req_ext\n[req_dn]\n"
    text += "[req_ext]\nbasicConstraints = critical,CA:true\n"
    path.write_text(text + extra)
    # sesam warns if a file with a secret is world-readable.
    path.chmod(0o600 if {"pass", "pin", "keygen_pin"} & set(settings) else 0o644)
    return path
