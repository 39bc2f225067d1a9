# SPDX-License-Identifier: Apache-2.0
"""systemd's signing commands, from version 257 on: they accept a URI and the name of the provider."""
import base64
import json
import re

from harness.pe import minimal_program
from harness.programs import version_of
from programs.row import Place, Tool, find, no_certificates

SBSIGN, MEASURE, REPART = "/usr/lib/systemd/systemd-sbsign", "/usr/lib/systemd/systemd-measure", "systemd-repart"
STUB = "/usr/lib/systemd/boot/efi/linux*.efi.stub"

PARTITIONS = {
    "10-data.conf": "Type=root\nFormat=squashfs\nCopyFiles={directory}/tree:/\nMinimize=best\nVerity=data\n",
    "20-hash.conf": "Type=root-verity\nMinimize=best\nVerity=hash\n",
    "30-signature.conf": "Type=root-verity-sig\nVerity=signature\n",
}


def takes_no_provider() -> str:
    return "" if version_of(REPART, "--version", whole=True) >= (257,) else "only systemd 257 and later take providers"


def key_by_uri(place: Place) -> list[object]:
    return [f"--private-key={place.identity.uri}", "--private-key-source=provider:sesam",
            f"--certificate={place.identity.certificate}"]


def sbsign_with_both_by_uri(place: Place) -> None:
    place.offer_certificates()
    (place.directory / "plain.efi").write_bytes(minimal_program())
    place.run(SBSIGN, "sign", *key_by_uri(place)[:2], f"--certificate={place.identity.uri}",
              "--certificate-source=provider:sesam", "--output=signed.efi", "plain.efi")
    assert_is_signed(place, "signed.efi")


def assert_is_signed(place: Place, program: str) -> None:
    done = place.run_without_device("sbverify", "--cert", place.identity.certificate, program)
    assert "Signature verification OK" in done.stdout + done.stderr, done


def sbsign(place: Place) -> None:
    (place.directory / "plain.efi").write_bytes(minimal_program())
    place.run(SBSIGN, "sign", *key_by_uri(place), "--output=signed.efi", "plain.efi")
    assert_is_signed(place, "signed.efi")


def ukify(place: Place) -> None:
    (place.directory / "plain.efi").write_bytes(minimal_program())
    place.run("ukify", "build", "--linux=plain.efi", f"--stub={find(STUB)}", "--uname=1", "--cmdline=x",
              "--no-sign-kernel", "--signtool=systemd-sbsign", "--signing-provider=sesam",
              f"--secureboot-private-key={place.identity.uri}",
              f"--secureboot-certificate={place.identity.certificate}", "--output=image.efi")
    assert_is_signed(place, "image.efi")


def measure(place: Place) -> None:
    """Signs the TPM policy for one phase of the boot."""
    (place.directory / "plain.efi").write_bytes(minimal_program())
    done = place.run(MEASURE, "sign", "--linux=plain.efi", "--bank=sha256", "--phase=enter-initrd", "--json=short",
                     *key_by_uri(place))
    (policy,) = json.loads(done.stdout)["sha256"]
    (place.directory / "policy").write_bytes(bytes.fromhex(policy["pol"]))
    (place.directory / "signature").write_bytes(base64.b64decode(policy["sig"]))
    place.assert_verifies("signature", "policy")


def repart(place: Place) -> None:
    """Makes a partition with the signature of another partition's root hash, which is in the image as JSON."""
    (place.directory / "tree").mkdir()
    (place.directory / "tree" / "file").write_text("x\n")
    for name, text in PARTITIONS.items():
        place.write(f"definitions/{name}", f"[Partition]\n{text}VerityMatchKey=x\n")
    place.run(REPART, "--empty=create", "--size=auto", "--dry-run=no", "--offline=yes",
              f"--definitions={place.directory}/definitions", *key_by_uri(place), "image.raw")
    found = re.search(rb'\{"rootHash":.*?\}', (place.directory / "image.raw").read_bytes())
    assert found, "the image has no signature"
    signed = json.loads(found[0])
    (place.directory / "hash").write_text(signed["rootHash"])
    (place.directory / "signature").write_bytes(base64.b64decode(signed["signature"]))
    place.run_without_device("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content",
                             "hash", "-certfile", place.identity.certificate, "-nointern", "-noverify", "-out",
                             "/dev/null")


TOOLS = [
    Tool("systemd-sbsign", [SBSIGN, "sbverify"], use=sbsign),
    Tool("systemd-sbsign", [SBSIGN, "sbverify"], unfit=no_certificates, use=sbsign_with_both_by_uri, variant="both"),
    Tool("ukify", ["ukify", SBSIGN, STUB, "sbverify"], use=ukify),
    Tool("systemd-measure", [MEASURE, REPART], unfit=takes_no_provider, use=measure),
    # systemd-repart 257 signs twice.
    Tool("systemd-repart", [REPART, "mksquashfs"], unfit=takes_no_provider, use=repart, signatures=2),
]
