#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes what a library contains, in CycloneDX's JSON: sbom.py OUTPUT LIBRARY VERSION TARGET

TARGET is GOOS_GOARCH. The Go modules are those that cyclonedx-gomod finds for that platform; the C libraries are those of
build/codecs/TARGET, with their sources' hashes from scripts/codecs.sh. Licences are what THIRD_PARTY_NOTICES.md says.
"""
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

TOOL = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"
TOOLS = os.path.abspath("build/tools")


def fail(what):
    sys.exit("sbom.py: " + what)


def run(*command, **environment):
    done = subprocess.run(command, check=False, text=True, env=dict(os.environ, **environment), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        fail(f"{' '.join(command)}: {done.stdout}")
    return done.stdout


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def modules(release, target):
    """The tool's own result. It asks Git for the version, and wants a repository with a tag: here one of the sources alone."""
    sources = run("git", "ls-files", "--", "go.mod", "go.sum", "*.go", "*.c", "*.h").split()
    run("go", "install", TOOL, GOBIN=TOOLS, GOOS="", GOARCH="")
    with tempfile.TemporaryDirectory() as folder:
        for name in sources:
            os.makedirs(os.path.join(folder, os.path.dirname(name)), exist_ok=True)
            with open(name, "rb") as source, open(os.path.join(folder, name), "wb") as copy:
                copy.write(source.read())
        git = ["git", "-C", folder, "-c", "user.name=sbom", "-c", "user.email=sbom@localhost", "-c", "commit.gpgsign=false"]
        run(*git, "init", "-q")
        run(*git, "add", "-A")
        run(*git, "commit", "-qm", release)
        run(*git, "tag", "v" + release)
        output = os.path.join(folder, "sbom.json")
        system, arch = target.split("_")
        run(os.path.join(TOOLS, "cyclonedx-gomod"), "app", "-json", "-std", "-noserial", "-notimestamp", "-main", "capi",
            "-output", output, folder, GOOS=system, GOARCH=arch, CGO_ENABLED="1")
        return json.loads(read(output))


def c_libraries(target):
    """What scripts/codecs.sh built: name, version, tarball, its SHA-256."""
    sources = read("scripts/codecs.sh")
    for line in read(f"build/codecs/{target}/versions").splitlines():
        name, version = line.split()
        package = "opus" if name == "libopus" else name[3:] if name == "libspeexdsp" else name
        found = re.search(rf"^{package} {re.escape(version)} (\S+) ([0-9a-f]{{64}})$", sources, re.M)
        if not found:
            fail(f"scripts/codecs.sh names no source of {name} {version}")
        yield name, version, package, found[2]


def compilers_own(target):
    """What the compiler adds to the library: name and version of Debian's package."""
    if target.startswith("windows"):
        yield "mingw-w64", run("dpkg-query", "-W", "-f", "${Version}", "mingw-w64-x86-64-dev")


def licences():
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", read("THIRD_PARTY_NOTICES.md"), re.M)
    known = {name.strip(): licence.split(",")[0].strip() for name, licence in rows}
    known["std"] = known["Go's runtime and standard library"]
    return known


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    output, library, version, target = sys.argv[1:]
    bom = modules(version.split("+")[0], target)
    for tool in bom["metadata"]["tools"]:
        tool.pop("hashes", None)  # of the program, which each machine builds
    with open(library, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    main_component = bom["metadata"]["component"]
    main_component.update(type="library", version=version, licenses=[{"license": {"id": "MIT"}}],
                          hashes=[{"alg": "SHA-256", "content": digest}])
    depends = next(entry for entry in bom["dependencies"] if entry["ref"] == main_component["bom-ref"])["dependsOn"]

    def add(name, number, package, **more):
        purl = f"pkg:deb/debian/{package}@{number}?arch=source"
        bom["components"].append({"bom-ref": purl, "type": "library", "name": name, "version": number, "scope": "required",
                                  "purl": purl, **more})
        bom["dependencies"].append({"ref": purl})
        depends.append(purl)

    for name, number, package, source in c_libraries(target):
        add(name, number, package, properties=[{"name": "source:SHA-256", "value": source}])
    for name, number in compilers_own(target):
        add(name, number, name)
    known = licences()
    for component in bom["components"]:
        if component["name"] not in known:
            fail(f"{component['name']} is not in THIRD_PARTY_NOTICES.md")
        component["licenses"] = [{"license": {"id": known[component["name"]]}}]
    with open(output, "w", encoding="utf-8") as file:
        json.dump(bom, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
