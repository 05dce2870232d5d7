#!/usr/bin/env bash
# Runs every torture script with modest counts, about ten minutes in all, and prints a line for each at the end.
#
# usage: run.sh PROGRAM
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "$1")
status=0 summary=()

torment() {
  local script=$1 last
  shift
  echo "== $script $*"
  last=$("$here/$script" "$program" "$@" | tee /dev/stderr | tail -1) || status=1
  summary+=("$script: $last")
} 2>&1

torment kill.py 340
torment signals.py 130
torment faults.py 3
torment malicious.py
torment bombs.py
torment stdout.sh
torment names.py
torment options.py 400
torment numerics.py 3
torment soak.py 0.02
printf '%s\n' "" "${summary[@]}"
exit $status
