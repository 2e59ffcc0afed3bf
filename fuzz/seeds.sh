#!/bin/sh
# Fills fuzz/corpus from the golden inputs: one folder a target, named like it. Run from anywhere.
set -eu
cd "$(dirname "$0")"
golden=../crates/evidence/tests/golden
mkdir -p corpus/choose
for folder in "$golden"/*/; do
    format=$(basename "$folder")
    target=$(printf %s "$format" | tr - _)
    mkdir -p "corpus/$target"
    for case in "$folder"*; do
        case $case in *.expected) continue ;; esac
        [ -f "$case" ] && cp "$case" "corpus/$target/" && cp "$case" "corpus/choose/$format-$(basename "$case")"
    done
done
# Containers are made here, with whatever of the tools is installed.
mkdir -p corpus/unpack
seed=$(mktemp -d)
trap 'rm -rf "$seed"' EXIT
cp "$golden"/lsusb/* "$seed"/
tar -cf corpus/unpack/a.tar -C "$seed" .
tar --format=pax -cf corpus/unpack/pax.tar -C "$seed" . 2>/dev/null || true
for tool in gzip bzip2 xz zstd; do
    command -v $tool >/dev/null && $tool -c corpus/unpack/a.tar >"corpus/unpack/a.tar.$tool"
done
# Names are the archive's own; the file's is chosen so that a second run does not add to the first.
command -v zip >/dev/null && rm -f corpus/unpack/a.zip && zip -qr corpus/unpack/a.zip "$seed"
command -v 7z >/dev/null && rm -f corpus/unpack/a.7z && 7z a -bd corpus/unpack/a.7z "$seed" >/dev/null
printf 'From: a@example.org\nSubject: b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\ntext\n--c\nContent-Disposition: attachment; filename=d.txt\nContent-Transfer-Encoding: base64\n\naGVsbG8K\n--c--\n' >corpus/unpack/a.eml
find corpus -type f | wc -l
