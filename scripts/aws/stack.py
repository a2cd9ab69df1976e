"""A stack of deploy/aws/template.yaml, on AWS or on the emulator, and the page in it."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from aws.tools import ROOT, tool

TEMPLATE = ROOT / "deploy" / "aws" / "template.yaml"
PAGE = ROOT / "web" / "app" / "dist"
PACKAGE = ROOT / "target" / "lambda" / "aizuchi.zip"

# After how long out of sight a page lets its socket go. API Gateway does so after 600.
IDLE_RELEASE_SECONDS = 300
# How often a page in sight says that it is there, a tenth more or less. Two of them must fit
# in the ten minutes for which a connection counts as there.
KEEP_ALIVE_SECONDS = 240
# Files whose names change with what is in them.
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class Aws:
    """The AWS command line: in a region, or where its configuration says; with an endpoint,
    for an emulator."""

    def __init__(self, region: str | None = None, endpoint: str | None = None) -> None:
        self.program = tool("cli", "aws")
        self.environment = dict(os.environ, AWS_PAGER="")
        if region:
            self.environment.update(AWS_DEFAULT_REGION=region, AWS_REGION=region)
        if endpoint:
            # Nothing of the person's own account may get there, nor the other way round.
            for name in [n for n in self.environment if n.startswith("AWS_") and "REGION" not in n]:
                del self.environment[name]
            nobody = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
            files = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
            self.environment.update(nobody, **files, AWS_ENDPOINT_URL=endpoint, AWS_EC2_METADATA_DISABLED="true")

    def run(self, *arguments) -> str:
        """What a command prints. Ends the script where it fails."""
        done = self.attempt(*arguments)
        if done.returncode != 0:
            sys.exit(f"aws {' '.join(map(str, arguments[:2]))}: {done.stderr.strip()}\n{done.stdout.strip()}".rstrip())
        return done.stdout

    def attempt(self, *arguments) -> subprocess.CompletedProcess:
        """A command that may fail."""
        command = [str(part) for part in (self.program, *arguments)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--output", "json") or "null")


def deploy(aws: Aws, name: str, bucket: str, parameters: dict[str, object]) -> dict[str, str]:
    """Creates or updates a stack, by way of a bucket for the package. Returns its outputs."""
    if state(aws, name) == "ROLLBACK_COMPLETE":
        # What is left of a first time that failed; it can only be deleted.
        delete(aws, name)
    if aws.attempt("s3api", "head-bucket", "--bucket", bucket).returncode != 0:
        aws.run("s3", "mb", f"s3://{bucket}")
    with tempfile.TemporaryDirectory() as place:
        packaged = pathlib.Path(place) / "template.yaml"
        where = ["--s3-bucket", bucket, "--output-template-file", packaged]
        aws.run("cloudformation", "package", "--template-file", TEMPLATE, *where)
        told = [f"{key}={value}" for key, value in parameters.items()]
        done = aws.attempt(
            *("cloudformation", "deploy", "--stack-name", name, "--template-file", packaged),
            *("--s3-bucket", bucket, "--no-fail-on-empty-changeset"),
            *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"),
            *(["--parameter-overrides", *told] if told else []),
        )
    if done.returncode != 0:
        sys.exit("\n".join([done.stderr.strip(), *failures(aws, name)]))
    return outputs(aws, name)


def delete(aws: Aws, name: str) -> None:
    """Deletes a stack. Its table and its user pool stay."""
    aws.run("cloudformation", "delete-stack", "--stack-name", name)
    waited = aws.attempt("cloudformation", "wait", "stack-delete-complete", "--stack-name", name)
    if waited.returncode != 0:
        sys.exit("\n".join([waited.stderr.strip(), *failures(aws, name)]))


def state(aws: Aws, name: str) -> str | None:
    """Such as CREATE_COMPLETE; none where there is no such stack."""
    query = ["--query", "Stacks[0].StackStatus", "--output", "text"]
    asked = aws.attempt("cloudformation", "describe-stacks", "--stack-name", name, *query)
    if asked.returncode == 0:
        return asked.stdout.strip()
    if "does not exist" in asked.stderr:
        return None
    sys.exit(asked.stderr.strip())


def failures(aws: Aws, name: str) -> list[str]:
    """Why the last change of a stack failed, as far as AWS says."""
    query = "StackEvents[?contains(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceStatusReason]"
    asked = aws.attempt("cloudformation", "describe-stack-events", "--stack-name", name, "--query", query)
    events = json.loads(asked.stdout) if asked.returncode == 0 else []
    return [f"{resource}: {reason}" for resource, reason in events[:10]]


def outputs(aws: Aws, name: str) -> dict[str, str]:
    """The addresses and names of a stack; none where it was never finished."""
    (stack,) = aws.json("cloudformation", "describe-stacks", "--stack-name", name)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def config(told: dict[str, str]) -> dict[str, object]:
    """What the page reads as /config.json."""
    authorize = f"{told['SignInUrl']}/oauth2/authorize?response_type=code&client_id={told['ClientId']}&scope=openid"
    return {
        "socketUrl": told["SocketUrl"],
        "httpUrl": "/",
        "auth": {
            "kind": "oidc",
            "authority": told["Issuer"],
            "clientId": told["ClientId"],
            "authorizeUrl": authorize,
            "passwords": True,
        },
        "tokenIn": "query",
        "idleReleaseSeconds": IDLE_RELEASE_SECONDS,
        "keepAliveSeconds": KEEP_ALIVE_SECONDS,
        "pushes": "best-effort",
        "attachments": False,
    }


def upload(aws: Aws, told: dict[str, str]) -> None:
    """Puts the page and its configuration into the bucket that CloudFront reads."""
    bucket = f"s3://{told['PageBucket']}"
    # First what the new page refers to, then the page.
    assets = ["--exclude", "*", "--include", "assets/*"]
    aws.run("s3", "sync", PAGE, bucket, "--only-show-errors", "--cache-control", FOREVER, *assets)
    with tempfile.TemporaryDirectory() as place:
        file = pathlib.Path(place) / "config.json"
        file.write_text(json.dumps(config(told)))
        as_json = ["--content-type", "application/json", "--cache-control", ASK_AGAIN, "--only-show-errors"]
        aws.run("s3", "cp", file, f"{bucket}/config.json", *as_json)
    kept = ["--exclude", "assets/*", "--exclude", "config.json"]
    aws.run("s3", "sync", PAGE, bucket, "--only-show-errors", "--delete", "--cache-control", ASK_AGAIN, *kept)
