# SPDX-License-Identifier: Apache-2.0
"""pkcs11-provider with SoftHSM, from Debian: how BIND would sign with a key on this machine."""
import shutil
import subprocess
from pathlib import Path

from harness.programs import run

TOKEN, LABEL, PIN = "bench", "bench", "1234"


def provider_module() -> Path | None:
    """Looks in OpenSSL's directory of providers; the command prints: MODULESDIR: "…"."""
    told = subprocess.run(["openssl", "version", "-m"], capture_output=True, text=True, check=True, timeout=30).stdout
    module = Path(told.split('"')[1]) / "pkcs11.so"
    return module if module.exists() else None


def softhsm_module() -> Path | None:
    return next(iter(sorted(Path("/usr/lib").glob("**/softhsm/libsofthsm2.so"))), None)


class Missing(Exception):
    """The peer is not installed on this machine."""


def require_programs() -> None:
    if not provider_module():
        raise Missing("pkcs11-provider is not installed (on Debian 12 it is in bookworm-backports)")
    if not softhsm_module() or not shutil.which("softhsm2-util"):
        raise Missing("softhsm2 is not installed")


def set_up(directory: Path) -> tuple[Path, str, dict[str, str]]:
    """Creates a token with a P-256 key. Returns openssl.cnf, the key's label for BIND, and the environment it needs."""
    require_programs()
    tokens = directory / "tokens"
    tokens.mkdir(parents=True)
    softhsm_conf = directory / "softhsm2.conf"
    softhsm_conf.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    environment = {"SOFTHSM2_CONF": str(softhsm_conf)}
    key = directory / "key.pem"
    run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key])
    run(["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", PIN],
        environment=environment)
    run(["softhsm2-util", "--import", key, "--token", TOKEN, "--label", LABEL, "--id", "a1", "--pin", PIN],
        environment=environment)
    openssl_conf = directory / "openssl.cnf"
    # no-deinit: C_Finalize crashes at the end of a process that still has running threads.
    openssl_conf.write_text(f"""openssl_conf = init

[init]
providers = providers

[providers]
default = default_provider
pkcs11 = pkcs11_provider

[default_provider]
activate = 1

[pkcs11_provider]
module = {provider_module()}
pkcs11-module-path = {softhsm_module()}
pkcs11-module-quirks = no-deinit
activate = 1
""")
    # BIND links jemalloc, and pkcs11-provider opens the module with RTLD_DEEPBIND. The module would then free memory of
    # one malloc with the other. A module that is preloaded uses the program's malloc.
    environment["LD_PRELOAD"] = str(softhsm_module())
    return openssl_conf, f"pkcs11:token={TOKEN};object={LABEL};pin-value={PIN}", environment
