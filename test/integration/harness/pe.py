# SPDX-License-Identifier: Apache-2.0
"""A minimal valid Windows executable: headers and a section with one instruction (Microsoft's "PE Format")."""
import struct

ALIGNMENT, HEADER_BYTES = 0x200, 0x200
DIRECTORIES = 16


def minimal_program() -> bytes:
    code = b"\xc3".ljust(ALIGNMENT, b"\0")  # ret
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    optional = struct.pack("<HBBIIIII", 0x20B, 14, 0, len(code), 0, 0, 0x1000, 0x1000)  # PE32+, entry point
    optional += struct.pack("<QIIHHHHHHIIIIHH", 0x140000000, 0x1000, ALIGNMENT, 6, 0, 0, 0, 6, 0, 0, 0x2000,
                            HEADER_BYTES, 0, 3, 0)
    optional += struct.pack("<QQQQII", 0x100000, 0x1000, 0x100000, 0x1000, 0, DIRECTORIES) + bytes(8 * DIRECTORIES)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x22)
    section = b".text\0\0\0" + struct.pack("<IIIIIIHHI", len(code), 0x1000, len(code), HEADER_BYTES, 0, 0, 0, 0,
                                           0x60000020)
    return (dos + coff + optional + section).ljust(HEADER_BYTES, b"\0") + code
