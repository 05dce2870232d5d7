# What the tests of the scripts share: `check NAME COMMAND…` counts, `skip NAME WHY` says so, `finish SUITE` sums up.
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

# Where the data of tests lie; AETOOL_DATA names another place.
data=${AETOOL_DATA:-$(pwd)/../shared/data}

finish() {
  echo "$1: $passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}
