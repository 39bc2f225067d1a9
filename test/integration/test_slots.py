# SPDX-License-Identifier: Apache-2.0
"""Calls every function that the provider offers to OpenSSL with null, for a size query, with a short buffer, with the
wrong key, and on copies."""
from drivers.life import compile_driver


def test_every_dispatch_slot_bears_what_openssl_would_never_do(shared_device, openssl_cnf, run, tmp_path):
    shared_device.create_key("slots-ec")
    shared_device.create_key("slots-rsa", type="RSA", size=2048)
    program = compile_driver(tmp_path, "slots", "slots.c", "slots_keys.c", "slots_others.c")
    run([program, "sesam:slots-ec", "sesam:slots-rsa"], openssl_cnf(shared_device))
