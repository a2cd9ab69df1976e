"""The person's own account, and what is his in it."""

import os
import re
import sys

from aws.stack import Aws


class Account:
    """Where to deploy, from the environment and the AWS configuration."""

    def __init__(self) -> None:
        self.stack = os.environ.get("STACK") or "aizuchi"
        # Names of buckets and functions are made from it.
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,19}", self.stack):
            sys.exit(f"STACK={self.stack}: small letters, digits and hyphens, at most 20, please.")
        self.region = os.environ.get("REGION") or configured_region()
        self.aws = Aws(self.region)
        asked = self.aws.attempt("sts", "get-caller-identity", "--query", "Account", "--output", "text")
        if asked.returncode != 0:
            sys.exit(f"AWS does not know who you are. Give credentials as for its command line.\n{asked.stderr.strip()}")
        self.number = asked.stdout.strip()

    @property
    def bucket(self) -> str:
        """Where the package lies on its way to Lambda."""
        return f"{self.stack}-package-{self.number}-{self.region}"


def configured_region() -> str:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        if os.environ.get(name):
            return os.environ[name]
    asked = Aws().attempt("configure", "get", "region")
    if region := asked.stdout.strip():
        return region
    sys.exit("Which region? For example: make deploy REGION=ap-northeast-1")
