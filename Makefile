# Everything a fresh machine needs beyond Go, a C compiler and make is installed by these targets.

SHELL := /bin/bash
BIN := bin/followupd
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)
GOLANGCI_VERSION := v2.15.0
GOLANGCI := .cache/golangci-lint-$(GOLANGCI_VERSION)

.PHONY: build program release man demo test test-faults test-fleet faultserver test-deps unit stories lint fmt bench eval eval-drafts generate eval-writer clean

build:
	go build -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/followupd

# The program as it is given away: without paths of the machine in it, so that anybody can build the same bytes from the same
# commit and toolchain (.ci/reproducible), and without need of a C library where it runs (Linux). SQLite is compiled anew for it.
program:
	go build -trimpath -buildvcs=false -tags netgo,osusergo,sqlite_omit_load_extension \
		-ldflags '-s -w -buildid= -linkmode external -extldflags "-static" $(LDFLAGS)' -o $(BIN) ./cmd/followupd

# Tarballs, Debian packages and checksums in dist/, named by the git tag. Takes some minutes for each kind of machine.
release:
	@./.ci/release/build $(VERSION) dist
	@./.ci/release/try dist

# The manual pages, one a command and one for the configuration.
MAN ?= bin/man
man:
	@mkdir -p $(MAN)
	@FOLLOWUPD_MAN=$(abspath $(MAN)) go test ./cmd/followupd -run 'TestManual_' -count=1 -ldflags '$(LDFLAGS)' >/dev/null
	@echo "man: $$(find $(MAN) -type f | wc -l) pages in $(MAN)"

# ARGS=--exit ends after the first pass.
demo: build
	./$(BIN) demo $(ARGS)

# Installs what the tests need where that can be done; elsewhere says what is left out.
test-deps:
	@./.ci/test-deps

# All tests. With REQUIRE_DOVECOT=1 a machine without a real IMAP server fails instead of leaving tests out, with
# REQUIRE_POSTGRES=1 one without PostgreSQL.
test: test-deps
	@FOLLOWUPD_REQUIRE_DOVECOT=$(REQUIRE_DOVECOT) FOLLOWUPD_REQUIRE_POSTGRES=$(REQUIRE_POSTGRES) ./.ci/gotest ./... ./.ci/simulate

# The tests without installing anything.
unit:
	@./.ci/gotest ./... ./.ci/simulate

# Every row of the fault table as a test, and the table with its results; ARGS=-write writes docs/faults.md anew.
test-faults: test-deps
	@go run ./.ci/faults $(ARGS)

# Workers of a fleet killed and frozen in turns while mail comes, for some minutes; `make test` does a few rounds.
test-fleet: test-deps
	@FOLLOWUPD_FLEET=full FOLLOWUPD_REQUIRE_DOVECOT=1 FOLLOWUPD_REQUIRE_POSTGRES=1 ./.ci/gotest -count=1 -v -timeout 30m -run TestFleet ./cmd/followupd

# A working day of 50,000 mailboxes on 100 workers, played in some minutes; ARGS="-mailboxes 500 -workers 5" plays a smaller fleet.
.PHONY: simulate
simulate:
	@go run ./.ci/simulate $(ARGS)

# An IMAP server that does wrong what it is told to, by hand; ARGS="-faults help" lists what it can do.
faultserver: build
	@go run ./.ci/faultserver $(ARGS)

# Black-box stories against a real Dovecot; STORIES names their folder and runner.
STORIES ?= ../shared/acceptance
stories: build
	python3 $(STORIES)/run_stories.py --bin $(BIN) --stories $(STORIES)/stories $(STORY_ARGS)

lint: $(GOLANGCI)
	$(GOLANGCI) run ./...

$(GOLANGCI):
	@mkdir -p .cache
	GOBIN=$(CURDIR)/.cache/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv .cache/bin/golangci-lint $@

fmt: $(GOLANGCI)
	$(GOLANGCI) fmt ./...

# Every fuzz target, one after the other, FUZZTIME each; what crashed one stays in its testdata. FUZZ_ARGS names some only.
FUZZTIME ?= 60s
fuzz:
	@./.ci/fuzz $(FUZZTIME) $(FUZZ_ARGS)

# What is linked: unchanged since it was pinned, of licences that let us, free of known holes as far as can be asked, and built to
# the same bytes twice. REPRODUCIBLE= leaves the last out, which takes minutes.
REPRODUCIBLE ?= 1
audit:
	go mod verify
	go run ./.ci/audit
	@./.ci/vulnerabilities
	@[ -z "$(REPRODUCIBLE)" ] || ./.ci/reproducible

# Writes docs/licences.md anew, after a module was added or changed.
licences:
	go run ./.ci/audit -write

# Ratios against a raw socket and mbsync, in rounds that take turns; BENCH_ARGS="-only sync" measures a part.
bench: build test-deps
	@go run ./.ci/bench -bin $(BIN) $(BENCH_ARGS)

# What follow-ups say: made-up threads of every situation, step and language; ARGS=-v prints every draft.
eval-drafts:
	@go run ./.ci/drafts $(ARGS)

# How far the judgement can be trusted: kinds, dates, texts, threads, cost. CORPUS is a folder of labelled mail; exit 1 below a floor.
CORPUS ?= ../shared/corpus
eval:
	@go run ./.ci/eval -corpus $(CORPUS) $(EVAL_ARGS)

# The language model's gate, with a scripted endpoint: no faulty answer becomes a draft, sound ones do, nothing of third
# parties leaves; and nothing that writes from templates knows of it.
eval-writer:
	@go test ./agent/llm -count=1 -v | grep -vE '^=== RUN|^ +(--- PASS|held_test.go:[0-9]+: [a-z]+: )'; exit $${PIPESTATUS[0]}
	@! go list -deps ./agent ./playbook/... | grep -qx followupd/agent/llm

# Crash points, mutations and storms of kills at full length, beside what test-faults does otherwise. Takes half an hour.
.PHONY: test-storms soak
test-faults: test-storms
test-storms: test-deps
	FOLLOWUPD_FAULTS=full go test ./agent ./cmd/followupd -run 'TestCrash|TestMutation|TestStorm|TestFault_01|TestFault_10|TestSteer_Killed' -count=1 -timeout 90m -v | grep -E '^(---|ok|FAIL|panic)| (storm|crash)_test.go'; exit $${PIPESTATUS[0]}

# The real daemon under random faults: memory and goroutines must stay. SOAK=5m shortens.
SOAK ?= 30m
soak:
	FOLLOWUPD_SOAK=$(SOAK) go test ./cmd/followupd -run TestSoak -count=1 -timeout 0 -v | grep -vE 'the program said|^ +time='; exit $${PIPESTATUS[0]}

clean:
	rm -rf bin dist .cache
