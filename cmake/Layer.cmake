# feedd_layer(NAME SOURCES file... LINK target...)
#
# A layer of the house: a static library whose link line is its permission.
# What it links it may include; tests/includes.sh checks the same for #include.
function(feedd_layer name)
	cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
	if(NOT ARG_SOURCES)
		file(GLOB ARG_SOURCES CONFIGURE_DEPENDS *.c)
	endif()
	add_library(${name} STATIC ${ARG_SOURCES})
	target_link_libraries(${name} PUBLIC ${ARG_LINK})
endfunction()
