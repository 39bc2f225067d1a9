# SPDX-License-Identifier: Apache-2.0
"""Certificates in the store: found by the public key, in the directory that the setting `certificates` names."""
import os
import re
import shutil
import time

import pytest

from harness.keys import total_found
from harness.pki import Pki
from harness.ports import free_port
from harness.tls import VERSIONS, Server, fetch, make_file_identity

CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\n.*?-----END CERTIFICATE-----\n", re.S)
KINDS = re.compile(r"^\d+: (.+)$", re.M)


@pytest.fixture
def pki(tmp_path):
    return Pki(tmp_path / "pki")


@pytest.fixture
def directory(tmp_path):
    made = tmp_path / "certificates"
    made.mkdir()
    return made


@pytest.fixture
def put(directory):
    """put(path, …) copies files into the directory."""

    def copy(*paths):
        for path in paths:
            shutil.copy(path, directory)

    return copy


@pytest.fixture
def web(device):
    device.create_key("web")
    return device


@pytest.fixture
def cnf(web, openssl_cnf, directory):
    return openssl_cnf(web, certificates=directory, log_level=2)


@pytest.fixture
def chain(pki, web, openssl_cnf, put):
    """A key with a certificate chain in the directory. -> the files: leaf, issuer, root"""
    root = pki.ca("root")
    issuing = pki.ca("issuing", root)
    leaf = pki.leaf("sesam:web", openssl_cnf(web), issuing, "web")
    made = [leaf, issuing.certificate, root.certificate]
    put(*made)
    web.reset_counters()
    return made


def pem_of(path) -> str:
    return CERTIFICATE.search(path.read_text())[0]


def certificates(listing: str) -> list[str]:
    return CERTIFICATE.findall(listing)


@pytest.mark.parametrize("uri", ["sesam:web", "pkcs11:object=web", "sesam:web;type=cert"])
def test_certs_are_the_keys_own_and_its_chain(web, cnf, openssl, chain, uri):
    listing = openssl(cnf, "storeutl", "-certs", uri)
    assert certificates(listing.stdout) == [pem_of(path) for path in chain] and listing.stderr == ""
    assert web.requests() == {"getkeyattributes": 1}


def test_certificates_come_behind_the_two_keys(cnf, openssl, chain):
    assert KINDS.findall(openssl(cnf, "storeutl", "-noout", "sesam:web").stdout) == [
        "Pkey", "Public key", "Certificate", "Certificate", "Certificate"]


@pytest.mark.parametrize("uri, options, expected", [
    ("sesam:web;type=cert", [], ["Certificate"] * 3),
    ("sesam:web;type=private", [], ["Pkey"]),
    ("sesam:web;type=public", [], ["Public key"]),
    ("sesam:web", ["-keys"], ["Pkey"]),
    ("sesam:web", ["-crls"], []),
])
def test_type_and_expectation_narrow(cnf, openssl, chain, uri, options, expected):
    assert KINDS.findall(openssl(cnf, "storeutl", "-noout", *options, uri).stdout) == expected


@pytest.mark.parametrize("uri, option, kind", [
    ("sesam:web;type=cert", "-keys", "Pkey"),
    ("sesam:web;type=private", "-certs", "Certificate"),
    ("sesam:web;type=public", "-keys", "Pkey"),
    ("sesam:web;type=secret-key", "-keys", "Pkey"),
])
def test_a_type_that_excludes_what_is_asked_for_is_an_error(cnf, openssl, chain, uri, option, kind):
    done = openssl(cnf, "storeutl", "-noout", option, uri, check=False)
    assert done.returncode != 0 and total_found(done.stdout) == 0
    assert f"'type' in the URI excludes what the program asks for: {kind}" in done.stderr


