#!/usr/bin/env bash
# Runs the tests of the scripts. Each test prints the names of what it skips, and ends with a line of counts.
set -uo pipefail
cd "$(dirname "$0")/../.."
status=0
for test in Tests/scripts/*-test.sh; do
  bash "$test" || status=1
done
exit $status
