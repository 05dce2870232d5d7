#!/usr/bin/env bash
# Gives a first look: makes the page of notes from drawn digits, in the folder demo.
# Usage: demo.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
"${1:-.build/x86-64-v3/release/aetool}" notes --quick --out demo