def test_without_the_setting_there_are_the_keys_alone(web, openssl_cnf, openssl, chain):
    cnf = openssl_cnf(web)
    assert KINDS.findall(openssl(cnf, "storeutl", "-noout", "sesam:web").stdout) == ["Pkey", "Public key"]
    done = openssl(cnf, "storeutl", "-noout", "-certs", "sesam:web", check=False)
    assert done.returncode != 0 and "'certificates' is not set" in done.stderr
    done = openssl(cnf, "x509", "-in", "sesam:web", "-noout", check=False)
    assert done.returncode != 0 and "'certificates' is not set" in done.stderr
    done = openssl(cnf, "storeutl", "-noout", "sesam:web;type=cert", check=False)
    assert "no certificate" in done.stderr and "'certificates' is not set" in done.stderr


def test_without_the_setting_a_subject_cannot_be_searched(web, openssl_cnf, openssl):
    done = openssl(openssl_cnf(web), "storeutl", "-certs", "-subject", "/CN=web", "sesam:", check=False)
    assert done.returncode != 0 and "set 'certificates' in openssl.cnf" in done.stderr and web.requests() == {}


def test_only_a_caller_that_wants_certificates_is_told_that_there_are_none(cnf, openssl, directory, pki, put):
    put(pki.ca("unrelated").certificate)
    done = openssl(cnf, "storeutl", "-noout", "sesam:web")
    assert KINDS.findall(done.stdout) == ["Pkey", "Public key"] and done.stderr == ""
    done = openssl(cnf, "storeutl", "-noout", "-certs", "sesam:web", check=False)
    assert "no certificate" in done.stderr and f"none of the 1 certificates in {directory}" in done.stderr
    assert "key 'web'" in done.stderr


def test_it_verifies_with_what_the_store_yields(cnf, openssl, chain, tmp_path):
    (tmp_path / "chain.pem").write_text("".join(certificates(openssl(cnf, "storeutl", "-certs", "sesam:web").stdout)))
    done = openssl(None, "verify", "-CAfile", chain[2], "-untrusted", tmp_path / "chain.pem", tmp_path / "chain.pem")
    assert "chain.pem: OK" in done.stdout


def test_the_store_completes_the_chain_of_openssl_verify(cnf, openssl, chain):
    """OpenSSL searches the store for the name of each issuer."""
    assert "OK" in openssl(cnf, "verify", "-no-CApath", "-no-CAfile", "-CAstore", "sesam:web", chain[0]).stdout


@pytest.mark.parametrize("uri", ["sesam:web", "sesam:", "sesam:type=cert"])
@pytest.mark.parametrize("subject, found", [("/CN=web", [0]), ("/CN=ISSUING", [1]), ("/CN=root", [2]),
                                            ("/CN=other", [])])
def test_a_certificate_is_found_by_its_subject(web, cnf, openssl, chain, uri, subject, found):
    listing = openssl(cnf, "storeutl", "-certs", "-subject", subject, uri)
    assert certificates(listing.stdout) == [pem_of(chain[number]) for number in found] and listing.stderr == ""
    assert web.requests() == ({"getkeyattributes": 1} if uri == "sesam:web" else {})


def test_a_certificate_that_is_not_of_the_key_is_found_without_a_key_only(cnf, openssl, chain, pki, put):
    put(pki.ca("unrelated").certificate)
    assert len(certificates(openssl(cnf, "storeutl", "-certs", "-subject", "/CN=unrelated", "sesam:").stdout)) == 1
    assert not certificates(openssl(cnf, "storeutl", "-certs", "-subject", "/CN=unrelated", "sesam:web").stdout)


def test_type_cert_without_a_key_lists_the_directory(web, cnf, openssl, chain):
    found = certificates(openssl(cnf, "storeutl", "sesam:type=cert").stdout)
    assert sorted(found) == sorted(pem_of(path) for path in chain) and web.requests() == {}


@pytest.mark.parametrize("uri, kinds", [
    ("sesam:", ["Pkey", "Public key", "Certificate", "Certificate", "Certificate"]),
    ("sesam:web;type=public", ["Public key"]),
    ("sesam:other", []),
])
def test_an_alias_is_the_name_of_a_key(web, cnf, openssl, chain, uri, kinds):
    web.create_key("other")
    assert KINDS.findall(openssl(cnf, "storeutl", "-noout", "-alias", "web", uri).stdout) == kinds


