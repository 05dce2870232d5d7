#!/usr/bin/env bash
# Downloads MNIST's four files into a folder, data/mnist by default. Usage: fetch-mnist.sh [FOLDER]
#
# MNIST_MIRROR names a mirror to try first, which may be file:///a/folder; MNIST_MIRRORS replaces the whole list. A
# fetched file counts only if the SHA-256 of its uncompressed content is right; files that are there and right are kept.
set -euo pipefail

folder=${1:-data/mnist}
mirrors=(${MNIST_MIRROR:-} ${MNIST_MIRRORS:-
  https://ossci-datasets.s3.amazonaws.com/mnist
  https://storage.googleapis.com/cvdf-datasets/mnist
  http://yann.lecun.com/exdb/mnist})

# The SHA-256 is of the uncompressed content, since the compressed bytes differ between mirrors.
files="
ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db train-images-idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5 train-labels-idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7 t10k-images-idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2 t10k-labels-idx1-ubyte
"

say() { echo "fetch-mnist: $*" >&2; }

command -v curl >/dev/null || { say "needs curl; install it (apt-get install curl)"; exit 1; }
mkdir -p "$folder"
partial="$folder/.partial.$$"
trap 'rm -f "$partial"' EXIT
trap 'exit 130' INT TERM

# Prints why the file $1 is not the one whose checksum is $2; prints nothing if it is.
defect() {
  gzip -t "$1" 2>/dev/null || { echo "is cut off or no gzip file"; return; }
  local sum
  sum=$(gzip -dc "$1" | sha256sum | cut -d ' ' -f 1)
  [ "$sum" = "$2" ] || echo "has the wrong content (SHA-256 $sum, expected $2)"
}

# Brings the file $1 with checksum $2 from the first mirror that has it right.
fetch() {
  local mirror why
  for mirror in "${mirrors[@]}"; do
    rm -f "$partial"
    if ! why=$(curl --fail --silent --show-error --location --connect-timeout 15 --max-time 300 \
        --output "$partial" "${mirror%/}/$1" 2>&1); then
      say "$mirror: $1: ${why#curl: }"
      continue
    fi
    why=$(defect "$partial" "$2")
    if [ -n "$why" ]; then
      say "$mirror: $1 $why"
      continue
    fi
    mv "$partial" "$folder/$1"
    say "$1 from $mirror"
    return 0
  done
  return 1
}

missing=0
while read -r sum name; do
  [ -n "$name" ] || continue
  if [ -e "$folder/$name.gz" ]; then
    why=$(defect "$folder/$name.gz" "$sum")
    if [ -z "$why" ]; then
      say "$name.gz is there"
      continue
    fi
    say "$name.gz $why: fetching it anew"
  fi
  fetch "$name.gz" "$sum" || { say "no mirror has $name.gz"; missing=$((missing + 1)); }
done <<<"$files"

if [ "$missing" -gt 0 ]; then
  say "$missing of 4 files are missing in $folder; name another mirror with MNIST_MIRROR=…"
  exit 1
fi
say "MNIST is complete in $folder"
