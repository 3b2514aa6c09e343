# Debian packages that building and testing want, and how to get the missing
# ones.  Sourced by conf/quickstart.sh and tests/run.sh.

build_packages="gcc cmake ninja-build pkg-config libc6-dev
	libcurl4-openssl-dev libuv1-dev libexpat1-dev libsqlite3-dev
	libjansson-dev libyajl-dev libgumbo-dev libuchardet-dev libpsl-dev
	libutf8proc-dev libxxhash-dev libinih-dev libzstd-dev libseccomp-dev
	zlib1g-dev libbrotli-dev ca-certificates"

test_packages="libcmocka-dev libssl-dev git python3 socat jq sqlite3 openssl sfeed fzf tmux mandoc
	clang libclang-rt-dev lld clang-tidy clang-format microsocks procps"

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		echo "this needs root: run it as root, or install sudo" >&2
		return 1
	fi
}

# need_packages NAME...: install what is missing of them.
need_packages() {
	if ! command -v dpkg-query >/dev/null 2>&1; then
		echo "not a Debian system: please install by your own means what" >&2
		echo "README.md lists under Dependencies, then call this again" >&2
		echo "with FEEDD_NO_PACKAGES=1" >&2
		[ -n "${FEEDD_NO_PACKAGES:-}" ]
		return
	fi
	missing=
	for package in "$@"; do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null |
			grep -qx installed || missing="$missing $package"
	done
	[ -z "$missing" ] && return 0
	echo "installing:$missing"
	# (A mirror that stumbles once is asked again.)
	as_root apt-get update -qq -o Acquire::Retries=3 &&
		as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			-o Acquire::Retries=3 --no-install-recommends $missing >/dev/null
}
