"""The package's own binary as Lambda runs it: one event at a time, with the share of a
processor that Lambda gives to a size of memory, and with a stand-in for @connections.
"""

import asyncio
import contextlib
import http.server
import json
import os
import pathlib
import queue
import struct
import subprocess
import tempfile
import threading
import time

from aws import tools

BINARY = tools.TARGET / "lambda" / "bootstrap" / "bootstrap"
# Lambda gives a whole processor to this many MB, and to fewer in proportion.
WHOLE_PROCESSOR_MB = 1769
# In ms, after which a process that has used up its share may go on. Lambda does not say how
# long its own are.
PERIOD_MS = 20
# For an answer, in seconds.
PATIENCE = 30


class Stand(http.server.ThreadingHTTPServer):
    """Gives events, and notes when they are answered and what is pushed meanwhile."""

    daemon_threads = True

    def __init__(self, push_ms: float = 0) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.push_ms = push_ms
        self.events = queue.SimpleQueue()
        self.answers = queue.SimpleQueue()
        # Since the last event: who was told what.
        self.pushed: list[tuple[str, dict]] = []
        self.asked = threading.Event()
        self.asked_at = self.given_at = self.answered_at = 0.0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def at(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def handle_error(self, *_) -> None:
        """A function that is ended cuts its connections."""

    def give(self, event) -> tuple[float, dict]:
        """How many ms an event takes, and its answer."""
        self.pushed = []
        self.events.put(json.dumps(event).encode())
        path, body = self.answers.get(timeout=PATIENCE)
        if not path.endswith("/response"):
            raise SystemExit(f"A function failed: {path} {body[:500]!r}")
        return (self.answered_at - self.given_at) * 1000, json.loads(body or b"null")

    def close(self) -> None:
        self.events.put(None)
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        stand = self.server
        if not stand.asked.is_set():
            stand.asked_at = time.perf_counter()
            stand.asked.set()
        event = stand.events.get()
        if event is not None:
            stand.given_at = time.perf_counter()
            self.say(200, event)

    def do_POST(self) -> None:
        stand = self.server
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if "connections/" in self.path:
            time.sleep(stand.push_ms / 1000)
            stand.pushed.append((self.path.rpartition("/")[2], json.loads(body)))
            self.say(200, b"")
            return
        stand.answered_at = time.perf_counter()
        self.say(202, b"{}")
        stand.answers.put((self.path, body))

    def say(self, status: int, body: bytes) -> None:
        head = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            "lambda-runtime-aws-request-id": "1",
            "lambda-runtime-deadline-ms": str(int(time.time() * 1000) + 3_600_000),
            "lambda-runtime-invoked-function-arn": "arn:aws:lambda:x:1:function:x",
        }
        # In one piece: a second would be one more time to wait for the function's turn.
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        self.wfile.write("\r\n".join(lines).encode() + body)


