# The commands of the project. Each does all it needs first.

CARGO ?= cargo
NPM ?= npm --no-fund --no-audit

.PHONY: run build web test bench need clean

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

## Says what is missing, and installs it where it can.
need:
	@scripts/need

clean:
	$(CARGO) clean
	rm -rf web/node_modules web/*/dist
