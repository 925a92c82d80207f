#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts the libraries into a copy of the Unity package: plugins.py PACKAGE LIBRARIES

LIBRARIES has a folder for each platform (build/platforms). Beside each file comes the .meta that says on which platform and
processor Unity loads it. GUIDs are made of the path, like those of the package's other assets, so they never change.
"""
import hashlib
import os
import shutil
import sys

# Unity's names: the platform of a player, its processor, and the system and processor of the Editor that can load it.
PLUGINS = [
    ("linux_amd64", "x86_64/Linux/libml_webrtc.so", "Standalone: Linux64", "x86_64", ("Linux", "x86_64")),
    ("windows_amd64", "x86_64/Windows/ml_webrtc.dll", "Standalone: Win64", "x86_64", ("Windows", "x86_64")),
    ("linux_arm64", "arm64/Linux/libml_webrtc.so", "EmbeddedLinux: EmbeddedLinux", "ARM64", None),
    # These are there when they were built (make android, make macos).
    ("android_arm64", "arm64/Android/libml_webrtc.so", "Android: Android", "ARM64", None),
    ("android_amd64", "x86_64/Android/libml_webrtc.so", "Android: Android", "X86_64", None),
    ("macos", "macOS/libml_webrtc.dylib", "Standalone: OSXUniversal", "AnyCPU", ("OSX", "AnyCPU")),
]
OPTIONAL = {"android_arm64", "android_amd64", "macos"}
END = "  userData:\n  assetBundleName:\n  assetBundleVariant:\n"


def guid(package, path):
    return hashlib.md5((os.path.basename(package) + "/" + path).encode()).hexdigest()


def platform_data(platform, enabled, settings):
    text = f"  - first:\n      {platform}\n    second:\n      enabled: {enabled}\n"
    if not settings:
        return text + "      settings: {}\n"
    return text + "      settings:\n" + "".join(f"        {name}: {value}\n" for name, value in settings.items())


def plugin_meta(package, path, player, processor, editor):
    """What Unity's importer is told: nowhere but on this platform."""
    text = f"fileFormatVersion: 2\nguid: {guid(package, path)}\nPluginImporter:\n  externalObjects: {{}}\n"
    text += "  serializedVersion: 2\n  iconMap: {}\n  executionOrder: {}\n  defineConstraints: []\n  isPreloaded: 0\n"
    text += "  isOverridable: 1\n  isExplicitlyReferenced: 0\n  validateReferences: 1\n  platformData:\n"
    text += platform_data("Any:", 0, {})
    if editor:
        settings = {"CPU": editor[1], "DefaultValueInitialized": "true", "OS": editor[0]}
        text += platform_data("Editor: Editor", 1, settings)
    else:
        text += platform_data("Editor: Editor", 0, {"DefaultValueInitialized": "true"})
    return text + platform_data(player, 1, {"CPU": processor}) + END


def folder_meta(package, path):
    return f"fileFormatVersion: 2\nguid: {guid(package, path + '/')}\nfolderAsset: yes\nDefaultImporter:\n" \
           f"  externalObjects: {{}}\n{END}"


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    package, libraries = sys.argv[1].rstrip("/"), sys.argv[2]
    for platform, path, player, processor, editor in PLUGINS:
        path = "Plugins/" + path
        library = os.path.join(libraries, platform, os.path.basename(path))
        if not os.path.exists(library):
            if platform in OPTIONAL:
                continue
            sys.exit(f"plugins.py: there is no {library}")
        folder = ""
        for part in os.path.dirname(path).split("/"):
            folder = os.path.join(folder, part)
            os.makedirs(os.path.join(package, folder), exist_ok=True)
            write(os.path.join(package, folder + ".meta"), folder_meta(package, folder))
        shutil.copyfile(library, os.path.join(package, path))
        write(os.path.join(package, path + ".meta"), plugin_meta(package, path, player, processor, editor))


if __name__ == "__main__":
    main()
