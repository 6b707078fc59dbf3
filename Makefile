# `make help` lists the targets.

PREFIX ?= /usr/local
OUT ?= architecture
PYTHON ?= python3
SWIFT ?= swift
SHELL := bash

# The compiler holds the arrows between the modules, too.
swift_flags := --explicit-target-dependency-import-check error
ifeq ($(shell uname -s),Linux)
# The archives are found first in a folder that holds nothing else, and so the binary needs none of the libraries later.
# At a fixed place, a start need not correct the 100,000 addresses that Swift's metadata holds: 1.5 ms of each command.
archives := .build/archives
static := --static-swift-stdlib -Xlinker -L$(CURDIR)/$(archives) -Xlinker -no-pie
endif

binary := .build/release/plumbline
venv := .venv
end_to_end := Tests/EndToEnd

.PHONY: help run build test test-swift test-end-to-end soak lint bench install uninstall clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-16s %s\n", $$1, $$2 }'

run: build ## build, then ask and write the documents; ANSWERS=file asks nothing, OUT=folder (default architecture)
ifdef ANSWERS
	$(binary) ask --answers "$(ANSWERS)" --no-input --out "$(OUT)" </dev/null
else
	$(binary) ask --out "$(OUT)"
endif

build: ## the release binary, with the system packages that it needs
	scripts/install-packages build
	@mkdir -p .build/archives
	@for name in sqlite3 cmark-gfm cmark-gfm-extensions pg_query; do \
	  archive=/usr/lib/$$(uname -m)-linux-gnu/lib$$name.a; \
	  if [ -f $$archive ]; then ln -sf $$archive .build/archives/; fi; done
	@for archive in /usr/lib/gcc/$$(uname -m)-linux-gnu/*/libstdc++.a; do \
	  if [ -f $$archive ]; then ln -sf $$archive .build/archives/; fi; done
	$(SWIFT) build -c release --product plumbline $(static) $(swift_flags)
	@# Written in one go, the program lies in memory in larger pieces, and starts about a millisecond sooner.
	@if [ ! .build/laid-out -nt $(binary) ]; then \
	  cp -p $(binary) .build/laid-out && \
	  { cat .build/laid-out > $(binary) && touch -r .build/laid-out $(binary) || mv -f .build/laid-out $(binary); } && \
	  : > .build/laid-out; fi

test: test-swift test-end-to-end ## all tests, with reduced, seeded sizes

test-swift: $(venv)/installed ## the Swift tests alone
	scripts/install-packages build
	@mkdir -p .build
	@# What failed is said again at the end, where it is found.
	set -o pipefail; $(SWIFT) test --disable-xctest $(swift_flags) 2>&1 | tee .build/swift-tests.log || \
	  { echo; grep -aE '^(✘|↳)' .build/swift-tests.log; exit 1; }

test-end-to-end: build $(venv)/installed ## the tests against the release binary alone; PYTEST="-k name" picks some
	PLUMBLINE="$(CURDIR)/$(binary)" $(venv)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(end_to_end) $(PYTEST)

soak: ## the same tests at full size, and both fuzzers, ten minutes each
	PLUMBLINE_SOAK=1 $(MAKE) test
	scripts/fuzz

# axe-playwright-python is wanted for its axe.min.js alone: its dependencies would fetch browsers.
$(venv)/installed: $(end_to_end)/requirements.txt scripts/install-packages
	scripts/install-packages test
	$(PYTHON) -m venv $(venv)
	grep '^axe-playwright-python' $< | $(venv)/bin/pip install -q --disable-pip-version-check --no-deps -r /dev/stdin
	grep -v '^axe-playwright-python' $< | $(venv)/bin/pip install -q --disable-pip-version-check -r /dev/stdin
	touch $@

lint: ## the style of the Swift sources, strictly
	$(SWIFT) format lint -s -r Sources $(wildcard Tests/*Tests) Plugins Package.swift bench

bench: build ## start-up, batch throughput, the checklist of a large diff, and SQL against its parser and squawk
	scripts/install-packages manual
	$(PYTHON) bench/bench.py --binary $(binary)
	$(PYTHON) bench/checklist.py --binary $(binary)
	$(PYTHON) bench/sql.py --binary $(binary)

install: ## binary, man page and completions below PREFIX (default /usr/local)
	test -x $(binary) || $(MAKE) build
	scripts/install-packages manual
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1" \
	  "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" "$(DESTDIR)$(PREFIX)/share/zsh/site-functions" \
	  "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	install -m 755 -s $(binary) "$(DESTDIR)$(PREFIX)/bin/plumbline"
	$(binary) --experimental-dump-help | $(PYTHON) scripts/man-page > .build/plumbline.1
	install -m 644 .build/plumbline.1 "$(DESTDIR)$(PREFIX)/share/man/man1/plumbline.1"
	$(binary) --generate-completion-script bash > .build/plumbline.bash
	install -m 644 .build/plumbline.bash "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/plumbline"
	$(binary) --generate-completion-script zsh > .build/plumbline.zsh
	install -m 644 .build/plumbline.zsh "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_plumbline"
	$(binary) --generate-completion-script fish > .build/plumbline.fish
	install -m 644 .build/plumbline.fish "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/plumbline.fish"

uninstall: ## what install put there
	rm -f "$(DESTDIR)$(PREFIX)/bin/plumbline" "$(DESTDIR)$(PREFIX)/share/man/man1/plumbline.1" \
	  "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/plumbline" \
	  "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_plumbline" \
	  "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/plumbline.fish"

clean: ## what was built
	rm -rf .build $(venv)
