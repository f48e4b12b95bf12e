#!/usr/bin/env python3
"""restful-as while its policy is replaced, and with idle connections.

usage: bench/as_replace.py [--build build/release] [--rate 200] [--seconds 10]

Starts the server on a free port and prints, as JSON: latencies of evaluations
at `rate` a second with nothing else going on, then while default_cpu is
replaced 100 times a second (two texts in turn), then what 2,000 idle
connections add to the server's memory. Exit code 1 when an evaluation or a
replacement failed.
"""
import argparse
import base64
import http.client
import json
import pathlib
import socket
import subprocess
import sys
import threading
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
IDLE = 2000
REPLACED_PER_SECOND = 100


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def resident_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("no VmRSS")


def wait_until_serving(port):
    for _ in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("the server does not answer")


def evaluate(build, port, args):
    out = subprocess.run(
        [build / "bin/vouchsafe-load", "evaluate", "--url", f"http://127.0.0.1:{port}",
         "--body-file", TOP / "tests/data/seed/snp-request.json", "--connections", "4",
         "--rate", str(args.rate), "--seconds", str(args.seconds), "--json"],
        capture_output=True, text=True, check=False)
    return json.loads(out.stdout), out.returncode


class Replacer(threading.Thread):
    def __init__(self, port):
        super().__init__()
        self.port = port
        self.done = 0
        self.failed = 0
        self.going = True

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        text = (TOP / "src/as/policies/default_cpu.rego").read_text()
        bodies = []
        for comment in ("# one\n", "# two\n"):
            policy = base64.urlsafe_b64encode((text + comment).encode()).rstrip(b"=")
            bodies.append(json.dumps({"policy_id": "default_cpu",
                                      "policy": policy.decode()}))
        start = time.monotonic()
        while self.going:
            connection.request("POST", "/policy", bodies[self.done % 2],
                               {"Content-Type": "application/json"})
            reply = connection.getresponse()
            reply.read()
            self.failed += reply.status != 200
            self.done += 1
            wait = start + self.done / REPLACED_PER_SECOND - time.monotonic()
            if wait > 0:
                time.sleep(wait)


def idle_kib(port, pid):
    before = resident_kib(pid)
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(IDLE)]
    time.sleep(1)
    after = resident_kib(pid)
    for one in sockets:
        one.close()
    return after - before


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=10)
    args = parser.parse_args()
    build = TOP / args.build
    port = free_port()
    server = subprocess.Popen([build / "bin/restful-as", "--socket", f"127.0.0.1:{port}"],
                              stderr=subprocess.DEVNULL)
    try:
        wait_until_serving(port)
        quiet, code = evaluate(build, port, args)
        replacer = Replacer(port)
        replacer.start()
        busy, busy_code = evaluate(build, port, args)
        replacer.going = False
        replacer.join()
        idle = idle_kib(port, server.pid)
    finally:
        server.terminate()
        server.wait()
    print(json.dumps({"quiet": quiet, "replaced": busy,
                      "replacements": replacer.done,
                      "replacements_failed": replacer.failed,
                      "idle_connections": IDLE, "idle_kib": idle}, indent=2))
    return 1 if code or busy_code or replacer.failed else 0


if __name__ == "__main__":
    sys.exit(main())
