# The library for other platforms than the machine's own: included by the Makefile.

PLATFORMS := $(BUILD)/platforms
WINDOWS_DLL := $(PLATFORMS)/windows_amd64/ml_webrtc.dll
WINDOWS_TEST_DLL := $(PLATFORMS)/test/windows_amd64/ml_webrtc.dll

.PHONY: windows windows-deps test-windows test-windows-all test-windows-ready

windows: windows-deps
	@$(MAKE) --no-print-directory $(WINDOWS_DLL)

windows-deps:
	@scripts/deps.sh windows

LIBRARY_SCRIPTS := scripts/library.sh scripts/codecs.sh $(wildcard scripts/windows/*)

$(WINDOWS_DLL): $(SOURCES) $(LIBRARY_SCRIPTS) $(BUILD)/version
	scripts/library.sh windows_amd64 $(@D) '$(VERSION)'

$(WINDOWS_TEST_DLL): $(SOURCES) $(LIBRARY_SCRIPTS) test/include/ml_webrtc_test.h
	scripts/library.sh windows_amd64 $(@D) '$(VERSION)' test

# --- Windows under Wine -----------------------------------------------------------------------------

# A part of the tests that sees most of what can be different on Windows, for each run of `make test`.
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
