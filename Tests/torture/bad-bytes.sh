#!/bin/sh
# Damages small files of every format: each is cut at every length, and copies have one to four bits turned around. A
# reader must refuse such a file or read it; in either case what Fuzz/Targets promises must hold.
# Usage: bad-bytes.sh [COPIES]   (100000 copies of each file where none is named; `make fuzz` builds the program)
set -eu

copies=${1:-100000}
root=$(cd "$(dirname "$0")/../.." && pwd)
fuzz=${FUZZ:-$root/.build/fuzz/build/release/fuzz}
[ -x "$fuzz" ] || "$root/Scripts/fuzz.sh" 1 argument >/dev/null
export OPENBLAS_NUM_THREADS=1
status=0
for target in $("$fuzz" | cut -d ' ' -f 1); do
  # Files that are bad from the start are left out, since nearly all of their copies are refused at the same place.
  files=$(find "$root/Fuzz/Corpus/$target" -type f ! -name 'bad-*' | sort)
  # shellcheck disable=SC2086
  "$fuzz" "$target" damage "$copies" $files || { echo "$target: a damaged file broke the reader" >&2; status=1; }
done
exit $status
