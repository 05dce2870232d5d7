#!/usr/bin/env bash
# Tests that the lint of folders passes on the library, and that it sees a use that goes upward, a two-way tie and a
# folder without a place in the list.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/scripts/checks.sh
house=$scratch/house
mkdir -p "$house/Layers" "$house/Network" "$house/Model"

wall() { echo "$1" >"$house/Layers/Wall.swift"; }
# Succeeds if the lint fails and its message has the text $1.
tells() { ! Scripts/lint-folders.sh "$house" >"$scratch/told" 2>&1 && grep -q "$1" "$scratch/told"; }

wall 'public struct Wall {}'
cat >"$house/Network/House.swift" <<'SWIFT'
/// A Garden in a comment is no use, and neither is one in a text.
public struct House { let wall: Wall; let name = "Garden" }
SWIFT
cat >"$house/Model/Garden.swift" <<'SWIFT'
public struct Garden { let house: House }
extension House {
  public var terrace: Int { 1 }
}
SWIFT

check "the library's folders" Scripts/lint-folders.sh
check "uses that go downward" Scripts/lint-folders.sh "$house"
wall 'public struct Wall { func knock(_ house: House) {} }'
check "a use that goes upward" tells "Layers uses House of Network"
check "a two-way tie" tells "two-way tie: Layers and Network"
wall 'public struct Wall { func sit(_ h: AnyObject) { _ = h.terrace } }'
check "a member that a folder above adds" tells "Layers uses terrace of Model"
wall 'public struct Wall {}'
mkdir "$house/Cellar"
echo 'public struct Cellar {}' >"$house/Cellar/Cellar.swift"
check "a folder without a place" tells "the folder Cellar is not in the list"
finish "lint-folders"