class Function:
    """A process of the package."""

    def __init__(self, handler: str, settings: dict[str, str], memory_mb: int = 256, share=None, push_ms: float = 0):
        self.stand = Stand(push_ms)
        environment = {
            "_HANDLER": handler,
            "AWS_LAMBDA_RUNTIME_API": self.stand.at,
            "AWS_LAMBDA_FUNCTION_NAME": handler,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_REGION": "ap-northeast-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AIZUCHI_TABLE": "chat",
            "AIZUCHI_MANAGEMENT_URL": f"http://{self.stand.at}/chat",
            "AIZUCHI_ISSUER": "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_x",
            "AIZUCHI_CLIENT_ID": "client",
            "AIZUCHI_PUBLIC_URL": "https://chat.example",
            "AIZUCHI_SIGN_IN_URL": "https://chat.auth.ap-northeast-1.amazoncognito.com",
            **settings,
        }
        # To enter its share takes the system longer than the process takes to start.
        begins, begin = os.pipe()

        def enter() -> None:
            if share:
                share.enter()
            os.write(begin, struct.pack("d", time.perf_counter()))

        self.process = subprocess.Popen([BINARY], env=environment, stdout=subprocess.DEVNULL, preexec_fn=enter)
        (self.began,) = struct.unpack("d", os.read(begins, 8))
        os.close(begin)
        os.close(begins)

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.stand.close()
        self.process.kill()
        self.process.wait()

    def give(self, event) -> tuple[float, dict]:
        return self.stand.give(event)

    def started(self) -> float:
        """How many ms it took until it asked for its first event."""
        if not self.stand.asked.wait(PATIENCE):
            raise SystemExit("A function does not start.")
        return (self.stand.asked_at - self.began) * 1000

    def processor_ms(self) -> float:
        """What all its threads had of a processor until now."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6

    def peak_mb(self) -> float:
        """The most memory that it has had in RAM until now."""
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


class Share:
    """A share of one processor, by a control group of Linux; wants root. What it has a right
    to it gets before whatever else the machine does."""

    def __init__(self, memory_mb: int) -> None:
        period = PERIOD_MS * 1000
        quota = round(period * memory_mb / WHOLE_PROCESSOR_MB)
        first, second = pathlib.Path("/sys/fs/cgroup/cpu"), pathlib.Path("/sys/fs/cgroup")
        try:
            self.place = pathlib.Path(tempfile.mkdtemp(prefix="share-", dir=first if first.is_dir() else second))
            if first.is_dir():
                (self.place / "cpu.cfs_period_us").write_text(str(period))
                (self.place / "cpu.cfs_quota_us").write_text(str(quota))
                (self.place / "cpu.shares").write_text("262144")
            else:
                (self.place / "cpu.max").write_text(f"{quota} {period}")
                (self.place / "cpu.weight").write_text("10000")
        except OSError as error:
            raise SystemExit(f"Shares of a processor want root and control groups: {error}")

    def enter(self) -> None:
        (self.place / "cgroup.procs").write_text(str(os.getpid()))

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.place.rmdir()


class Relay:
    """Passes on what is asked of a server so many ms late, as a network would."""

    def __init__(self, url: str, late_ms: float) -> None:
        host, port = url.removeprefix("http://").split(":")
        self.upstream = (host, int(port))
        self.late = late_ms / 1000
        ready = queue.SimpleQueue()
        threading.Thread(target=lambda: asyncio.run(self.serve(ready)), daemon=True).start()
        self.url = f"http://127.0.0.1:{ready.get()}"

    async def serve(self, ready) -> None:
        server = await asyncio.start_server(self.passed, "127.0.0.1", 0)
        ready.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    async def passed(self, reader, writer) -> None:
        there, upstream = await asyncio.open_connection(*self.upstream)
        await asyncio.gather(pump(reader, upstream, self.late), pump(there, writer, 0))


async def pump(reader, writer, late: float) -> None:
    loop = asyncio.get_running_loop()
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65536):
            loop.call_later(late, writer.write, piece)
    loop.call_later(late, writer.close)


# ── Events, as AWS gives them ──────────────────────────────────────────────────────────────


def now() -> int:
    return int(time.time() * 1000)


def socket_event(kind: str, connection: str, user: str, frame: dict | None = None) -> dict:
    """`kind` is CONNECT, MESSAGE or DISCONNECT."""
    route = "$default" if kind == "MESSAGE" else f"${kind.lower()}"
    return {
        "requestContext": {
            "routeKey": route,
            "eventType": kind,
            "connectionId": connection,
            "connectedAt": now(),
            "authorizer": {"user": user, "username": f"name-{user[-6:]}", "level": "1", "principalId": user},
        },
        "body": json.dumps(frame, ensure_ascii=False) if frame else None,
        "isBase64Encoded": False,
    }


def handshake_event(token: str) -> dict:
    return {
        "type": "REQUEST",
        "methodArn": "arn:aws:execute-api:ap-northeast-1:1:a/chat/$connect",
        "headers": {"Host": "chat.example", "Origin": "https://chat.example"},
        "queryStringParameters": {"Authorizer": token, "level": "1"},
    }


def http_event(method: str, path: str, body: dict | None = None, headers: dict | None = None) -> dict:
    path, _, query = path.partition("?")
    told = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "x"}
    given = {"host": "chat.example", "content-type": "application/json", "origin": "https://chat.example"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {**given, **(headers or {})},
        "requestContext": {
            "accountId": "1",
            "apiId": "a",
            "domainName": "chat.example",
            "domainPrefix": "chat",
            "http": told,
            "requestId": "1",
            "routeKey": "$default",
            "stage": "$default",
            "time": "x",
            "timeEpoch": now(),
        },
        "body": json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }


def sign_up_event(name: str) -> dict:
    return {
        "triggerSource": "PreSignUp_SignUp",
        "userName": name,
        "request": {"userAttributes": {}},
        "response": {"autoConfirmUser": False},
    }
