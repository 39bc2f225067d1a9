# SPDX-License-Identifier: Apache-2.0
"""Commands that sign files: boot loaders, kernel modules, images, updates, XML."""
from pathlib import Path

from harness.paths import BUILD
from harness.pe import minimal_program
from harness.programs import minimal_environment, version_of
from programs.row import Place, Tool, find, no_certificates, takes_no_uri

KBUILD = "/usr/lib/linux-kbuild-*/"
PROVIDER_PKCS11 = "\npkcs11 = sesam_provider\n"
MODULE_MAGIC = b"~Module signature appended~\n"

IMAGE_SOURCE = """
/dts-v1/;
/ {{
    description = "x";
    #address-cells = <1>;
    images {{
        kernel {{
            description = "x";
            data = /incbin/("{directory}/data");
            type = "kernel";
            arch = "arm64";
            os = "linux";
            compression = "none";
            load = <0>;
            entry = <0>;
            signature {{ algo = "sha256,ALGORITHM"; key-name-hint = "web"; }};
        }};
    }};
    configurations {{ default = "x"; x {{ kernel = "kernel"; }}; }};
}};
"""
UPDATE_MANIFEST = """
[update]
compatible=x
version=1
[bundle]
format=plain
[image.rootfs]
filename=data.img
"""
UPDATE_CONFIGURATION = """
[system]
compatible=x
bootloader=noop
[keyring]
path={certificate}
"""
XML = """<?xml version="1.0"?>
<d><t>x</t><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>
<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ALGORITHM-sha256"/>
<Reference URI=""><Transforms>
<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms>
<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference>
</SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature></d>
"""


def sbsign(place: Place, *key: object) -> None:
    plain, signed = place.directory / "plain.efi", place.directory / "signed.efi"
    plain.write_bytes(minimal_program())
    place.run("sbsign", *key, "--cert", place.identity.certificate, "--output", signed, plain)
    done = place.run_without_device("sbverify", "--cert", place.identity.certificate, signed)
    assert "Signature verification OK" in done.stdout + done.stderr, done


def assert_module_is_signed(place: Place) -> None:
    """The module ends in a detached CMS signature, its length in four bytes, and the magic text."""
    signed = (place.directory / "module.ko").read_bytes().removesuffix(MODULE_MAGIC)
    length = int.from_bytes(signed[-4:], "big")
    (place.directory / "signature").write_bytes(signed[-12 - length:-12])
    (place.directory / "content").write_bytes(signed[:-12 - length])
    place.run_without_device("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content",
                             "content", "-certfile", place.identity.certificate, "-nointern", "-noverify", "-out",
                             "/dev/null")
    assert (place.directory / "content").read_bytes() == b"a module\n" * 9


def sign_file(place: Place) -> None:
    (place.directory / "module.ko").write_bytes(b"a module\n" * 9)
    place.run(find(KBUILD + "scripts/sign-file"), "sha256", place.identity.key, place.identity.certificate,
              "module.ko")
    assert_module_is_signed(place)


def sign_file_by_uri(place: Place) -> None:
    """sign-file loads a provider named pkcs11; in openssl.cnf, that is sesam."""
    place.change_settings("\nsesam = sesam_provider\n", PROVIDER_PKCS11)
    (place.directory / "module.ko").write_bytes(b"a module\n" * 9)
    place.run(find(KBUILD + "scripts/sign-file"), "sha256", "pkcs11:object=web", place.identity.certificate,
              "module.ko")
    assert_module_is_signed(place)


def loads_no_provider() -> str:
    """For `unfit`: kernels from 6.14 on, and some older ones of Debian, load a provider."""
    program = Path(find(KBUILD + "scripts/sign-file") or "")
    return "" if b"OSSL_PROVIDER_try_load" in program.read_bytes() else "this kernel's loads no provider"


def extract_cert(place: Place) -> None:
    """Extracts from a file, without a request to the device."""
    place.run(find(KBUILD + "certs/extract-cert"), place.identity.certificate, "out.der")
    place.run_without_device("openssl", "x509", "-inform", "DER", "-in", "out.der", "-noout")


def extract_cert_by_uri(place: Place) -> None:
    place.offer_certificates()
    place.change_settings("\nsesam = sesam_provider\n", PROVIDER_PKCS11)
    place.run(find(KBUILD + "certs/extract-cert"), "pkcs11:object=web", "out.der")
    done = place.run_without_device("openssl", "x509", "-inform", "DER", "-in", "out.der")
    assert done.stdout == place.identity.certificate.read_text()


def mkimage(place: Place) -> None:
    """The signature covers the data of the image. With -K, the public key goes into a device tree for U-Boot."""
    algorithm = {"EC": "ecdsa256", "RSA": "rsa2048"}[place.identity.type]
    (place.directory / "data").write_bytes(b"a kernel\n" * 9)
    source = place.write("image.its", IMAGE_SOURCE.replace("ALGORITHM", algorithm))
    place.write("keys.dts", "/dts-v1/; / {{ }};\n")
    place.run("dtc", "-O", "dtb", "-o", "keys.dtb", "keys.dts")
    (place.directory / "web.pem").write_text(place.identity.key.read_text())  # where mkimage looks for an ECDSA key
    place.run("mkimage", "-f", source, "-k", place.directory, "-K", "keys.dtb", "-r", "image.fit")
    value = place.run("fdtget", "-t", "bx", "image.fit", "/images/kernel/signature", "value").stdout
    (place.directory / "signature").write_bytes(bytes(int(word, 16) for word in value.split()))
    place.assert_verifies("signature", "data")
    assert "key-web" in place.run("fdtget", "-l", "keys.dtb", "/signature").stdout


