#ifndef CTL_OUT_H
#define CTL_OUT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

/*
 * Where rows go: a file descriptor with a buffer in front.  Writing never
 * returns an error; the first one is kept and told by out_flush(), and after it
 * nothing is written any more.  A closed pipe ends the process by SIGPIPE before
 * that.
 */
struct out {
	int fd;
	const sigset_t *signals; /* let in while it is waited for a reader; NULL: no matter */
	bool failed;
	int saved_errno;
	char end; /* of a record: '\n', or NUL with -0 */
	size_t used;
	char data[32 << 10];
};

void out_init(struct out *out, int fd);

void out_add(struct out *out, const char *data, size_t length);
void out_text(struct out *out, const char *text);
void out_byte(struct out *out, char byte);
void out_int(struct out *out, int64_t number);
void out_printf(struct out *out, const char *format, ...) PRINTF_LIKE(2, 3);
void out_end(struct out *out); /* of a record */

/*
 * Text that somebody else wrote, as one line: tabs, line ends and controls
 * become a space, characters that only play with the eye vanish.
 */
void out_line(struct out *out, const char *text, size_t length);
/* Whether anything of it would be written so. */
bool out_writes_line(const char *text, size_t length);

/* The same, but line ends and tabs stay. */
void out_lines(struct out *out, const char *text, size_t length);

/* XML's and HTML's text and attribute values: & < > " ' as references, what
 * XML 1.0 has no character for and what a terminal would obey left out. */
void out_xml(struct out *out, const char *text, size_t length);

/* What XML and HTML have in place of a character; NULL: itself. */
const char *out_reference(uint32_t rune);

/* 0, or -1 with ERR_IO if anything could not be written. */
int out_flush(struct out *out, struct err *err) MUST_USE;

#endif
