# The commands of the project. Each does all it needs first.

CARGO ?= cargo
NPM ?= npm --no-fund --no-audit

# What `make deploy` builds for: x86_64 or arm64.
ARCHITECTURE ?= x86_64
export ARCHITECTURE

.PHONY: run build web test bench local-aws local-aws-stop deploy destroy need need-aws clean

## Builds everything and starts the server on http://127.0.0.1:8080.
run: build
	target/release/aizuchi serve

## target/release/aizuchi, with the web application in it.
build: web
	$(CARGO) build --locked --release --package aizuchi-cli

## The web application, as the server embeds it.
web: need web/node_modules
	cd web && $(NPM) run build

web/node_modules: web/package-lock.json
	cd web && $(NPM) ci
	touch $@

## All checks and tests. What .ci/run calls.
test: need
	scripts/test

## The figures of docs/numbers.md.
bench: build
	scripts/bench

## The serverless shape on an emulator, with the page. Writes target/local-aws.json.
local-aws: need-aws
	@scripts/local-aws start

local-aws-stop:
	@scripts/local-aws stop

## The serverless shape on AWS. STACK, REGION and EMAIL are optional: docs/aws.md.
deploy: need-aws web
	scripts/build-lambda --architecture $(ARCHITECTURE)
	@scripts/deploy

## Takes it away again. Asks what becomes of messages and users.
destroy: need-aws
	@scripts/destroy

## Says what is missing, and installs it where it can.
need:
	@scripts/need

need-aws:
	@scripts/need aws

clean:
	$(CARGO) clean
	rm -rf web/node_modules web/*/dist
