#ifndef CTL_TERM_H
#define CTL_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "ctl/args.h"
#include "ctl/out.h"

/*
 * What the person looks at, and how: whether standard output is a terminal, how
 * wide it is, whether it has colours and links; and the pager in front of it.
 */

enum colour {
	COLOUR_NONE,
	COLOUR_BOLD,
	COLOUR_DIM,
	COLOUR_RED,
	COLOUR_GREEN,
	COLOUR_YELLOW,
	COLOUR_BLUE,
	COLOUR_CYAN
};

struct term {
	bool terminal; /* standard output is one */
	bool colour;
	bool links; /* OSC 8 */
	bool ascii;
	size_t width; /* columns; 80 where nobody says */
	int64_t now_s;
	int pager; /* process, or 0 */
};

/* ERR_USAGE if --color or --width can't be read. */
int term_init(const struct args *args, struct term *out_term, struct err *err) MUST_USE;

/*
 * Page what follows, as git does: $FEEDCTL_PAGER, else $PAGER, else less -R,
 * which shows short output as it is.  Only in a terminal; `cat`, "" and what can't
 * be run mean no pager.  term_unpage() waits until the person has read.
 */
void term_page(struct term *term);
void term_unpage(struct term *term);

/* Begin and end a colour; nothing without colours. */
void term_colour(const struct term *term, struct out *out, enum colour colour);
void term_plain(const struct term *term, struct out *out);

/* What a feed sent: byte for byte only where no terminal is. */
void term_bytes(const struct term *term, struct out *out, const char *data, size_t length);

/* Text that leads to url (http or https, else it is only text). */
void term_link_begin(const struct term *term, struct out *out, const char *url, size_t length);
void term_link_end(const struct term *term, struct out *out);

#endif
