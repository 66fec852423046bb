# `make help` lists the targets. Everything a target needs is installed when it is missing: Debian packages
# by apt-get, the rest into $KEYBATON_CACHE (else ~/.cache/keybaton-tests).

PYTHON ?= python3
SECONDS ?= 60
export PYTHONDONTWRITEBYTECODE := 1

APT := @$(PYTHON) tools/apt.py
STEP := @$(PYTHON) tools/step.py
TOOL := $(PYTHON) tools/toolbox.py
WHEEL = "$$($(PYTHON) tools/wheel.py)"
# Most tests wait for most of their time: for servers, for what times out, for a step that is not safe yet.
AT_ONCE ?= 2
QUICK := test-app test-fleets \
	test-rust test-vectors test-python test-waits test-rings test-stores test-faults test-pages test-guide test-shells test-exports test-recipes test-schema test-demo test-crash
# The longest first. What is in test-app and test-fleets stands in test-every-app and test-every-fleet too.
MOST_WAIT := test-windows test-every-fleet $(filter-out test-app test-fleets,$(QUICK)) test-built test-every-app
PYTHON_FILES := benches book demo python servers tests/crash tests/exports tests/faults tests/fleets tests/guide tests/pages tests/recipes tests/rings tests/schema tests/shells tests/waits tests/windows tools vectors
# The servers that start within a minute; the others must be built first.
QUICK_SERVERS := aws azure gcp github gitlab heroku vault
# What keeps a ring on one machine; no network lies before it.
LOCAL_SERVERS := keychain systemd
BUILT_SERVERS := kubernetes

# One run for each folder of scripts: two of them may have modules of the same name.
define types
$(STEP) "types of $(1)" env MYPYPATH=$(1):tools:servers:servers/tests/aws:servers/tests/gcp:tests/fleets $(TOOL) mypy $(1)

endef

.PHONY: help demo test test-all check bench fuzz wheel docs docs-serve build build-needs \
	test-rust test-vectors test-python test-app test-fleets test-waits test-rings test-stores test-faults test-pages test-guide test-shells test-exports test-recipes test-schema test-demo test-crash test-built \
	test-every-app test-every-fleet test-windows \
	check-rust check-dependencies check-words check-python check-shell check-manual check-docs check-house

help: ## This list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: build-needs ## What a rotation does to logged-in users: Django's documented rollout beside keybaton
	@$(PYTHON) demo

test: $(QUICK) ## All tests but the slow builds

# The wheel first: while Cargo links the program anew, there is none for a moment, and other lanes would miss it.
test-all: build ## All tests, also those for which much is built first, for some minutes
	$(STEP) "wheel" $(PYTHON) tools/wheel.py
	@$(MAKE) --no-print-directory --jobs=$(AT_ONCE) --keep-going --output-sync=target $(MOST_WAIT)

test-rust: build ## The Rust tests, the README's transcripts among them
	$(APT) acl git strace
	$(STEP) "Rust tests" cargo test --workspace --locked

test-vectors: ## python-dotenv still means what vectors/ says
	$(STEP) "vectors" $(TOOL) python -m pytest --quiet vectors

test-python: build-needs ## The Python package, with each Django that this Python can run
	$(STEP) "Python tests" env KEYBATON_TEST_WHEEL=$(WHEEL) $(PYTHON) python/tests/matrix.py

test-app: build-needs ## The Django app beside PostgreSQL, MariaDB, Channels, Celery, uWSGI and packages for tokens, with the newest Django
	$(APT) mariadb-server postgresql python3-dev
	$(STEP) "the app" $(PYTHON) python/tests_django --quick

test-fleets: build ## Users of a fleet under load, through whole rotations: none is logged out, beside stock Django
	$(APT) faketime postgresql redis-server
	$(STEP) "fleets" $(PYTHON) tests/fleets --quick
	$(STEP) "fleets that are ended" $(PYTHON) tests/fleets/tests

test-waits: build ## Rotations that wait for what real processes report
	$(STEP) "waits" $(PYTHON) tests/waits

test-rings: build ## The move of docs/rings.md: five uses leave SECRET_KEY, and nothing that was out there is refused
	$(STEP) "rings" $(PYTHON) tests/rings

test-stores: build ## Every store, against a real server or a stand-in that the vendor's own client is referee of
	$(STEP) "stores" $(PYTHON) servers $(QUICK_SERVERS) $(LOCAL_SERVERS) -- cargo test --workspace --locked --test conformance
	$(STEP) "stand-ins" $(PYTHON) servers/tests

test-faults: build ## A fault at each call of each command to each store behind a network
	$(APT) faketime
	$(STEP) "faults" $(PYTHON) tests/faults $(QUICK_SERVERS)

test-pages: build ## The transcripts in docs/stores: what they show is what happens, with the vendors' own clients
	$(APT) jq
	$(STEP) "pages" $(PYTHON) tests/pages $(QUICK_SERVERS) $(LOCAL_SERVERS)

test-guide: build ## The pages that a reader begins with: their transcripts, with Django, python-dotenv, git and openssl
	$(APT) fish git openssl
	$(STEP) "guide" $(PYTHON) tests/guide

test-shells: build ## The completions, in real shells whose user presses Tab
	$(APT) bash bash-completion fish zsh
	$(STEP) "shells" $(PYTHON) tests/shells

