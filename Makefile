# aetool: `make` prints what there is.
#
# ARCH chooses the instruction set: x86-64-v3 (AVX2, FMA) where this CPU has it, otherwise baseline; native for all
# that this CPU can do.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

HAS_V3 := $(shell grep -qw avx2 /proc/cpuinfo 2>/dev/null && grep -qw fma /proc/cpuinfo && grep -qw bmi2 /proc/cpuinfo && echo yes)
ARCH ?= $(if $(HAS_V3),x86-64-v3,baseline)
PREFIX ?= /usr/local
DESTDIR ?=

ifeq ($(filter $(ARCH),native x86-64-v3 baseline),)
$(error ARCH=$(ARCH) is unknown; use native, x86-64-v3 or baseline)
endif

# One folder per instruction set, so that changing ARCH never mixes objects.
SCRATCH := .build/$(ARCH)
FLAGS := -c release --scratch-path $(SCRATCH) $(if $(filter baseline,$(ARCH)),,-Xcc -march=$(ARCH))
BIN := $(SCRATCH)/release/aetool

# The test program's own name for the folder, so that it finds the program that was built with it.
export AETOOL_PROGRAM := $(abspath $(BIN))

.PHONY: help setup build test test-browser demo bench bench-peers bench-optimisers bench-compression variants fuzz fuzz-seeds sanitize torture soak docs lint format install clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  ARCH=$(ARCH) (native, x86-64-v3 or baseline)"

setup: ## install the Debian packages that are missing
	@Scripts/setup.sh

build: setup ## build the program
	swift build $(FLAGS)
	@echo "$(BIN)"

# The tests that read our files with other programs skip themselves, by name, where there is no such environment.
TEST_PYTHON := .build/test-python

test: setup lint ## run all tests: library, program, scripts
	-@Scripts/scratch-python.sh $(TEST_PYTHON) numpy safetensors
	AETOOL_PYTHON=$${AETOOL_PYTHON:-$(abspath $(TEST_PYTHON))/bin/python} swift test $(FLAGS)
	Tests/scripts/run.sh

test-browser: build ## look at pages in headless Chromium, which this installs, as a reader would (five minutes)
	@Scripts/setup.sh chromium
	$(BIN) notes --quick --quiet --force --out .build/notes
	python3 Tests/browser/run.py $(BIN) .build/notes/index.html

demo: setup ## train on drawn digits, and write a page on which each claim of the notes is seen
	swift build $(FLAGS) --product aetool
	Scripts/demo.sh $(BIN)

bench: build ## measure training, encoding and cold start
	$(SCRATCH)/release/aetool-bench

# MNIST for measuring against others.
MNIST ?= $(firstword $(wildcard data/mnist ../shared/data/mnist))

bench-peers: build ## measure against PyTorch, JAX and scikit-learn, in turn, in a scratch environment
	Scripts/scratch-python.sh .build/peers numpy 'torch==2.13.*' jax scikit-learn
	.build/peers/bin/python Benchmarks/peers/compare.py $(SCRATCH)/release/aetool-bench
	.build/peers/bin/python Benchmarks/peers/compare_pca.py $(BIN) $(MNIST)/train-images-idx3-ubyte.gz

bench-optimisers: build ## test error against seconds for every optimizer, and for PyTorch (half an hour)
	Scripts/scratch-python.sh .build/peers numpy 'torch==2.13.*' jax scikit-learn
	python3 Benchmarks/optimisers.py $(BIN) --mnist $(MNIST) --peer .build/peers/bin/python --grid --rounds 1 \
	  --out .build/optimisers

# Images of 28 × 28 that are not digits.
OTHER ?= $(firstword $(wildcard data/fashion900/*-images-idx3-ubyte.gz ../shared/data/fashion900/*-images-idx3-ubyte.gz))

# A table of numbers.
TABLE ?= $(firstword $(wildcard data/tabular/28_pendigits.npz ../shared/data/tabular/28_pendigits.npz))

bench-compression: build ## compress against components, JPEG, WebP and PNG (twenty minutes)
	Benchmarks/compression.sh $(BIN) $(MNIST) $(OTHER) .build/compression $(TABLE)

variants: build ## train every variant on MNIST and print the tables of docs/variants.md (half an hour)
	python3 Benchmarks/variants.py $(BIN) --mnist $(MNIST) --other $(OTHER) --out .build/variants

# How long `make fuzz` tries each reader, and which readers: all where none is named.
SECONDS ?= 60
TARGETS ?=

fuzz: setup ## feed every reader with bytes that libFuzzer makes up (SECONDS=n for each, TARGETS="csv npy")
	Scripts/fuzz.sh $(SECONDS) $(TARGETS)

fuzz-seeds: build ## make the corpus anew that fuzzing starts from
	Fuzz/seeds.py $(BIN)

# Both sanitizers, or one of them.
SANITIZERS ?= address thread

sanitize: setup ## build and run the tests under sanitizers of the compiler (SANITIZERS=thread)
	Scripts/sanitize.sh $(SANITIZERS)

torture: build ## kill, starve and deceive the program in every way that docs/reliability.md tells of (ten minutes)
	Tests/torture/run.sh $(BIN)

# How long `make soak` works.
HOURS ?= 2

soak: build ## train, encode, compress and kill in a loop, and watch memory, descriptors and files (HOURS=n)
	python3 Tests/torture/soak.py $(BIN) $(HOURS)

# A folder of its own, since the manifest with the plugin is another one.
docs: setup ## make the pages of the library's documentation in .build/docs
	AETOOL_DOCS=1 swift package --scratch-path .build/docc --allow-writing-to-directory .build/docs \
	  generate-documentation --target Autoencoders --output-path .build/docs --transform-for-static-hosting \
	  --warnings-as-errors
	@echo "look at them with: python3 -m http.server --bind 127.0.0.1 --directory .build/docs 8000"
	@echo "and http://127.0.0.1:8000/documentation/autoencoders"

lint: setup ## check layout, the specialization of generic kernels, and that folders use one another only downward
	swift format lint --strict --recursive --parallel Sources Tests Benchmarks Examples Package.swift
	Scripts/lint-specialized.sh Sources
	Scripts/lint-folders.sh

format: setup ## lay out the sources
	swift format --in-place --recursive --parallel Sources Tests Benchmarks Examples Package.swift

install: setup ## copy the program to PREFIX/bin; it then runs without the Swift toolchain
	swift build $(FLAGS) --product aetool --static-swift-stdlib
	install -D -m 755 $(BIN) "$(DESTDIR)$(PREFIX)/bin/aetool"

clean: ## remove what was built and what the demo wrote
	rm -rf .build demo
