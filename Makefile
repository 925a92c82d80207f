# libml_webrtc: `make demo` builds and shows it, `make test` tests it all. Both install what is missing.

RELEASE := $(shell sed -n 's/^.define ML_WEBRTC_VERSION "\(.*\)"$$/\1/p' include/ml_webrtc.h)
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
VERSION ?= $(RELEASE)$(if $(COMMIT),+g$(COMMIT))

BUILD := build
LIB := $(BUILD)/libml_webrtc.so
TEST_LIB := $(BUILD)/test/libml_webrtc.so
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DESTDIR ?=

GO ?= go
CC ?= gcc
export CGO_ENABLED := 1

# Only our names are exported; what is linked in statically stays hidden.
LINK := -Wl,--version-script=$(CURDIR)/capi/libml_webrtc.map -Wl,--exclude-libs,ALL -Wl,--gc-sections \
	-Wl,-soname,libml_webrtc.so -Wl,-z,nodelete
GO_BUILD = $(GO) build -buildmode=c-shared -trimpath -buildvcs=false \
	-ldflags "-s -w -buildid= -X main.version=$(VERSION) -extldflags '$(LINK)'"

# The C libraries that are linked in.
CODECS := $(BUILD)/codecs/linux_amd64/stamp

SOURCES := $(shell find capi callbacks handles internal include -name '*.go' -o -name '*.[ch]' -o -name '*.map') \
	go.mod go.sum

FUZZ_TIME ?= 4000x

.DELETE_ON_ERROR:
.PHONY: FORCE all demo demo-browser test test-all lint bench install clean distclean deps test-deps \
	test-headers test-go test-types test-fuzz test-border test-library test-programs test-c test-networks test-install stress format

all: deps $(LIB)

# Changes when the version does, so that what carries it is built again.
$(BUILD)/version: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' > $@
FORCE:

$(CODECS): scripts/codecs.sh
	scripts/codecs.sh linux_amd64
	@touch $@

$(LIB): $(SOURCES) $(CODECS) $(BUILD)/version
	@mkdir -p $(@D)
	$(GO_BUILD) -o $@ ./capi
	@rm -f $(BUILD)/libml_webrtc.h

# The library with the exports that the tests need (test/include/ml_webrtc_test.h).
$(TEST_LIB): $(SOURCES) $(CODECS) test/include/ml_webrtc_test.h
	@mkdir -p $(@D)
	$(GO_BUILD) -tags mltest -o $@ ./capi
	@rm -f $(BUILD)/test/libml_webrtc.h

include platforms.mk

deps:
	@scripts/deps.sh build

test-deps:
	@scripts/deps.sh test

# --- the demo ---------------------------------------------------------------------------------------

EXAMPLE_FLAGS = -std=c11 -O3 -Wall -Wextra -D_POSIX_C_SOURCE=200809L -Iinclude
EXAMPLES := $(BUILD)/hello $(BUILD)/file_demo $(BUILD)/media_demo

$(BUILD)/hello: $(addprefix examples/c/, hello.c)
$(BUILD)/file_demo: $(addprefix examples/c/, file_demo.c peer.c sha256.c)
$(BUILD)/media_demo: $(addprefix examples/c/, media_demo.c peer.c pattern.c png.c sound.c)

