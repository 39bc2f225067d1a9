# SPDX-License-Identifier: Apache-2.0
"""dnssec-policy statements for named: all delays are cut to a second or less, so a rollover takes about ten seconds."""

SHORT_TIMES = """
    dnskey-ttl 1; max-zone-ttl 1; parent-ds-ttl 1;
    publish-safety 0; retire-safety 0; zone-propagation-delay 0; parent-propagation-delay 0;
    signatures-validity 60; signatures-validity-dnskey 60; signatures-refresh 53; signatures-jitter 0;
"""
LASTING = "dnskey-ttl 1; max-zone-ttl 1;"  # otherwise BIND's default times


def key_store(name: str, uri: str) -> str:
    return f'key-store "{name}" {{ directory "."; pkcs11-uri "{uri}"; }};\n'


def policy(ksk: str = "", zsk: str = "", algorithm: str = "ecdsap256sha256", zsk_lifetime: str = "unlimited",
           more: str = SHORT_TIMES) -> str:
    """The policy "tested". `ksk` and `zsk` are the location of the keys, such as 'key-store "hsm"'; empty: in files."""
    return _policy_of(f"ksk {ksk} lifetime unlimited algorithm {algorithm}; "
                      f"zsk {zsk} lifetime {zsk_lifetime} algorithm {algorithm};", more)


def csk_policy(csk: str = "", algorithm: str = "ecdsap256sha256") -> str:
    """The policy "tested" with one key for both roles, in files or in `csk`."""
    return _policy_of(f"csk {csk} lifetime unlimited algorithm {algorithm};")


def combined_policy(*algorithms: str) -> str:
    """The policy "tested" with a KSK and a ZSK of each algorithm, in key-store "hsm"."""
    return _policy_of(" ".join(f'{role} key-store "hsm" lifetime unlimited algorithm {algorithm};'
                               for algorithm in algorithms for role in ("ksk", "zsk")))


def _policy_of(keys: str, more: str = SHORT_TIMES) -> str:
    return f'dnssec-policy "tested" {{ keys {{ {keys} }}; {more} }};\n'
