# Stock packages of Debian 12 and newer; README.md says why each is there.
# Each becomes a target, so that a layer's link line names what it may use.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.88)
pkg_check_modules(UV REQUIRED IMPORTED_TARGET libuv>=1.44)
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat>=2.5)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.14)
pkg_check_modules(YAJL REQUIRED IMPORTED_TARGET yajl>=2.1)
pkg_check_modules(GUMBO REQUIRED IMPORTED_TARGET gumbo)
pkg_check_modules(UCHARDET REQUIRED IMPORTED_TARGET uchardet)
pkg_check_modules(PSL REQUIRED IMPORTED_TARGET libpsl)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(INIH REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib>=1.2.11)
pkg_check_modules(BROTLI REQUIRED IMPORTED_TARGET libbrotlidec>=1.0)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp>=2.5)

# What a program was built with, a line each, for those that don't tell it themselves.
function(feedd_built_with out)
	set(lines "")
	foreach(library IN LISTS ARGN)
		string(APPEND lines "${${library}_MODULE_NAME} ${${library}_VERSION}\\n")
	endforeach()
	set(${out} "${lines}" PARENT_SCOPE)
endfunction()
