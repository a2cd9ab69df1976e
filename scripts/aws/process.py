"""Runs a server for as long as whoever asked for it is there."""

import contextlib
import ctypes
import json
import os
import pathlib
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from aws.tools import HOME, say

# How long a server may take to listen, and to end when it is told to, in seconds.
START = 60
END = 3
ATTEMPTS = 3
LOG_TAIL = 4000
PR_SET_PDEATHSIG = 1


class Ended(Exception):
    """Whoever asked for the server is gone, or wants it to end."""


def end_on_term() -> None:
    """Makes TERM unwind the script, so that what it started ends with it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(name: str, command, listening: str, announce, keep_log=None) -> int:
    """Runs a server on a free port until standard input closes or a signal comes.

    `command(port, place)` gives its arguments and environment, where `place` is a
    directory that goes when it ends. It is ready once it has printed `listening`,
    which servers print after they have bound: what answers on a port may be somebody
    else. Then `announce(port)` is printed as one line of JSON. Returns the exit status.
    """
    events = Events()
    try:
        for _ in range(ATTEMPTS):
            with directory(name) as place:
                port = free_port()
                arguments, environment = command(port, place)
                log = pathlib.Path(keep_log) if keep_log else place / "log"
                with child(arguments, environment, place) as server:
                    ready = events.follow(server, log, listening.format(port=port), time.monotonic() + START)
                    if ready:
                        print(json.dumps(announce(port)), flush=True)
                        events.follow(server, log, None, None)
                        say(f"{name} ended by itself.\n{tail(log)}")
                        return 1
                # Perhaps somebody else took the port in between.
                said = tail(log)
        say(f"{name} does not start.\n{said}")
        return 1
    except Ended:
        return 0


class Events:
    """Standard input, signals, and the output of a server, in one place to wait at."""

    def __init__(self, stdin: bool = True) -> None:
        self.selector = selectors.DefaultSelector()
        self.woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: None)
        self.selector.register(self.woken, selectors.EVENT_READ)
        if stdin:
            self.watch_stdin()

    def watch_stdin(self) -> None:
        with contextlib.suppress(PermissionError):  # A file is no pipe, and never closes.
            self.selector.register(0, selectors.EVENT_READ)

    def follow(self, server, log: pathlib.Path, wanted: str | None, deadline: float | None) -> bool:
        """Copies output to the log until it holds `wanted` (true) or the server is gone (false)."""
        output = server.stdout.fileno()
        seen = b""
        self.selector.register(output, selectors.EVENT_READ)
        try:
            with open(log, "ab", buffering=0) as copy:
                while deadline is None or time.monotonic() < deadline:
                    for key, _ in self.selector.select(None if deadline is None else 1):
                        read = os.read(key.fd, 65536)
                        if key.fd == self.woken or (key.fd == 0 and not read):
                            raise Ended
                        if key.fd != output:
                            continue
                        if not read:
                            return False
                        copy.write(read)
                        if wanted is not None:
                            seen += read
                            if wanted.encode() in seen:
                                return True
            return False
        finally:
            self.selector.unregister(output)


@contextlib.contextmanager
def child(arguments, environment, place):
    """A process, with whatever it starts; all of them are gone afterwards."""
    server = subprocess.Popen(
        [str(part) for part in arguments],
        env=environment,
        cwd=place,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )
    try:
        yield server
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(END)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        server.stdout.close()


def die_with_parent() -> None:
    """Where the system can: a parent that is killed cannot tidy up."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextlib.contextmanager
def directory(name: str):
    """A directory for one run. Takes away those of runs that were killed."""
    base = HOME / "run"
    base.mkdir(parents=True, exist_ok=True)
    for old in base.iterdir():
        pid = old.name.split("-")[-2]
        try:
            os.kill(int(pid), 0)
        except (ValueError, ProcessLookupError):
            shutil.rmtree(old, ignore_errors=True)
        except PermissionError:
            pass
    place = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-{os.getpid()}-", dir=base))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def tail(log: pathlib.Path) -> str:
    return log.read_text(errors="replace")[-LOG_TAIL:] if log.exists() else ""
