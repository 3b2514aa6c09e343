#ifndef COMMON_STRIP_NESTING_H
#define COMMON_STRIP_NESTING_H

#include <stdbool.h>

#include "common/strip_token.h"

/*
 * Which elements end each other, for the two files of strip that follow what is open:
 * strip_limit.c, which closes it, and strip_hidden.c, which asks where that would be.
 */

static inline bool nesting_is_heading(enum strip_tag tag)
{
	return tag >= TAG_H1 && tag <= TAG_H6;
}

static inline bool nesting_is_item(enum strip_tag tag)
{
	return tag == TAG_LI;
}

static inline bool nesting_is_definition(enum strip_tag tag)
{
	return tag == TAG_DD || tag == TAG_DT;
}

static inline bool nesting_is_cell(enum strip_tag tag)
{
	return tag == TAG_TD || tag == TAG_TH;
}

static inline bool nesting_is_section(enum strip_tag tag)
{
	return tag == TAG_TBODY || tag == TAG_THEAD || tag == TAG_TFOOT;
}

/* Where a table holds rows and cells, but no text. */
static inline bool nesting_is_frame(enum strip_tag tag)
{
	return tag == TAG_TABLE || tag == TAG_TR || tag == TAG_COLGROUP || nesting_is_section(tag);
}

/* A part of a table, for which one must be open. */
static inline bool nesting_is_part(enum strip_tag tag)
{
	return tag != TAG_TABLE && (strip_tag_traits(tag) & TABLE) != 0;
}

static inline bool nesting_is_block(enum strip_tag tag)
{
	return (strip_tag_traits(tag) & (LINE | WORD | TABLE)) != 0;
}

/* Blocks through which an item of a list is ended all the same. */
static inline bool nesting_is_loose(enum strip_tag tag)
{
	return tag == TAG_ADDRESS || tag == TAG_DIV || tag == TAG_P;
}

#endif