@pytest.mark.parametrize("criterion", [["-issuer", "/CN=root", "-serial", "1"],
                                       ["-fingerprint", "00112233445566778899aabbccddeeff00112233"]])
def test_other_criteria_are_refused(web, cnf, openssl, chain, criterion):
    done = openssl(cnf, "storeutl", *criterion, "sesam:web", check=False)
    assert done.returncode != 0 and web.requests() == {} and not certificates(done.stdout)


def test_of_several_certificates_the_valid_and_newest_counts(web, cnf, openssl_cnf, openssl, pki, put):
    root = pki.ca("root")
    old = pki.leaf("sesam:web", openssl_cnf(web), root, "old", days=3650)
    run_out = pki.leaf("sesam:web", openssl_cnf(web), root, "run-out", days=0)
    put(root.certificate, run_out, old)
    time.sleep(1.1)  # until the certificate, valid for a second, has expired
    assert certificates(openssl(cnf, "storeutl", "-certs", "sesam:web").stdout)[0] == pem_of(old)
    by_name = openssl(cnf, "storeutl", "-certs", "-subject", "/CN=run-out", "sesam:web")
    assert certificates(by_name.stdout) == [pem_of(run_out)]


def test_an_issuer_of_the_same_name_that_did_not_sign_is_left_out(web, cnf, openssl_cnf, openssl, pki, put):
    root = pki.ca("root")
    namesake = Pki(pki.directory / "other").ca("root")
    leaf = pki.leaf("sesam:web", openssl_cnf(web), root, "web")
    put(leaf)
    shutil.copy(namesake.certificate, leaf.parent / "a-namesake.crt")
    put(leaf.parent / "a-namesake.crt")
    assert certificates(openssl(cnf, "storeutl", "-certs", "sesam:web").stdout) == [pem_of(leaf)]
    shutil.copy(root.certificate, leaf.parent / "z-root.crt")
    put(leaf.parent / "z-root.crt")
    found = certificates(openssl(cnf, "storeutl", "-certs", "sesam:web").stdout)
    assert found == [pem_of(leaf), pem_of(root.certificate)]


def test_cas_that_certified_each_other_make_no_endless_chain(web, cnf, openssl_cnf, openssl, pki, put):
    one, two = pki.ca("one"), pki.ca("two")
    one_by_two, two_by_one = pki.ca("one-by-two", two, like=one), pki.ca("two-by-one", one, like=two)
    leaf = pki.leaf("sesam:web", openssl_cnf(web), one, "web")
    put(leaf, one_by_two.certificate, two_by_one.certificate)
    found = certificates(openssl(cnf, "storeutl", "-certs", "sesam:web", timeout=10).stdout)
    assert found == [pem_of(leaf), pem_of(one_by_two.certificate), pem_of(two_by_one.certificate)]


def test_what_else_is_in_the_directory_does_not_matter(cnf, openssl, chain, directory):
    (directory / "note.txt").write_text("-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n")
    (directory / "empty").touch()
    (directory / "cut").write_text("-----BEGIN CERTIFICATE-----\nMIIB")
    (directory / "binary").write_bytes(os.urandom(5000))
    (directory / "large").write_bytes(b"x" * (2 << 20))
    (directory / "encrypted").write_text("-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"
                                         + "00" * 16 + "\n\n" + "QUJD" * 16 + "\n-----END CERTIFICATE-----\n")
    (directory / "dangling").symlink_to("nowhere")
    (directory / "sub").mkdir()
    os.mkfifo(directory / "fifo")
    (directory / "web.crt").rename(directory / "web.with-key")
    key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    (directory / "web.with-key").write_text(key + (directory / "web.with-key").read_text())
    done = openssl(cnf, "storeutl", "-certs", "sesam:web", timeout=10)
    assert certificates(done.stdout) == [pem_of(path) for path in chain]
    assert f"certificates = {directory}: large cannot be read: File too large" in done.stderr


