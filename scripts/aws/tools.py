"""Tools that the scripts install for themselves, under target/ and nowhere else.

A tool is installed when it is missing or its version here has changed.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "target"
HOME = TARGET / "aws"

# Each in a virtual environment of its own, since their dependencies disagree.
PACKAGES = {
    "emulator": ["ministack[full]==1.5.33"],
    "cli": ["awscli==1.46.3"],
    "sam": ["aws-sam-cli==1.170.0"],
    "lambda": ["cargo-lambda==1.9.2", "ziglang==0.17.1"],
}
DYNOXIDE = "3.2.0"


def say(text: str) -> None:
    """Tells the person; standard output is for programs."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def alone(name: str):
    """Holds a lock, so that tests that start together install a tool once."""
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / f".{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def tool(name: str, program: str) -> pathlib.Path:
    """The path of a program of the virtual environment `name`, installed if need be."""
    place = HOME / name
    found = place / "bin" / program
    wanted = "\n".join([sys.version, *PACKAGES[name]])
    stamp = place / "installed"
    with alone(name):
        if stamp.is_file() and stamp.read_text() == wanted:
            return found
        say(f"Installing {' and '.join(PACKAGES[name])} in {place.relative_to(ROOT)} …")
        shutil.rmtree(place, ignore_errors=True)
        run([sys.executable, "-m", "venv", place], python_hint)
        pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        run([place / "bin" / "python", *pip, *PACKAGES[name]])
        stamp.write_text(wanted)
    return found


def dynoxide() -> pathlib.Path:
    """The path of the DynamoDB that meters as AWS does, built if need be."""
    place = TARGET / "tools"
    found = place / "bin" / "dynoxide"
    with alone("dynoxide"):
        stamp = place / f"dynoxide-{DYNOXIDE}"
        if stamp.exists() and found.exists():
            return found
        say(f"Building dynoxide {DYNOXIDE} in {place.relative_to(ROOT)}, about three minutes …")
        build = place / "build"
        # Without what cargo leaves in the environment of a test that calls us.
        kept = {k: v for k, v in os.environ.items() if k not in ("RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS")}
        features = "native-sqlite,http-server,cli"
        run(
            ["cargo", "install", "dynoxide-rs", "--version", DYNOXIDE, "--locked", "--quiet", "--force"]
            + ["--no-default-features", "--features", features, "--root", place],
            env={**kept, "CARGO_TARGET_DIR": str(build)},
        )
        shutil.rmtree(build, ignore_errors=True)
        stamp.touch()
    return found


def python_hint() -> str:
    return "Please install Python's venv (on Debian: sudo apt-get install python3-venv)"


def run(command, hint=None, **options) -> None:
    """Runs a command with its output on standard error; ends the script where it fails."""
    try:
        subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr, stdin=subprocess.DEVNULL, **options)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"{error}\n{hint()}" if hint else str(error))
