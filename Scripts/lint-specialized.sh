#!/bin/sh
# A generic kernel without `@specialized(where S == Float)` runs unspecialized, 5 to 40 times slower, and nothing else
# tells. This script finds functions generic over a BLASScalar S that have a body and neither @specialized nor
# @inlinable above; private ones are left out, since the compiler sees all their callers.
# Usage: lint-specialized.sh FOLDER...
set -eu

find "$@" -name '*.swift' -print | sort | xargs awk '
  FNR == 1 { attributes = ""; signature = "" }
  signature != "" { signature = signature " " $0; judge(); next }
  /^[ \t]*@/ { attributes = attributes " " $0 }
  /func [A-Za-z]+<S: BLASScalar/ && !/private func/ {
    exempt = (attributes " " $0) ~ /@specialized\(where S == Float\)|@inlinable/
    place = FILENAME ":" FNR
    signature = $0
    judge()
  }
  !/^[ \t]*@/ && !/^[ \t]*\/\// { attributes = "" }

  # Whether a body follows shows once the parentheses are closed; a requirement of a protocol, and a default that does
  # nothing, have none.
  function judge(    text, opened, closed) {
    text = signature
    opened = gsub(/\(/, "(", text)
    closed = gsub(/\)/, ")", text)
    if (opened == 0 || opened > closed) return
    if (text ~ /\{/ && text !~ /\{ *\}$/ && !exempt) {
      sub(/^.*func /, "", text)
      sub(/<.*/, "", text)
      print place ": " text
      found = 1
    }
    signature = ""
    attributes = ""
  }
  END { exit found }
' || {
  echo "lint: these functions lack @specialized(where S == Float)" >&2
  exit 1
}
