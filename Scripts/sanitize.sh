#!/bin/bash
# Builds the tests under sanitizers of the compiler and runs them.
# Usage: sanitize.sh [address|thread …]   (both, one after another, where none is named)
#
# Swift's compiler has no sanitizer for undefined behaviour on Linux: it refuses -sanitize=undefined. Its own checks of
# overflow and bounds are on in every build.
#
# Each sanitizer has a build folder of its own. OpenBLAS and the other system libraries are not instrumented: what they
# do to memory is not seen, what surrounds their calls is.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- address thread

# These set limits on the address space, of which the shadow memory takes terabytes.
limited='ResourceTests|UnderALimitOf'

failed=
for sanitizer; do
  scratch=.build/sanitize-$sanitizer
  flags=(-c release --scratch-path "$scratch" --sanitize "$sanitizer" -Xswiftc -enable-testing)
  if [ "$(uname -m)" = x86_64 ] && grep -qw avx2 /proc/cpuinfo; then flags+=(-Xcc -march=x86-64-v3); fi
  echo "== $sanitizer: building in $scratch"
  swift build "${flags[@]}"
  swift build "${flags[@]}" --build-tests
  echo "== $sanitizer: all tests but $limited"
  # Memory that is kept until the program ends is no error: the pool of workers and tables live as long as it does.
  export ASAN_OPTIONS=detect_leaks=0
  export AETOOL_PROGRAM=$PWD/$scratch/release/aetool
  swift test "${flags[@]}" --skip-build --no-parallel --skip "$limited" || failed="$failed $sanitizer"
done
[ -z "$failed" ] || { echo "failed under:$failed" >&2; exit 1; }
