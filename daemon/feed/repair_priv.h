#ifndef FEED_REPAIR_PRIV_H
#define FEED_REPAIR_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "daemon/feed/build.h"

/*
 * What the repair files share and nobody else sees:
 *
 *	repair.c            the document: its beginning, its end, what stands between
 *	repair_stack.c      which elements are open, and what closes them
 *	repair_attribute.c  start tags as they are read: attributes, quotes
 *	repair_tag.c        start tags as they are written: names, prefixes
 *	repair_html.c       elements with text: HTML that is to be escaped
 *	repair_markup.c     XHTML that is well-formed, and stays as it is
 *	repair_text.c       text, references, CDATA
 *	repair_scan.c       finding things in the input, each byte a few times at most
 *	repair_problem.c    telling the publisher
 */

#define REPAIR_DEPTH_MAX 128
#define REPAIR_ATTRIBUTES_MAX 64
#define REPAIR_PREFIXES_MAX 128
#define REPAIR_NAME_MAX 128 /* bytes; the rest of a longer name is cut */

/* A run of the input. */
struct span {
	size_t at;
	size_t length;
};

/* ---- names (repair_names.def) ---- */

enum name_class {
	NAME_UNKNOWN, /* an extension, or HTML */
	NAME_LEAF,
	NAME_TEXT,
	NAME_PERSON,
	NAME_GROUP,
	NAME_FOLDER,
	NAME_ITEM,
	NAME_CHANNEL,
	NAME_ROOT
};

/* ---- problems ---- */

enum repair_problem {
	PROBLEM_AMPERSAND,
	PROBLEM_ENTITY,
	PROBLEM_LESS,
	PROBLEM_BLANK,
	PROBLEM_CONTROL,
	PROBLEM_UNCLOSED,
	PROBLEM_ITEM_START,
	PROBLEM_STRAY_END,
	PROBLEM_TAG,
	PROBLEM_QUOTES,
	PROBLEM_TWICE,
	PROBLEM_NO_VALUE,
	PROBLEM_ATTRIBUTES,
	PROBLEM_BEFORE,
	PROBLEM_AFTER,
	PROBLEM_SEVERAL,
	PROBLEM_PREFIX,
	PROBLEM_CDATA,
	PROBLEM_NESTED,
	PROBLEM_MARK,
	PROBLEM_OPEN,
	PROBLEM_HTML,
	PROBLEM_ROOT_START,
	PROBLEM_ROOT_EMPTY,
	PROBLEM_ROOT_END,
	PROBLEM_CUT,
	PROBLEM_DEPTH,
	PROBLEM_MARKUP,
	PROBLEMS
};

/* ---- the repair ---- */

/* An element that is open. */
struct repair_open {
	struct span name;    /* in the input; length 0: we put it there */
	struct span written; /* in the output, behind '<' */
	enum name_class class_;
	size_t inside;   /* where its content begins in the output */
	size_t prefixes; /* how many prefixes were declared before it */
};

/* The next place of something that is looked for again and again. */
struct repair_next {
	size_t from; /* there is none from here … */
	size_t at;   /* … to here */
};

struct repair {
	const char *text;
	size_t length;
	size_t at; /* all before it is done */
	struct buf *out;
	size_t start;            /* of what we write in out */
	size_t declare;          /* in out: where missing prefixes are to be declared */
	bool is_full;            /* out is; all that is written from now on is lost */
	size_t left_out;         /* characters that XML has no place for */
	bool is_atom;            /* Atom's names mean Atom's */
	bool is_closed;          /* the root's end was there */
	bool has_root_end;       /* likewise, but items came behind it */
	bool is_cut;             /* the input ends in the middle of something */
	bool is_left_open;       /* CDATA or a comment is taken to lack its end */
	bool has_item;           /* a whole one */
	bool has_lost;           /* something half was left out in the middle */
	unsigned channel_parts;  /* what may begin an item, too, and stood in the channel */
	struct span root_prefix; /* with its colon; length 0 mostly */
	struct repair_open open[REPAIR_DEPTH_MAX];
	size_t depth;
	size_t too_deep;                           /* elements beyond that, which are left out */
	struct span declared[REPAIR_PREFIXES_MAX]; /* prefixes in scope */
	size_t declared_count;
	size_t root_declared;                     /* of them by the root and before it */
	struct span missing[REPAIR_PREFIXES_MAX]; /* used, and declared nowhere */
	size_t missing_count;
	struct repair_next cdata_end, comment_end, item_end, item_start, root_start, quotes[2];
	struct build *problems_to;
	unsigned told[PROBLEMS];
	size_t line_at; /* up to here lines are counted */
	uint32_t line, column;
};