def rauc(place: Place) -> None:
    place.write("input/manifest.raucm", UPDATE_MANIFEST)
    (place.directory / "input" / "data.img").write_bytes(b"an image\n" * 9)
    place.run("rauc", "bundle", "--cert", place.identity.certificate, "--key", place.identity.key, "--keyring",
              place.identity.certificate, "input", "update.raucb")
    place.run_without_device("rauc", "info", "--keyring", place.identity.certificate, "update.raucb")


def cosign(place: Place) -> None:
    """cosign finds the plugin in PATH by its name. Nothing is uploaded to a transparency log."""
    surroundings = {"PATH": f"{BUILD}:{minimal_environment(None)['PATH']}", "HOME": str(place.directory)}
    options = ["--yes", "--tlog-upload=false", "--bundle", "bundle.json"]
    if "--use-signing-config" in place.run_without_device("cosign", "sign-blob", "--help").stdout:  # cosign 3
        options.append("--use-signing-config=false")
    (place.directory / "data").write_bytes(b"a blob\n" * 9)
    place.run("cosign", "sign-blob", "--key", "sesam://web", *options, "data", environment=surroundings)
    place.run_without_device("cosign", "verify-blob", "--key", place.public_key(), "--bundle", "bundle.json",
                             "--insecure-ignore-tlog", "data", environment=surroundings)
    shown = place.run("cosign", "public-key", "--key", "sesam://web", environment=surroundings).stdout
    assert shown.strip() == place.public_key().read_text().strip()


def xmlsec1_version() -> tuple[int, ...]:
    return version_of("xmlsec1", "--version")


def before_1_3() -> str:
    return "" if xmlsec1_version() >= (1, 3) else "only xmlsec1 1.3 and later can do this"


def since_1_3() -> str:
    return "xmlsec1 1.3 and later can do this" if xmlsec1_version() >= (1, 3) else ""


def sign_xml(place: Place, *key: object) -> None:
    algorithm = {"EC": "ecdsa", "RSA": "rsa"}[place.identity.type]
    place.write("in.xml", XML.replace("ALGORITHM", algorithm))
    # Version 1.3 looks for a key that the document names; this option accepts any key of the right type.
    lax = [] if before_1_3() else ["--lax-key-search"]
    place.run("xmlsec1", "--sign", "--crypto", "openssl", *lax, *key, "--output", "out.xml", "in.xml")


def xmlsec1(place: Place) -> None:
    sign_xml(place, "--privkey-pem", f"{place.identity.key},{place.identity.certificate}")
    place.run_without_device("xmlsec1", "--verify", "--crypto", "openssl", "--trusted-pem", place.identity.certificate,
                             "out.xml")


def xmlsec1_by_uri(place: Place) -> None:
    sign_xml(place, "--privkey-openssl-store", place.identity.uri)
    place.run_without_device("xmlsec1", "--verify", "--crypto", "openssl", "--lax-key-search", "--pubkey-pem",
                             place.public_key(), "out.xml")


TOOLS = [
    Tool("sbsign", ["sbsign", "sbverify"], use=lambda place: sbsign(place, "--key", place.identity.key)),
    Tool("sbsign", ["sbsign", "sbverify"], unfit=lambda: takes_no_uri("sbsign"), variant="by-uri",
         use=lambda place: sbsign(place, "--engine", "sesam", "--key", place.identity.uri)),
    Tool("sign-file", [KBUILD + "scripts/sign-file"], use=sign_file),
    Tool("sign-file", [KBUILD + "scripts/sign-file"], unfit=loads_no_provider, use=sign_file_by_uri, variant="by-uri"),
    Tool("extract-cert", [KBUILD + "certs/extract-cert"], use=extract_cert, signatures=0),
    Tool("extract-cert", [KBUILD + "certs/extract-cert"], unfit=lambda: no_certificates() or loads_no_provider(),
         use=extract_cert_by_uri, variant="by-uri", signatures=0),
    Tool("mkimage", ["mkimage", "dtc", "fdtget"], ["RSA"], use=mkimage),
    Tool("mkimage", ["mkimage", "dtc", "fdtget"], ["EC"], use=mkimage, refusal="Can not extract ECDSA key"),
    Tool("rauc", ["rauc", "mksquashfs"], use=rauc),
    Tool("cosign", ["cosign"], use=cosign),
    Tool("xmlsec1", ["xmlsec1"], ["EC"], use=xmlsec1),
    Tool("xmlsec1", ["xmlsec1"], ["RSA"], unfit=before_1_3, use=xmlsec1),
    # For 1.2, an RSA key is private only if it exports the private exponent (lsh123/xmlsec#901).
    Tool("xmlsec1", ["xmlsec1"], ["RSA"], unfit=since_1_3, use=xmlsec1, refusal="key is not found"),
    Tool("xmlsec1", ["xmlsec1"], unfit=before_1_3, use=xmlsec1_by_uri, variant="by-uri"),
]
