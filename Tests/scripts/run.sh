#!/usr/bin/env bash
# Runs the tests of the scripts; each prints what it skips, by name, and ends with a line of counts.
set -uo pipefail
cd "$(dirname "$0")/../.."
status=0
for test in Tests/scripts/*-test.sh; do
  bash "$test" || status=1
done
exit $status
