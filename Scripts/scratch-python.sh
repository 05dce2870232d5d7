#!/bin/sh
# Makes or completes a Python environment in a folder. Usage: scratch-python.sh FOLDER PACKAGE...
# It serves tests that compare with other programs, and benchmarks against them; using aetool needs none of it.
set -eu

folder=$1
shift
[ -x "$folder/bin/python" ] || python3 -m venv "$folder" || {
  rm -rf "$folder"
  echo "scratch-python: no environment could be made; it needs python3 with venv (apt-get install python3-venv)" >&2
  exit 1
}
wanted=$(printf '%s\n' "$@" | sort)
[ "$wanted" != "$(cat "$folder/packages" 2>/dev/null || true)" ] || exit 0
echo "scratch-python: installing $* into $folder" >&2
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@" || {
  echo "scratch-python: pip could not install all of: $*" >&2
  exit 1
}
echo "$wanted" >"$folder/packages"
