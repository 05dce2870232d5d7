# The functions that the tests of scripts share: `check NAME COMMAND…` runs a command and counts whether it passes,
# `skip NAME WHY` counts and prints what is skipped, and `finish SUITE` prints the counts.
passed=0 failed=0 skipped=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

check() {
  local name=$1
  shift
  if "$@" >"$scratch/check.out" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $name"
    sed 's/^/    /' "$scratch/check.out"
  fi
}

skip() {
  skipped=$((skipped + 1))
  echo "skipped: $1 ($2)"
}

# The folder with the data of tests; AETOOL_DATA names another one.
data=${AETOOL_DATA:-$(pwd)/../shared/data}

finish() {
  echo "$1: $passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}
