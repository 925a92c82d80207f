# Sourced: files of Debian's archive at pinned versions and hashes, from the machine's own mirror.

sha256() { # FILE
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum "$1" | cut -d ' ' -f 1
    else
        shasum -a 256 "$1" | cut -d ' ' -f 1
    fi
}

right() { [ -f "$1" ] && [ "$(sha256 "$1")" = "$2" ]; } # FILE HASH

# debian_apt FOLDER LINE...: sets apt_options to a configuration of apt's own in the folder, with sources of
# these lines, in which MIRROR stands for the mirror. False where there is no apt.
debian_apt() {
    local folder=$1 mirror log=$1/apt.log
    shift
    command -v apt-get >/dev/null 2>&1 || return 1
    # shellcheck disable=SC2016
    mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
        sed -n 's/^Debian //p' | sort -u | head -n 1)
    [ -n "$mirror" ] || return 1
    apt_options=(-o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt" -o Dir::State::status=/dev/null
        -o APT::Sandbox::User=root -o APT::Architectures::=amd64 -o APT::Architectures::=arm64)
    mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial"
    printf '%s\n' "$@" | sed -e "s|MIRROR|$mirror|" \
        -e 's|\[|[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg |' >"$folder/apt/sources.list"
    apt-get "${apt_options[@]}" update -qq >"$log" 2>&1 || { tail -n 5 "$log" >&2; return 1; }
}
