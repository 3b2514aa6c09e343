# Warnings, hardening, sanitizers: the same for every target.

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion
	-Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings)
if(FEEDD_WERROR)
	add_compile_options(-Werror)
endif()
add_compile_definitions(_GNU_SOURCE)
include_directories(${CMAKE_SOURCE_DIR})
include_directories(SYSTEM ${CMAKE_BINARY_DIR}/generated)

if(FEEDD_TEST_HOOKS)
	add_compile_definitions(FEEDD_TEST_HOOKS=1)
endif()

if(FEEDD_SANITIZE)
	string(REPLACE ";" "," sanitizers "${FEEDD_SANITIZE}")
	add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer
		-fno-sanitize-recover=all)
	add_link_options(-fsanitize=${sanitizers})
	add_compile_definitions(FEEDD_SANITIZED=1)
endif()

if(FEEDD_FUZZ)
	add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(CMAKE_BUILD_TYPE MATCHES "Release|RelWithDebInfo" AND NOT FEEDD_SANITIZE)
	include(CheckCCompilerFlag)
	include(CheckPIESupported)
	check_pie_supported(LANGUAGES C)
	# Debian's compilers may bring a lower level of their own.
	add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
		-fstack-protector-strong)
	foreach(flag -fstack-clash-protection -fcf-protection)
		string(MAKE_C_IDENTIFIER "HAVE${flag}" have)
		check_c_compiler_flag(${flag} ${have})
		if(${have})
			add_compile_options(${flag})
		endif()
	endforeach()
	add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
		-Wl,--as-needed)
endif()
