#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the Unity package: valid JSON, a .meta beside each asset and none without, unique GUIDs, sources that say their licence.

check_package.py PACKAGE [--write]
--write makes the .meta files that are missing. A GUID is made of the asset's path, so it never changes by itself.
"""
import hashlib
import json
import os
import re
import sys

IMPORTERS = {
    ".cs": "MonoImporter:\n  externalObjects: {}\n  serializedVersion: 2\n  defaultReferences: []\n  executionOrder: 0\n"
           "  icon: {instanceID: 0}\n",
    ".asmdef": "AssemblyDefinitionImporter:\n  externalObjects: {}\n",
    ".shader": "ShaderImporter:\n  externalObjects: {}\n  defaultTextures: []\n  nonModifiableTextures: []\n",
    ".md": "TextScriptImporter:\n  externalObjects: {}\n",
    "package.json": "PackageManifestImporter:\n  externalObjects: {}\n",
    "/": "DefaultImporter:\n  externalObjects: {}\n",
}
LIBRARIES = (".so", ".dll", ".dylib")
END = "  userData:\n  assetBundleName:\n  assetBundleVariant:\n"


def assets(package):
    """All paths that Unity imports; folders end with a slash. What ends with ~ or begins with a dot it leaves alone."""
    for folder, folders, files in os.walk(package):
        folders[:] = sorted(name for name in folders if not name.endswith("~") and not name.startswith("."))
        relative = os.path.relpath(folder, package)
        prefix = "" if relative == "." else relative + "/"
        for name in folders:
            yield prefix + name + "/"
        for name in sorted(files):
            if not name.endswith(".meta") and not name.startswith("."):
                yield prefix + name


def meta_text(package, path):
    name = os.path.basename(path)
    kind = "/" if path.endswith("/") else name if name in IMPORTERS else os.path.splitext(name)[1]
    guid = hashlib.md5((os.path.basename(package) + "/" + path).encode()).hexdigest()
    folder = "folderAsset: yes\n" if kind == "/" else ""
    return f"fileFormatVersion: 2\nguid: {guid}\n{folder}{IMPORTERS[kind]}{END}"


def check(package):
    problems, guids = [], {}
    paths = list(assets(package))
    metas = {path.rstrip("/") + ".meta" for path in paths}
    for path in sorted(metas):
        try:
            with open(os.path.join(package, path), encoding="utf-8") as file:
                found = re.search(r"^guid: ([0-9a-f]{32})$", file.read(), re.M)
        except FileNotFoundError:
            problems.append(f"{path} is missing: check_package.py --write makes it")
            continue
        if not found:
            problems.append(f"{path} has no GUID")
        elif found[1] in guids:
            problems.append(f"{path} has the GUID of {guids[found[1]]}")
        else:
            guids[found[1]] = path
    for folder, _, files in os.walk(package):
        for name in files:
            path = os.path.relpath(os.path.join(folder, name), package)
            if name.endswith(LIBRARIES):
                continue
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            if name.endswith((".json", ".asmdef")):
                json.loads(text)
            if name.endswith((".cs", ".shader")) and "SPDX-License-Identifier: MIT" not in text.split("\n")[0]:
                problems.append(f"{path} does not begin with its licence")
            if name.endswith(".meta") and "~" not in path and path not in metas:
                problems.append(f"{path} belongs to nothing")
    with open(os.path.join(package, "package.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    if manifest["name"] != os.path.basename(package):
        problems.append("package.json has another name than its folder")
    problems += check_plugins(package, paths)
    for sample in manifest["samples"]:
        if not os.path.isdir(os.path.join(package, sample["path"])):
            problems.append(f"the sample {sample['path']} is not there")
    return problems, len(metas)


def check_plugins(package, paths):
    """Each library is for one player and processor, at most for the Editor of the same, and no two are for the same."""
    problems, players = [], {}
    for path in paths:
        if not path.endswith(LIBRARIES):
            continue
        with open(os.path.join(package, path + ".meta"), encoding="utf-8") as file:
            text = file.read()
        data = re.findall(r"  - first:\n      (\S.*)\n    second:\n      enabled: ([01])\n      settings:((?: \{\}|\n {8}.*)+)", text)
        enabled = {name: settings for name, on, settings in data if on == "1"}
        if "PluginImporter:\n" not in text or ("Any:", "0") not in [entry[:2] for entry in data]:
            problems.append(f"{path}.meta does not keep Unity from loading it everywhere")
        chosen = [name for name in enabled if name != "Editor: Editor"]
        if len(chosen) != 1:
            problems.append(f"{path}.meta is for {chosen}, not for one player")
            continue
        processor = re.search(r"CPU: (\w+)", enabled[chosen[0]])[1]
        if processor.lower() not in (path.split("/")[1].lower(), "anycpu"):
            problems.append(f"{path}.meta is for {processor}")
        if (chosen[0], processor) in players:
            problems.append(f"{path} is for the same as {players[chosen[0], processor]}")
        players[chosen[0], processor] = path
    return problems


def main():
    package = sys.argv[1].rstrip("/")
    if "--write" in sys.argv:
        for path in assets(package):
            meta = os.path.join(package, path.rstrip("/") + ".meta")
            if not os.path.exists(meta):
                with open(meta, "w", encoding="utf-8") as file:
                    file.write(meta_text(package, path))
    problems, count = check(package)
    for problem in problems:
        print("test/unity: " + problem)
    if problems:
        sys.exit(1)
    print(f"test/unity: OK, {count} assets")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main()
