#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Packs a folder so that the same files give the same bytes: archive.py ARCHIVE FOLDER SECONDS

ARCHIVE ends with .tar.gz, .tgz or .zip, and has the folder's name as its root. Files are in the order of their names, belong to
root, and all are as old as SECONDS (since 1970, in UTC) says. Links stay links; a zip has none.
"""
import gzip
import os
import sys
import tarfile
import time
import zipfile


def entries(folder):
    """The paths of all files and links in the folder, with the folder's own name in front."""
    parent = os.path.dirname(folder)
    found = []
    for at, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(at, name), parent) for name in names]
    return parent, sorted(found)


def mode(path):
    return 0o755 if os.access(path, os.X_OK) else 0o644


def write_tar(archive, folder, seconds):
    parent, names = entries(folder)
    with open(archive, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=seconds) as packed, \
            tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in names:
            path = os.path.join(parent, name)
            info = tar.gettarinfo(path, name)
            info.mtime, info.uid, info.gid, info.uname, info.gname = seconds, 0, 0, "root", "root"
            if info.issym():
                info.mode = 0o777
                tar.addfile(info)
                continue
            # Two names of one file are two files.
            info.type, info.linkname, info.size, info.mode = tarfile.REGTYPE, "", os.path.getsize(path), mode(path)
            with open(path, "rb") as file:
                tar.addfile(info, file)


def write_zip(archive, folder, seconds):
    parent, names = entries(folder)
    with zipfile.ZipFile(archive, "w") as packed:
        for name in names:
            path = os.path.join(parent, name)
            if os.path.islink(path):
                sys.exit(f"archive.py: {name} is a link, which a zip has not")
            info = zipfile.ZipInfo(name.replace(os.sep, "/"), time.gmtime(seconds)[:6])
            info.create_system = 3  # so that the mode counts
            info.external_attr = (0o100000 | mode(path)) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            with open(path, "rb") as file:
                packed.writestr(info, file.read(), compresslevel=9)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    archive, folder, seconds = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
    (write_zip if archive.endswith(".zip") else write_tar)(archive, folder, seconds)


if __name__ == "__main__":
    main()
