#!/bin/sh
# Install what the tests need, build with sanitizers, run everything.
#
# usage: sh tests/run.sh [CTEST-OPTION...]
#
# With CI=true also: both compilers with warnings as errors, the thread
# sanitizer over what has threads, clang-format and clang-tidy.
set -eu
cd "$(dirname "$0")/.."
. conf/packages.sh
need_packages $build_packages $test_packages

jobs=$(nproc 2>/dev/null || echo 2)
build=${FEEDD_BUILD:-build-asan}

# configure DIR OPTION...
configure() {
	dir=$1
	shift
	cmake -S . -B "$dir" -G Ninja -DFEEDD_WERROR=ON "$@" >"$dir.log" 2>&1 ||
		{ cat "$dir.log"; exit 1; }
	rm -f "$dir.log"
}

begun=$(date +%s)
say() {
	printf '\n== %s (after %d s)\n' "$*" $(($(date +%s) - begun))
}

if [ "${CI:-}" = true ]; then
	say "clang-format"
	git ls-files '*.c' '*.h' | xargs clang-format --dry-run --Werror
	say "the programs as they are released, by clang"
	configure build-clang -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Release \
		-DFEEDD_TEST_HOOKS=ON
	cmake --build build-clang -j "$jobs" --target feedd feedctl httpd fault
	say "faults, the cage and all damage, which sanitizers do not go with or are slow at"
	# (They wait for the disk; clang-tidy has the processor meanwhile.)
	sh tests/tidy.sh build-clang >tidy.log 2>&1 &
	tidy=$!
	(cd build-clang && ctest -j $((jobs + 1)) --output-on-failure -R 'e2e\.(49-(hijack|wake)|7[0-3]|77-start|79|8)|feeds\.damage')
	say "clang-tidy"
	wait $tidy || { cat tidy.log; exit 1; }
	say "thread sanitizer, with gcc's optimiser and its warnings as errors"
	configure build-tsan -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=RelWithDebInfo \
		-DFEEDD_SANITIZE=thread -DFEEDD_TEST_HOOKS=ON
	cmake --build build-tsan -j "$jobs" --target feedd feedctl httpd
	# (Of what is not run with it gcc's opinion is enough.)
	ninja -C build-tsan -t targets all | sed -n 's/^\(tests\/.*\.o\):.*/\1/p' |
		xargs ninja -C build-tsan -j "$jobs"
	(cd build-tsan && ctest -j $((jobs + 1)) --output-on-failure -L threads)
fi

# (By clang, whose second one sees more: arithmetic on null pointers, say; and its own
# linker puts the tests' two hundred programs together in half the time.)
say "address and undefined-behaviour sanitizers"
configure "$build" -DCMAKE_C_COMPILER=clang -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld \
	-DCMAKE_BUILD_TYPE=Debug \
	"-DFEEDD_SANITIZE=address;undefined" -DFEEDD_TEST_HOOKS=ON
cmake --build "$build" -j "$jobs"
cd "$build"
# What was freed is not given out again until 16 MB more are; with 256, which is usual,
# a long test has its pages from the kernel all the time.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=16"
# (Conversations wait for each other half of the time.)
ctest -j $((jobs + 1)) --output-on-failure -LE alone "$@"
ctest -j "$jobs" --output-on-failure -L alone "$@"
