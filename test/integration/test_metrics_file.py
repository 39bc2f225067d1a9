# SPDX-License-Identifier: Apache-2.0
"""The file in the setting `metrics_file`: when it exists, its contents, and that it does not affect anything else."""
import os
import signal
import subprocess
import urllib.request

import pytest

from drivers.life import life, life_program, start_life  # noqa: F401
from harness.flavour import needs_trust_in_memory
from harness.metrics import read, value, wait_for
from harness.ports import free_port
from harness.programs import minimal_environment


@pytest.fixture
def directory(tmp_path):
    path = tmp_path / "metrics"
    path.mkdir()
    return path


@pytest.fixture
def signing(device, openssl_cnf, directory):
    device.create_key("web")
    return lambda name, **settings: openssl_cnf(device, metrics_file=directory / name, **settings)


def names(directory):
    return sorted(path.name for path in directory.iterdir())


def test_a_command_leaves_its_file_behind(openssl, signing, directory):
    openssl(signing("%e.prom"), "dgst", "-sha256", "-sign", "sesam:web", "-out", "sig", "/dev/null")
    assert names(directory) == ["openssl.prom"]
    path = directory / "openssl.prom"
    assert path.stat().st_mode & 0o7777 == 0o644
    samples = read(path)
    assert value(samples, "sesam_signatures_total", program="openssl") == 1
    assert value(samples, "sesam_requests_total") == 2
    assert value(samples, "sesam_connections_opened_total") == 1
    assert value(samples, "sesam_requests_in_flight") == value(samples, "sesam_connections_open") == 0
    assert {labels for _, labels in samples if ("program", "openssl") not in labels} == set()


def test_a_command_that_fails_tells_why(openssl, device, signing, directory):
    cnf = signing("a.prom")
    device.stop()
    openssl(cnf, "pkey", "-in", "sesam:web", "-pubout", check=False)
    samples = read(directory / "a.prom")
    assert value(samples, "sesam_failures_total", reason="cannot_connect") == value(samples,
                                                                                    "sesam_failures_total") >= 1
    assert value(samples, "sesam_connections_opened_total") >= 1
    assert value(samples, "sesam_connections_open") == value(samples, "sesam_request_duration_seconds_count") == 0


def test_programs_that_use_no_key_write_none(openssl, run, signing, directory):
    cnf = signing("%e.prom")
    openssl(cnf, "list", "-providers")
    openssl(cnf, "version")
    run(["dig", "-v"], cnf)
    assert names(directory) == []


def test_a_process_has_its_file_while_it_lives(life_program, signing, directory):
    with start_life(life_program, signing("%e-%p.prom"), "load sign=3 mark watchdog=200 pause_ms=100000") as process:
        assert process.stdout.readline() == b"mark\n"
        path = directory / f"life-{process.pid}.prom"
        wait_for(path.exists, "no file was written")
        wait_for(lambda: value(read(path), "sesam_signatures_total", program="life",
                               pid=str(process.pid)) == 3, "not all counted")
        wait_for(lambda: value(read(path), "sesam_requests_in_flight") == 0, "something is in flight")
        assert names(directory) == [path.name]
        process.kill()
    assert names(directory) == [path.name], "which a crash leaves behind"


def test_a_process_that_ends_takes_its_file_with_it(life, life_program, signing, directory):
    with start_life(life_program, signing("%p.prom"),
                    "load sign=1 busy=1 mark watchdog=200 pause_ms=7000 idle exit") as process:
        wait_for((directory / f"{process.pid}.prom").exists, "no file was written")
        assert process.wait(60) == 0
    assert names(directory) == []


def test_each_child_has_a_file_and_numbers_of_its_own(life_program, signing, directory):
    steps = "load sign=2 mark watchdog=200 fork=1 [ sign=5 mark watchdog=200 pause_ms=100000 ]"
    with start_life(life_program, signing("%p.prom"), steps) as process:
        assert [process.stdout.readline() for _ in range(2)] == [b"mark\n"] * 2
        wait_for(lambda: len(names(directory)) == 2, "two files")
        child, = (int(name.removesuffix(".prom")) for name in names(directory) if name != f"{process.pid}.prom")
        for pid, signatures in {process.pid: 2, child: 5}.items():
            path = directory / f"{pid}.prom"
            wait_for(lambda: value(read(path), "sesam_signatures_total",
                                   pid=str(pid)) == signatures, f"{signatures} of {pid}")
        os.kill(child, signal.SIGKILL)
        process.kill()


@needs_trust_in_memory
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_daemon_writes_after_chroot_and_setuid(life_program, signing, directory):
    directory.chmod(0o777)
    with start_life(life_program, signing("%e.prom"), "init confine=65534 load sign=2 mark exit") as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert value(read(directory / "life.prom"), "sesam_signatures_total") == 2
    assert (directory / "life.prom").stat().st_uid == 65534


@pytest.mark.parametrize("name", ["none/a.prom", "taken/a.prom"])
def test_a_file_that_cannot_be_written_is_one_line_in_the_log(openssl, signing, directory, tmp_path, name):
    (directory / "taken").touch()
    log = tmp_path / "log"
    cnf = signing(name, log_level=1, log_output=log)
    done = openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "sig", "/dev/null")
    assert done.stderr == ""
    line, = log.read_text().splitlines()
    assert f"metrics_file = {directory / name}: cannot be written: " in line


def test_a_failure_of_the_file_fails_nothing(life, device, signing, directory):
    life(signing("none/%p.prom"), "load sign=2 fork=3 [ sign=1 exit ] exit")
    assert device.requests()["eccsign"] == 5
    assert names(directory) == []


def test_node_exporter_reads_the_files_of_several_programs(life_program, openssl, signing, directory):
    cnf = signing("sesam-%e-%p.prom")
    openssl(signing("dgst.prom"), "dgst", "-sha256", "-sign", "sesam:web", "-out", "sig", "/dev/null")
    steps = "load sign=2 mark watchdog=200 pause_ms=100000"
    processes = [start_life(life_program, cnf, steps) for _ in range(2)]
    port = free_port()
    collector = subprocess.Popen(
        ["prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
         f"--collector.textfile.directory={directory}", f"--web.listen-address=127.0.0.1:{port}"],
        env=minimal_environment(None), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def page() -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as reply:
                return reply.read().decode()
        except ConnectionRefusedError:
            return ""
        except urllib.error.URLError as refused:
            assert isinstance(refused.reason, ConnectionRefusedError), refused
            return ""

    try:
        wait_for(lambda: all(f'sesam_signatures_total{{pid="{p.pid}",program="life"}} 2' in page()
                             for p in processes), "both")
        shown = page()
        assert 'sesam_signatures_total{program="openssl"} 1' in shown
        assert "node_textfile_scrape_error 0" in shown
        assert "# TYPE sesam_request_duration_seconds histogram" in shown
        assert shown.count("node_textfile_mtime_seconds{") == 3, "no temporary file is read"
    finally:
        for process in [*processes, collector]:
            process.kill()
            process.wait(30)