/* ---- scan ---- */

bool repair_is_blank(char c);
bool repair_is_name_start(char c);

/* The name at `at`; length 0 if none begins there. */
struct span repair_name_at(const struct repair *r, size_t at);

/* The name of the start or end tag at `at`, blanks before it left out ("< title>",
 * "</ title>"); length 0 if none begins there. */
struct span repair_start_name_at(const struct repair *r, size_t at);
struct span repair_end_name_at(const struct repair *r, size_t at);

/* Whether a start tag begins there, and not "<joe@example.org>". */
bool repair_is_start_tag(const struct repair *r, size_t at);

/* Whether the input goes on with `word`, ASCII case aside. */
bool repair_is_at(const struct repair *r, size_t at, const char *word);

/* Whether all of a run is `word`, ASCII case aside. */
bool repair_is_word(const struct repair *r, struct span run, const char *word);

bool repair_same_name(const struct repair *r, struct span a, struct span b);
bool repair_same_bytes(const struct repair *r, struct span a, struct span b);

/* Without prefix: "encoded" of "content:encoded". */
struct span repair_local(const struct repair *r, struct span name);

/* What the feed's vocabulary says of a name; the root's prefix is left out. */
enum name_class repair_class(const struct repair *r, struct span name);

/* Behind the blanks at `at`. */
size_t repair_skip_blanks(const struct repair *r, size_t at);

/* The first `c` from `at` on; r->length if there is none. */
size_t repair_find(const struct repair *r, size_t at, char c);

/* The same for a word, remembered in `next`; `at` must not go back by much. */
size_t repair_find_next(
	const struct repair *r, struct repair_next *next, size_t at, const char *word);

/* The end of a comment, instruction or declaration at `at`, as far as it has one;
 * "<?php" without an end ends where a feed's tag begins. */
size_t repair_skip_comment(struct repair *r, size_t at);
size_t repair_skip_instruction(const struct repair *r, size_t at);
size_t repair_skip_angle(const struct repair *r, size_t at);

/* Whether the element of that name, open at `at`, has its end tag near by: then
 * what stands before that is in it, whatever it is. */
bool repair_closes_soon(const struct repair *r, size_t at, struct span name);

/* Whether the input ends with the root's end tag, further ends and comments aside. */
bool repair_ends_with_root(const struct repair *r);

/* The end of an end tag of that name; without one it ends before the next '<'. */
size_t repair_skip_end_tag(struct repair *r, struct span name);

/*
 * CDATA, in an element of that name.  What is never closed ends where the
 * element does, or at `end`.
 */
struct repair_cdata {
	struct span content;
	size_t after; /* where the input goes on */
	bool is_open;
	bool is_nested; /* others are in it, with their marks */
};

struct repair_cdata repair_cdata_at(struct repair *r, size_t at, size_t end, struct span element);

/* ---- text ---- */

void repair_put(struct repair *r, const char *bytes, size_t length);
void repair_put_text(struct repair *r, const char *text);

enum text_mode {
	MODE_TEXT,      /* references mean something; "&copy=2" is none */
	MODE_ATTRIBUTE, /* likewise, and quotes are escaped */
	MODE_RAW,       /* everything stands for itself: what is read is what is there */
	MODE_RAW_TEXT   /* likewise, and it is read as HTML once more */
};