def test_links_and_bundles_are_read(web, cnf, openssl, chain, directory):
    bundle = directory.parent / "fullchain.pem"
    bundle.write_text("".join(path.read_text() for path in chain))
    shutil.rmtree(directory)
    directory.mkdir()
    (directory / "web.pem").symlink_to(bundle)
    assert len(certificates(openssl(cnf, "storeutl", "-certs", "sesam:web").stdout)) == 3


def test_a_directory_that_cannot_be_read_is_one_line_in_the_log(web, openssl_cnf, openssl, tmp_path):
    cnf = openssl_cnf(web, certificates=tmp_path / "none-such", log_level=2)
    done = openssl(cnf, "storeutl", "-noout", "sesam:web")
    assert KINDS.findall(done.stdout) == ["Pkey", "Public key"]
    assert done.stderr.count("\n") == 1, done.stderr
    assert f"certificates = {tmp_path / 'none-such'}: cannot be read: No such file or directory" in done.stderr


def test_a_program_that_opens_no_key_does_not_look_at_the_directory(web, cnf, run, directory, chain, tmp_path):
    run(["strace", "-f", "-o", tmp_path / "trace", "openssl", "dgst", "-sha256", cnf], cnf)
    trace = (tmp_path / "trace").read_text()
    assert str(cnf) in trace and str(directory) not in trace


def test_a_relative_path_is_refused(web, openssl_cnf, openssl):
    done = openssl(openssl_cnf(web, certificates="certificates"), "storeutl", "sesam:web", check=False)
    assert "invalid configuration" in done.stderr and "absolute path" in done.stderr


def test_x509_takes_the_uri(cnf, openssl, chain):
    assert "CN = web" in openssl(cnf, "x509", "-in", "sesam:web", "-noout", "-subject", "-nameopt", "oneline").stdout


def test_an_rsa_key_has_certificates_too(device, openssl_cnf, openssl, pki, put, directory):
    device.create_key("rsa", type="RSA", size=2048)
    root = pki.ca("root")
    leaf = pki.leaf("sesam:rsa", openssl_cnf(device), root, "rsa")
    put(leaf, root.certificate)
    cnf = openssl_cnf(device, certificates=directory)
    found = certificates(openssl(cnf, "storeutl", "-certs", "sesam:rsa").stdout)
    assert found == [pem_of(leaf), pem_of(root.certificate)]


def test_cms_signs_with_the_uri_alone(cnf, openssl, chain, tmp_path):
    """The message contains the signer's certificate, but not the chain."""
    (tmp_path / "text").write_text("to be signed\n")
    openssl(cnf, "cms", "-sign", "-in", "text", "-signer", "sesam:web", "-inkey", "sesam:web", "-out", "signed")
    trusted = tmp_path / "trusted.pem"
    trusted.write_text("".join(pem_of(path) for path in chain[1:]))
    done = openssl(None, "cms", "-verify", "-in", "signed", "-CAfile", trusted, "-purpose", "any", "-out", "out")
    assert "successful" in done.stderr and "to be signed" in (tmp_path / "out").read_text()


@pytest.mark.parametrize("version", VERSIONS)
def test_s_server_takes_key_certificate_and_chain_by_uri(web, cnf, chain, tmp_path, version):
    port = free_port()
    with Server(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-key", "sesam:web", "-cert", "sesam:web",
                 "-cert_chain", "sesam:web", "-www"], cnf, port, tmp_path):
        assert "s_server" in fetch(port, chain[2], version).stdout  # the client trusts only the root


def test_s_client_takes_key_and_certificate_by_uri(cnf, chain, openssl, tmp_path):
    key, certificate = make_file_identity(tmp_path, "server")
    port = free_port()
    with Server(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-key", key, "-cert", certificate, "-www",
                 "-Verify", "2", "-verify_return_error", "-CAfile", chain[2]], None, port, tmp_path):
        done = openssl(cnf, "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", certificate, "-key", "sesam:web",
                       "-cert", "sesam:web", "-cert_chain", "sesam:web", "-ign_eof", stdin=b"GET / HTTP/1.0\r\n\r\n")
    assert "HTTP/1.0 200" in done.stdout and "CN = web" in done.stdout.replace("CN=web", "CN = web")
