#!/bin/sh
# Feeds every reader with bytes that libFuzzer makes up, one reader after another, and prints how many inputs each got.
# Usage: fuzz.sh SECONDS [TARGET...]   (seconds for each target; without names all targets)
#
# Inputs that libFuzzer finds worth keeping gather in .build/fuzz/corpus, from where the next run goes on. An input that
# breaks a reader lies in .build/fuzz as TARGET-crash-…: put it into Fuzz/Corpus/TARGET as found-… (bad-found-… where the
# reader must refuse it), and the tests replay it.
set -eu

seconds=$1
shift
root=$(cd "$(dirname "$0")/.." && pwd)
work="$root/.build/fuzz"
# The compiler makes code that tells libFuzzer where it has been. libFuzzer itself is linked by its path: what the compiler
# would link by itself brings a main function along, beside that of the program.
library=$(find "$(dirname "$(readlink -f "$(command -v swiftc)")")/.." -name 'libclang_rt.fuzzer_no_main-*.a' | head -n 1)
[ -n "$library" ] || { echo "fuzz.sh: the Swift toolchain has no libclang_rt.fuzzer_no_main" >&2; exit 1; }
AETOOL_FUZZ=1 swift build -c release --package-path "$root" --scratch-path "$work/build" --product fuzz \
  -Xswiftc -Xfrontend -Xswiftc -sanitize=fuzzer -Xlinker "$library" -Xlinker -lstdc++ >&2
fuzz="$work/build/release/fuzz"
export OPENBLAS_NUM_THREADS=1
# Without this, the runtime of Swift catches traps before libFuzzer does, which then keeps no input.
export SWIFT_BACKTRACE=enable=no

[ $# -gt 0 ] || set -- $("$fuzz" | cut -d ' ' -f 1)
status=0
total=0
for target in "$@"; do
  longest=$("$fuzz" | awk -v name="$target" '$1 == name { print $2 }')
  mkdir -p "$work/corpus/$target"
  log="$work/$target.log"
  "$fuzz" "$target" -max_total_time="$seconds" -max_len="$longest" -timeout=5 -rss_limit_mb=2048 \
    -dict="$root/Fuzz/Dictionaries/$target.dict" -artifact_prefix="$work/$target-" -print_final_stats=1 \
    "$work/corpus/$target" "$root/Fuzz/Corpus/$target" >"$log" 2>&1 || {
    echo "$target: an input broke the reader; see $log" >&2
    status=1
  }
  executions=$(awk '/stat::number_of_executed_units/ { print $2 }' "$log")
  memory=$(awk '/stat::peak_rss_mb/ { print $2 }' "$log")
  printf '%-12s %12s inputs, at most %s MB\n' "$target" "${executions:-0}" "${memory:-?}"
  total=$((total + ${executions:-0}))
done
printf '%-12s %12s inputs\n' "all" "$total"
exit $status