/* Write a run so that it is character data; a '<' in it is no markup. */
void repair_write(struct repair *r, struct span run, enum text_mode mode);

/* Write CDATA, and tell of it if it was open. */
void repair_write_cdata(struct repair *r, const struct repair_cdata *cdata);

/* ---- tags ---- */

struct repair_attribute {
	struct span name;
	struct span value;
	bool is_dropped;
};

struct repair_tag {
	struct span name;
	struct repair_attribute attributes[REPAIR_ATTRIBUTES_MAX];
	size_t count;
	bool is_empty; /* "/>" */
	size_t after;
};

/* Read the start tag at `at`.  false if the input ends in it. */
bool repair_read_tag(struct repair *r, size_t at, struct repair_tag *out_tag);

/* The value of an attribute, case of the name aside; length 0 if it is absent. */
struct span repair_attribute(
	const struct repair *r, const struct repair_tag *tag, const char *name);

/* Leave an attribute out when the tag is written. */
void repair_drop_attribute(const struct repair *r, struct repair_tag *tag, const char *name);

/* Write "<name attributes", without its end; where the name stands in the
 * output is the result.  Prefixes that it declares are declared from now on. */
struct span repair_write_tag(struct repair *r, struct repair_tag *tag);

/* The tag of a root that is not written: its prefixes may be used all the same. */
void repair_adopt_prefixes(struct repair *r, const struct repair_tag *tag);

/* Put the declarations of missing prefixes into the root's tag. */
void repair_declare_missing(struct repair *r);

/* ---- stack ---- */

const struct repair_open *repair_top(const struct repair *r);

/* Write the start tag and open its element, unless it is empty. */
void repair_open_element(struct repair *r, struct repair_tag *tag, enum name_class class_,
	const char *more_attributes);

/* An element that is missing in the input. */
void repair_open_missing(struct repair *r, const char *name, enum name_class class_);

/* An item whose start tag is missing, named as its end tag is. */
void repair_open_item(struct repair *r, struct span end_name);

/* Close what must be closed before an element of this name can begin. */
void repair_make_room(struct repair *r, struct span name, enum name_class class_);

/* An end tag: close its element and all in it; or nothing, if it has none. */
void repair_end_tag(struct repair *r, struct span name);

bool repair_is_in_item(const struct repair *r);

/* Where from `at` on an item begins, or ends; r->length if none does. */
size_t repair_next_item(struct repair *r, size_t at);
size_t repair_next_item_end(struct repair *r, size_t at);

/*
 * Whether what seems to end the feed, or the channel, at `at` does not: the item
 * that is open, or more items, follow before another document begins.
 */
bool repair_goes_on(struct repair *r, struct span name, size_t at);

/* Close the innermost element. */
void repair_pop(struct repair *r);

/* Another document begins at `at`: leave out what is only half there, and close
 * all but the root. */
void repair_end_document(struct repair *r, size_t at);

/* Take the root's end back, which was the last that was written. */
void repair_reopen_root(struct repair *r);

/* The input is over: leave out what is only half there, close the rest. */
void repair_finish(struct repair *r);

/* ---- elements with text ---- */

/* All of an element with text or HTML, from behind its start tag. */
void repair_text_element(struct repair *r, struct repair_tag *tag);

/* Whether all that begins in a run ends in it, in the right order, and no deeper than an
 * element around it leaves room for. */
bool repair_is_balanced(struct repair *r, struct span run);

/* Write such a run as markup. */
void repair_write_balanced(struct repair *r, struct span run);

/* ---- problems ---- */

/* Tell of the first few of each kind; `name` is shown where its words need it. */
void repair_tell(struct repair *r, enum repair_problem problem, size_t at, struct span name);

/* Tell of a comment or instruction at `at` if it does not end with `mark` before
 * `end`. */
void repair_tell_open(struct repair *r, size_t at, size_t end, const char *mark);

#endif
