#!/bin/sh
# clang-tidy over every source of ours, by the checks in .clang-tidy.
#
# usage: tidy.sh BUILD_DIR
set -eu
build=${1:?usage: tidy.sh BUILD_DIR}
git ls-files 'common/*.c' 'daemon/*.c' 'ctl/*.c' |
	xargs -P "$(nproc)" -n 4 clang-tidy -p "$build" --quiet --warnings-as-errors='*' 2>/dev/null