BROWSER_DEMO := $(BUILD)/browser_demo
$(BROWSER_DEMO): $(wildcard examples/browser/*.[ch]) $(addprefix examples/c/, peer.c pattern.c)

$(EXAMPLES) $(BROWSER_DEMO): $(wildcard examples/c/*.h) $(LIB)
	$(CC) $(EXAMPLE_FLAGS) -I. $(filter %.c, $^) -o $@ -L$(BUILD) -lml_webrtc -lm -pthread -Wl,-rpath,'$$ORIGIN'

demo: deps
	@$(MAKE) --no-print-directory $(EXAMPLES)
	$(BUILD)/hello
	$(BUILD)/file_demo $(LIB)
	$(BUILD)/media_demo $(BUILD)/demo-last-frame.png

# Ctrl-C ends it.
demo-browser: deps
	@$(MAKE) --no-print-directory $(BROWSER_DEMO)
	$(BROWSER_DEMO)

# --- tests ------------------------------------------------------------------------------------------

test: test-deps
	@$(MAKE) --no-print-directory test-headers
	@$(MAKE) --no-print-directory test-go
	@$(MAKE) --no-print-directory test-types
	@$(MAKE) --no-print-directory test-border
	@$(MAKE) --no-print-directory test-library
	@$(MAKE) --no-print-directory test-c
	@$(MAKE) --no-print-directory test-install
	@$(MAKE) --no-print-directory test-fuzz
	@echo "OK: all tests passed"

# What other platforms and the archives need besides takes about 25 minutes more the first time.
test-all: test
	@$(MAKE) --no-print-directory test-windows-all
	@$(MAKE) --no-print-directory test-arm64
	@$(MAKE) --no-print-directory test-dist

test-headers:
	test/abi/check_headers.sh
	test/abi/check_checks.sh

test-go: $(CODECS)
	@unformatted=$$(gofmt -l capi handles callbacks internal bench test examples); \
		if [ -n "$$unformatted" ]; then echo "not gofmt-ed: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -tags mltest ./capi
	$(GO) test -race ./...

# The platforms whose compilers are not at hand, as far as that goes.
test-types: $(CODECS)
	$(GO) run ./test/types android/arm64 android/amd64 darwin/arm64 darwin/amd64 windows/amd64 linux/arm64
	test/types/c.sh

test-fuzz: $(CODECS)
	scripts/fuzz.sh $(FUZZ_TIME)

test-border: $(CODECS)
	test/border/run.sh $(BUILD)/border

test-library: $(LIB)
	test/abi/check_symbols.sh $(LIB) include include/abi.json
	scripts/check_library.sh $(LIB) $(VERSION)
	scripts/notices.sh >/dev/null
	@grep -q '"version": "$(RELEASE)"' unity/com.libml.webrtc/package.json || \
		{ echo "unity/com.libml.webrtc/package.json is not of the headers' version $(RELEASE)"; exit 1; }

test-programs: $(TEST_LIB) $(BROWSER_DEMO)
	cmake -S test -B $(BUILD)/ctest -DML_WEBRTC_LIBRARY=$(CURDIR)/$(TEST_LIB) \
		-DBROWSER_DEMO=$(CURDIR)/$(BROWSER_DEMO) >/dev/null
	cmake --build $(BUILD)/ctest -j 2 >/dev/null

# Most of them wait for sound and pictures in real time, so there are more at a time than processors.
test-c: test-programs
	ctest --test-dir $(BUILD)/ctest -LE '^long$$' -j 3 --output-on-failure

# Networks that change, and bad ones, with what takes long; prints what was measured (docs/networks.md).
test-networks: test-deps test-programs
	ctest --test-dir $(BUILD)/ctest -L '^change$$' -j 4 --output-on-failure
	ctest --test-dir $(BUILD)/ctest -L '^figures$$' -V >$(BUILD)/networks.log || { cat $(BUILD)/networks.log; exit 1; }
	@sed -n 's/^[0-9]*: \(.*kbit\/s\)$$/\1/p' $(BUILD)/networks.log

test-install: $(EXAMPLES)
	$(BUILD)/hello
	$(BUILD)/file_demo $(LIB) >$(BUILD)/demo.log
	@tail -n 1 $(BUILD)/demo.log
	$(BUILD)/media_demo $(BUILD)/demo-last-frame.png >$(BUILD)/demo.log
	@tail -n 1 $(BUILD)/demo.log
	scripts/check_install.sh

# The long proof that managed hosts are safe: 20 runs of a minute with each of Mono's collectors.
stress: test-deps test-programs
	ctest --test-dir $(BUILD)/ctest -R '^mono.*_Stress$$' --repeat until-fail:20 --output-on-failure

# --- the rest ---------------------------------------------------------------------------------------

GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.12.2
C_FILES = $(shell find capi callbacks handles internal include examples test bench scripts -name node_modules -prune \
	-o '(' -name '*.[ch]' -o -name '*.cpp' ')' -print)

lint: $(CODECS)
	@scripts/deps.sh lint
	clang-format --dry-run --Werror $(C_FILES)
	$(GO) run $(GOLANGCI_LINT) run ./...
	@echo "OK: lint"

format:
	@scripts/deps.sh lint
	clang-format -i $(C_FILES)
	gofmt -w capi handles callbacks internal bench test examples

bench: deps $(LIB) $(TEST_LIB)
	bench/run.sh $(CURDIR)/$(LIB) $(CURDIR)/$(TEST_LIB)

# Applications import the library under the names of the interface's first maker.
install: $(LIB)
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(LIBDIR)/cmake/ml_webrtc $(DESTDIR)$(INCLUDEDIR)/ml_webrtc
	install -m 644 include/ml_webrtc.h $(DESTDIR)$(INCLUDEDIR)/
	install -m 644 include/ml_webrtc/*.h $(DESTDIR)$(INCLUDEDIR)/ml_webrtc/
	install -m 755 $(LIB) $(DESTDIR)$(LIBDIR)/
	ln -sf libml_webrtc.so $(DESTDIR)$(LIBDIR)/libwebrtc.magicleap.so
	ln -sf libml_webrtc.so $(DESTDIR)$(LIBDIR)/libml_sdk_loader.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(RELEASE)|' cmake/ml_webrtc.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/ml_webrtc.pc
	install -m 644 cmake/ml_webrtc-config.cmake $(DESTDIR)$(LIBDIR)/cmake/ml_webrtc/
	sed -e 's|@VERSION@|$(RELEASE)|' cmake/ml_webrtc-config-version.cmake.in \
		> $(DESTDIR)$(LIBDIR)/cmake/ml_webrtc/ml_webrtc-config-version.cmake

# Keeps the C libraries, which take a minute to build.
clean:
	find $(BUILD) -mindepth 1 -maxdepth 1 ! -name codecs -exec rm -rf {} + 2>/dev/null || true

distclean:
	rm -rf $(BUILD)
