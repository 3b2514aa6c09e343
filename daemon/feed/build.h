#ifndef FEED_BUILD_H
#define FEED_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/feed/document.h"
#include "daemon/feed/feed.h"

/*
 * Puts a document together: tables and one string area grow beside each other
 * and become one block at the end.  The parsers of every format write through
 * this; it knows the limits and the layout, and no format.
 *
 * Rows are given by value with texts that build_text() made.  Rows that belong
 * to one item are added while the item is open; build_item_end() turns them
 * into its ranges and computes its digests.
 */
struct build;

struct build *build_new(enum feed_kind kind, const struct feed_limits *limits);
void build_free(struct build *build);

/* So many bytes of items' texts may come: room for them at once is cheaper than a
 * little more again and again, and costs nothing while it is not written to. */
void build_expect(struct build *build, size_t length);

/* Forget all that was read so far but the problems, for a second try. */
void build_restart(struct build *build);

/* The document's own fields, to be written directly until build_finish(). */
struct feed_doc *build_doc(struct build *build);

/* Copy text into the string area (it must be valid UTF-8; NULs are dropped;
 * cut at `max` bytes at a character's end).  Length 0 gives the absent text. */
struct feed_text build_text(struct build *build, const char *text, size_t length, size_t max);
const char *build_peek(const struct build *build, struct feed_text text);

/* Open an item; its fields are written through the pointer, which is good
 * until build_item_end().  Of more than limits->items_max items those in the
 * middle are forgotten, and the document is flagged FEED_TRUNCATED. */
struct feed_item *build_item_begin(struct build *build);
/* The open item again. */
struct feed_item *build_item_open(struct build *build);
void build_item_end(struct build *build);
/* Forget the open item and its rows. */
void build_item_drop(struct build *build);

/* Rows of the open item, or of the document while none is open.  Beyond a
 * limit they are dropped. */
void build_person(struct build *build, const struct feed_person *row);
void build_category(struct build *build, const struct feed_category *row);
void build_attachment(struct build *build, const struct feed_attachment *row);
void build_link(struct build *build, const struct feed_link *row);
void build_extension(struct build *build, const struct feed_extension *row);

/* A text or a list, of the open item or of the document while none is open, was cut
 * at its limit: how many items are so becomes a problem. */
void build_cut(struct build *build);

void build_problem(struct build *build, uint32_t line, uint32_t column, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* How many problems have a place, and whether one of them is at that line. */
uint32_t build_problems_placed(const struct build *build);
bool build_has_problem_at(const struct build *build, uint32_t line);

/* OPML: tags and settings added since the last outline become this one's. */
void build_outline(struct build *build, const struct feed_outline *row);

/*
 * One block, the caller's to free(); the builder is empty afterwards and still
 * to be freed.  ERR_TOO_BIG beyond limits->doc_max.
 */
int build_finish(struct build *build, struct feed_doc **out_doc, struct err *err) MUST_USE;

#endif
