#ifndef TESTS_UNIT_COMMON_OUT_H
#define TESTS_UNIT_COMMON_OUT_H

/*
 * For tests of HTML and of plain text: a buffer to write to, pairs of what is given
 * and wanted, and how large a hostile text is.
 */

#include <stddef.h>

#include "common/buf.h"

#define OUT_MAX ((size_t)64 << 20)
#ifdef FEEDD_SANITIZED
#define HOSTILE_SIZE ((size_t)1 << 18)
#else
#define HOSTILE_SIZE ((size_t)1 << 20)
#endif
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct pair {
	const char *given;
	const char *wanted;
};

static struct buf out;

static int set_up(void **state)
{
	(void)state;
	buf_init(&out, OUT_MAX);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_release(&out);
	return 0;
}

#endif
