#!/bin/sh
# The folders of Sources/Autoencoders use one another only downward. This finds uses that go upward or to a folder that
# the list below lacks, and names the place and the word. A use is a name that one folder alone declares: a type, a free
# function, or a member that an extension adds to another folder's type and that nothing else in the module is called.
# Usage: lint-folders.sh [--ties] [FOLDER]   (--ties prints every tie of two folders with the number of names)
set -eu

# From the bottom to the top: a folder may use those before it.
order="Errors Layers Losses Network Model Inference PCA Optimizers Recipes Training Storage Evaluation Compression"

ties=no
if [ "${1:-}" = --ties ]; then ties=yes; shift; fi
root=${1:-Sources/Autoencoders}
files=$(find "$root" -name '*.swift' -print | sort)

# shellcheck disable=SC2086
awk -v order="$order" -v root="$root" -v ties="$ties" '
  function folder_of(file,    rest) {
    rest = substr(file, length(root) + 2)
    return rest ~ /\// ? substr(rest, 1, index(rest, "/") - 1) : "."
  }
  # The code of a line, without comments and what stands between quotation marks.
  function code_of(line) {
    sub(/^[ \t]*\/\/.*/, "", line)
    gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
    sub(/\/\/.*/, "", line)
    return line
  }
  function declare(name, kind) {
    if (!(name in home)) { home[name] = folder; kind_of[name] = kind }
    else if (home[name] != folder) home[name] = "several"
  }
  BEGIN { count = split(order, names, " "); for (i = 1; i <= count; i++) rank[names[i]] = i }
  FNR == 1 {
    if (FILENAME in seen) pass = 2; else { seen[FILENAME] = 1; pass = 1 }
    folder = folder_of(FILENAME); extended = ""
    if (pass == 1 && !(folder in rank) && !(folder in reported)) {
      reported[folder] = 1; print FILENAME ": the folder " folder " is not in the list of folders"; bad = 1
    }
  }
  pass == 1 {
    line = code_of($0)
    if (match(line, /^((public|package|private|fileprivate|final|indirect) )*(struct|enum|class|protocol|typealias) [A-Z][A-Za-z0-9]*/)) {
      text = substr(line, RSTART, RLENGTH); isPrivate = text ~ /private /; sub(/.* /, "", text)
      if (!isPrivate) declare(text, "type")
    } else if (match(line, /^((public|package) )*func [a-z][A-Za-z0-9]*/)) {
      text = substr(line, RSTART, RLENGTH); sub(/.* /, "", text); declare(text, "function")
    }
    if (line ~ /^(public |package )?extension /) { extended = line; sub(/.*extension /, "", extended); sub(/[^A-Za-z0-9.].*/, "", extended) }
    else if (line ~ /^[^ }]/) extended = ""
    # Everything that is declared anywhere counts against a name; in an extension it may count for it.
    while (match(line, /(func|var|let|case) [a-z][A-Za-z0-9]*/)) {
      text = substr(line, RSTART, RLENGTH); sub(/.* /, "", text)
      declared[text]++
      if (extended != "" && $0 ~ /^  [a-z@]/ && $0 !~ /private/) { member[text] = folder; of[text] = extended }
      line = substr(line, RSTART + RLENGTH)
    }
    next
  }
  {
    line = code_of($0)
    gsub(/[^A-Za-z0-9_.]+/, " ", line)
    parts = split(line, words, /[ .]+/)
    for (i = 1; i <= parts; i++) {
      word = words[i]
      target = ""
      if (word in home && home[word] != "several") target = home[word]
      else if (word in member && declared[word] == 1 && (of[word] in home) && home[of[word]] != member[word]) target = member[word]
      if (target == "" || target == folder) continue
      if (!((folder, target, word) in used)) { used[folder, target, word] = 1; tie[folder " " target]++ }
      if (rank[target] > rank[folder] && !((FILENAME, word) in told)) {
        told[FILENAME, word] = 1
        print FILENAME ":" FNR ": " folder " uses " word " of " target ", which stands above it"
        bad = 1
      }
    }
  }
  END {
    if (ties == "yes") for (pair in tie) print pair, tie[pair]
    two = 0
    for (pair in tie) {
      split(pair, ends, " ")
      if ((ends[2] " " ends[1]) in tie && ends[1] < ends[2]) { print "two-way tie: " ends[1] " and " ends[2]; two++; bad = 1 }
    }
    exit bad
  }
' $files $files || {
  echo "lint: folders of $root must use one another only downward" >&2
  exit 1
}
