# The library for other platforms than the machine's own: included by the Makefile.

PLATFORMS := $(BUILD)/platforms
LINUX_LIBS := $(PLATFORMS)/linux_amd64/libml_webrtc.so $(PLATFORMS)/linux_arm64/libml_webrtc.so
ARM64_TEST_LIB := $(PLATFORMS)/test/linux_arm64/libml_webrtc.so
WINDOWS_DLL := $(PLATFORMS)/windows_amd64/ml_webrtc.dll
WINDOWS_TEST_DLL := $(PLATFORMS)/test/windows_amd64/ml_webrtc.dll
# What Linux libraries may ask for of the C library (docs/platforms.md).
OLDEST_GLIBC := 2.17

.PHONY: linux windows android macos dist test-dist test-arm64 test-windows test-windows-all test-windows-ready

LIBRARY_SCRIPTS := $(addprefix scripts/, library.sh codecs.sh cross.sh debian.sh sysroot.sh) \
	$(wildcard scripts/linux/* scripts/windows/*)

# For x86-64 and arm64, with an old C library.
linux:
	@scripts/deps.sh linux
	@$(MAKE) --no-print-directory $(LINUX_LIBS)
	@for library in $(LINUX_LIBS); do \
		test/abi/check_symbols.sh $$library include include/abi.json && \
		scripts/check_library.sh $$library '$(VERSION)' $(OLDEST_GLIBC) || exit 1; \
	done

$(LINUX_LIBS): $(PLATFORMS)/%/libml_webrtc.so: $(SOURCES) $(LIBRARY_SCRIPTS) $(BUILD)/version
	scripts/library.sh $* $(@D) '$(VERSION)'

$(ARM64_TEST_LIB): $(SOURCES) $(LIBRARY_SCRIPTS) test/include/ml_webrtc_test.h
	scripts/library.sh linux_arm64 $(@D) '$(VERSION)' test

windows:
	@scripts/deps.sh windows
	@$(MAKE) --no-print-directory $(WINDOWS_DLL)

$(WINDOWS_DLL): $(SOURCES) $(LIBRARY_SCRIPTS) $(BUILD)/version
	scripts/library.sh windows_amd64 $(@D) '$(VERSION)'

$(WINDOWS_TEST_DLL): $(SOURCES) $(LIBRARY_SCRIPTS) test/include/ml_webrtc_test.h
	scripts/library.sh windows_amd64 $(@D) '$(VERSION)' test

# make android NDK=/path/to/the/ndk
android: export ANDROID_NDK = $(NDK)
android:
	scripts/library.sh android_arm64 $(PLATFORMS)/android_arm64 '$(VERSION)'
	scripts/library.sh android_amd64 $(PLATFORMS)/android_amd64 '$(VERSION)'
	@for platform in arm64 amd64; do \
		library=$(PLATFORMS)/android_$$platform/libml_webrtc.so; \
		test/abi/check_symbols.sh $$library include include/abi.json && \
		scripts/check_library.sh $$library '$(VERSION)' android || exit 1; \
	done

# On a Mac.
macos:
	scripts/library.sh macos $(PLATFORMS)/macos '$(VERSION)'

# --- what is handed out -----------------------------------------------------------------------------

DIST ?= dist

dist:
	@scripts/deps.sh dist
	@$(MAKE) --no-print-directory linux windows
	scripts/dist/dist.sh $(DIST) '$(VERSION)'

# Each archive is unpacked and used; two builds in two places give the same bytes.
test-dist: dist
	@scripts/deps.sh test-dist
	test/windows/wine.sh --prepare
	test/dist/run.sh $(DIST) '$(VERSION)'
	test/types/link.sh
	test/dist/reproducible.sh $(DIST) '$(VERSION)'

# --- arm64 under QEMU -------------------------------------------------------------------------------

# The C programs, one of which calls a peer on this machine's own processor, and what Go packages have in C.
test-arm64: $(TEST_LIB)
	@scripts/deps.sh test-arm64
	@$(MAKE) --no-print-directory linux $(ARM64_TEST_LIB)
	test/arm64/go_test.sh
	cmake -S test -B $(BUILD)/ctest-caller -DML_WEBRTC_LIBRARY=$(CURDIR)/$(TEST_LIB) -DONLY_INTERFACE=ON >/dev/null
	cmake --build $(BUILD)/ctest-caller --target platforms -j 2 >/dev/null
	cmake -S test -B $(BUILD)/ctest-arm64 --toolchain $(CURDIR)/test/arm64/toolchain.cmake \
		-DML_WEBRTC_LIBRARY=$(CURDIR)/$(ARM64_TEST_LIB) -DML_WEBRTC_CALLER=$(CURDIR)/$(BUILD)/ctest-caller/platforms \
		>/dev/null
	cmake --build $(BUILD)/ctest-arm64 -j 2 >/dev/null
	ctest --test-dir $(BUILD)/ctest-arm64 -j 2 --output-on-failure

# --- Windows under Wine -----------------------------------------------------------------------------

# A part of the tests that sees most of what can be different on Windows, in a few minutes.
WINDOWS_TESTS := connect messages reentry left_callbacks exceptions process_exit audio_exit panic defaults \
	errors_signalling errors_channels errors_video video_frames video_sinks video_tracks audio_tracks platforms

empty :=
space := $(empty) $(empty)
WINDOWS_CTEST = ctest --test-dir $(BUILD)/ctest-windows -j 2 --output-on-failure

test-windows: test-windows-ready
	$(WINDOWS_CTEST) -R '^($(subst $(space),|,$(strip $(WINDOWS_TESTS))))$$'

test-windows-all: test-windows-ready
	$(WINDOWS_CTEST)

test-windows-ready: $(TEST_LIB)
	@scripts/deps.sh test-windows
	@$(MAKE) --no-print-directory $(WINDOWS_DLL) $(WINDOWS_TEST_DLL)
	test/windows/wine.sh --prepare
	test/windows/check.sh $(dir $(WINDOWS_DLL)) '$(VERSION)'
	cmake -S test -B $(BUILD)/ctest-caller -DML_WEBRTC_LIBRARY=$(CURDIR)/$(TEST_LIB) -DONLY_INTERFACE=ON >/dev/null
	cmake --build $(BUILD)/ctest-caller --target platforms -j 2 >/dev/null
	cmake -S test -B $(BUILD)/ctest-windows --toolchain $(CURDIR)/test/windows/toolchain.cmake \
		-DML_WEBRTC_LIBRARY=$(CURDIR)/$(WINDOWS_TEST_DLL) -DML_WEBRTC_CALLER=$(CURDIR)/$(BUILD)/ctest-caller/platforms \
		>/dev/null
	cmake --build $(BUILD)/ctest-windows -j 2 >/dev/null