test-exports: build ## What `keybaton export` prints, read back by the programs that it is for
	$(APT) direnv docker-compose fish ruby-dotenv ruby-foreman zsh
	$(STEP) "exports" $(PYTHON) tests/exports

test-recipes: build ## The files that `keybaton recipe` makes, taken by the programs of each platform
	$(APT) buildah dash direnv fish git zsh
	$(STEP) "recipes" $(PYTHON) tests/recipes

test-schema: ## The editors' schema of keybaton.toml, with the engine of TOML in editors
	$(STEP) "schema" $(TOOL) python tests/schema

test-built: build ## The store and the stand-in whose servers are built first: kube-apiserver, awsmini
	$(STEP) "Kubernetes" $(PYTHON) servers $(BUILT_SERVERS) vault -- cargo test --workspace --locked --test conformance
	$(STEP) "faults" $(PYTHON) tests/faults $(BUILT_SERVERS)
	$(APT) faketime jq kubernetes-client
	$(STEP) "pages" $(PYTHON) tests/pages $(BUILT_SERVERS)
	$(STEP) "recipes in a cluster" $(PYTHON) servers kubernetes -- $(PYTHON) tests/recipes/cluster.py
	$(STEP) "awsmini" $(PYTHON) servers/tests awsmini

test-every-app: build-needs ## The same with Django 4.2, 5.2 and 6.1
	$(APT) mariadb-server postgresql python3-dev
	$(STEP) "every app" $(PYTHON) python/tests_django

test-every-fleet: build ## The same with every Django, every session engine and every server
	$(APT) faketime postgresql redis-server
	$(STEP) "every fleet" $(PYTHON) tests/fleets

test-windows: ## The program for Windows, built in a small Debian of its own, and used under Wine; as root
	$(APT) debian-archive-keyring debootstrap
	$(STEP) "Windows" $(PYTHON) tests/windows

test-demo: build-needs ## The demo, which fails unless the rollouts come out as promised
	$(STEP) "demo" $(PYTHON) demo --check

test-crash: build ## Kill init and each step of a rotation at each of their system calls
	$(APT) git strace
	$(STEP) "crashes" $(PYTHON) tests/crash

check: check-house check-rust check-dependencies check-words check-python check-shell check-manual check-docs ## Formats, lints, docs, licences

check-house: ## The paths in the maps exist, crates depend one way, nothing names one machine
	$(STEP) "the house" $(PYTHON) tools/check_house.py

check-rust: build-needs ## cargo fmt, clippy and doc
	$(STEP) "format" cargo fmt --all --check
	$(STEP) "clippy" cargo clippy --workspace --all-targets --locked --quiet -- --deny warnings
	$(STEP) "one store alone" cargo check --package keybaton-stores --tests --locked --quiet --no-default-features --features heroku
	$(STEP) "another one alone" cargo check --package keybaton-stores --tests --locked --quiet --no-default-features --features gcsm
	$(STEP) "Rust docs" env RUSTDOCFLAGS=--deny=warnings cargo doc --workspace --no-deps --locked --quiet

check-dependencies: build-needs ## cargo-deny: bans, licences, sources, advisories
	$(STEP) "dependencies" $(PYTHON) tools/cargo_deny.py

check-words: ## typos
	$(STEP) "spelling" $(TOOL) typos

check-python: ## ruff and mypy
	$(STEP) "Python format" $(TOOL) ruff format --check $(PYTHON_FILES)
	$(STEP) "Python lints" $(TOOL) ruff check $(PYTHON_FILES)
	$(STEP) "types of python" $(TOOL) mypy
	$(foreach folder,python/tests_django $(filter-out python,$(PYTHON_FILES)),$(call types,$(folder)))

check-shell: ## shellcheck
	$(STEP) "shell" $(TOOL) shellcheck .ci/run crates/keybaton/src/completions/keybaton.bash

check-manual: ## mandoc, over the manual pages
	$(APT) mandoc
	$(STEP) "manual" mandoc -T lint -W error wheel/data/share/man/man1/*.1

check-docs: build-needs ## The pages in docs/ as a site: each link leads somewhere, each page is found
	$(STEP) "docs" $(PYTHON) book check

bench: build-needs ## Speed and size beside peers, in one run
	$(APT) git openssl postgresql python3-dev strace
	$(STEP) "release build" cargo build --locked --release --package keybaton
	$(STEP) "benches" $(PYTHON) benches/run.py
	$(STEP) "the app" $(PYTHON) python/tests/postgres.py $(PYTHON) benches/app.py
	$(STEP) "reads" $(PYTHON) servers $(QUICK_SERVERS) $(BUILT_SERVERS) -- $(PYTHON) benches/reads.py

fuzz: build-needs ## Feed the readers random bytes, SECONDS=60 each; wants a nightly toolchain
	$(STEP) "fuzz" $(PYTHON) tools/fuzz.py $(SECONDS)

wheel: build-needs ## Build the wheel that the tests install, print its path
	@$(PYTHON) tools/wheel.py

docs: build-needs ## Build the pages in docs/ as a site, print the path of its first page
	@$(PYTHON) book build

docs-serve: build-needs ## The same, and show it in a browser on this machine: PORT=8000
	@$(PYTHON) book serve $(PORT)

# The program and all tests at once: built one by one, they would be built with other features, so again and again.
build: build-needs
	$(STEP) "build" cargo test --workspace --locked --no-run --quiet

build-needs:
	$(APT) gcc libc6-dev
