# SPDX-License-Identifier: Apache-2.0
"""Mutual TLS between two contexts of Python's ssl in one process: tls_to_itself.py CERTIFICATE KEY VERSION"""
import socket
import ssl
import sys
import threading

certificate, key, version = sys.argv[1:]


def context(purpose: int) -> ssl.SSLContext:
    made = ssl.SSLContext(purpose)
    made.minimum_version = made.maximum_version = getattr(ssl.TLSVersion, version)
    made.load_verify_locations(certificate)
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_cert_chain(certificate, key)
    return made


def serve(listening: socket.socket, server: ssl.SSLContext) -> None:
    with listening.accept()[0] as connection, server.wrap_socket(connection, server_side=True) as tls:
        name = dict(pair for (pair,) in tls.getpeercert()["subject"])["commonName"]
        tls.sendall(f"{tls.version()} for {name}".encode())


server, client = context(ssl.PROTOCOL_TLS_SERVER), context(ssl.PROTOCOL_TLS_CLIENT)
with socket.create_server(("127.0.0.1", 0)) as listening:
    thread = threading.Thread(target=serve, args=(listening, server))
    thread.start()
    with socket.create_connection(listening.getsockname()) as connection:
        with client.wrap_socket(connection, server_hostname="localhost") as tls:
            print(tls.recv(100).decode())
    thread.join()
