# SPDX-License-Identifier: Apache-2.0
"""Interpreters: TLS servers and signatures in a few lines of each language. Python is tested in a separate file."""
from programs.row import Place, Server, Tool

PERL_SERVER = """
use IO::Socket::SSL;
my $server = IO::Socket::SSL->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 5, ReuseAddr => 1,
  SSL_key_file => $ARGV[1], SSL_cert_file => $ARGV[2]) or die "$!, $SSL_ERROR";
while (1) { my $client = $server->accept or next; <$client>; close $client; }
"""
PHP_SERVER = """
$context = stream_context_create(['ssl' => ['local_pk' => $argv[2], 'local_cert' => $argv[3]]]);
$server = stream_socket_server("tls://127.0.0.1:$argv[1]", $number, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN,
  $context) or die($text);
while (true) { if ($client = @stream_socket_accept($server, 60)) { fgets($client); fclose($client); } }
"""
NODE_SERVER = """
const [port, key, cert] = process.argv.slice(1), fs = require("fs");
require("tls").createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(cert) }, client => {
  client.on("error", () => {}); client.end();
}).on("tlsClientError", () => {}).listen(port, "127.0.0.1");
"""
PHP_SIGN = """
openssl_sign(file_get_contents($argv[1]), $signature, openssl_pkey_get_private("file://$argv[2]"), "sha256") or die(1);
file_put_contents($argv[3], $signature);
"""
NODE_SIGN = """
const [data, key, signature] = process.argv.slice(1), fs = require("fs");
fs.writeFileSync(signature, require("crypto").sign("sha256", fs.readFileSync(data), fs.readFileSync(key)));
"""
NODE_SIGN_AS_IN_A_JWT = """
const [data, key, signature] = process.argv.slice(1), fs = require("fs"), crypto = require("crypto");
const raw = crypto.sign("sha256", fs.readFileSync(data), { key: fs.readFileSync(key), dsaEncoding: "ieee-p1363" });
const whole = n => { const hex = n.toString("hex").replace(/^(00)+(?=..)/, "");
  return Buffer.from((hex[0] > "7" ? "00" : "") + hex, "hex"); };
const [r, s] = [whole(raw.subarray(0, 32)), whole(raw.subarray(32))];
fs.writeFileSync(signature, Buffer.concat([Buffer.from([48, r.length + s.length + 4, 2, r.length]), r,
  Buffer.from([2, s.length]), s]));
"""
NODE_DETAILS = """
const [data, key, signature] = process.argv.slice(1), fs = require("fs"), crypto = require("crypto");
const opened = crypto.createPrivateKey(fs.readFileSync(key));
if (!opened.asymmetricKeyDetails) process.exit(1);
fs.writeFileSync(signature, crypto.sign("sha256", fs.readFileSync(data), opened));
"""
RUBY_SIGN = """
require "openssl"
data, key, signature = ARGV
File.binwrite(signature, OpenSSL::PKey.read(File.read(key)).sign("SHA256", File.read(data)))
"""

NODE = ["node", "--openssl-shared-config", "-e"]


def serves(*interpreter: str):
    def start(place: Place) -> list[object]:
        return [*interpreter, place.port, place.identity.key, place.identity.certificate]
    return start


def signs(*interpreter: str):
    def use(place: Place) -> None:
        (place.directory / "data").write_bytes(b"to be signed\n" * 9)
        place.run(*interpreter, "data", place.identity.key, "signature")
        place.assert_verifies("signature", "data")
    return use


SERVERS = [
    Server("perl", ["perl", "/usr/share/perl5/IO/Socket/SSL.pm"], start=serves("perl", "-e", PERL_SERVER)),
    Server("php", ["php"], start=serves("php", "-r", PHP_SERVER)),
    Server("node", ["node"], start=serves(*NODE, NODE_SERVER)),
]
TOOLS = [
    Tool("php", ["php"], use=signs("php", "-r", PHP_SIGN)),
    Tool("node", ["node"], use=signs(*NODE, NODE_SIGN)),
    Tool("node", ["node"], ["EC"], use=signs(*NODE, NODE_SIGN_AS_IN_A_JWT), variant="ieee-p1363",
         crash="it reads the curve from EVP_PKEY_get0_EC_KEY(), which is null (nodejs/node#43653)"),
    Tool("node", ["node"], use=signs(*NODE, NODE_DETAILS), variant="details",
         crash="it reads the key's details from EVP_PKEY_get0_…(), which is null (nodejs/node#43653)"),
    Tool("ruby", ["ruby"], use=signs("ruby", "-e", RUBY_SIGN),
         crash="it looks for the private part by EVP_PKEY_get0_…(), which is null (ruby/openssl#722)"),
]
