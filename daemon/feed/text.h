#ifndef FEED_TEXT_H
#define FEED_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "daemon/feed/build.h"
#include "daemon/feed/draft.h"

/*
 * What a text construct means: plain text, HTML, or something to be guessed.
 *
 * A title of RSS does not say what it is.  It counts as HTML if it has an end
 * tag or a character reference and neither a tag nor a reference that HTML
 * does not know; so "AT&amp;amp;T" and "<b>new</b>" in a title mean "AT&T" and
 * "new", while "a < b" and "<stdio.h>" stay (Python's feedparser decides the
 * same, but takes "<3" for a tag).  Of one that is no HTML only tags go that are nothing else
 * (strip_stray()).  Atom says what its texts are and is believed.
 */

/* One line without markup and controls, at most `max` bytes; nothing where nothing of it
 * would be seen. */
struct feed_text text_title(struct build *build, enum text_type type, const char *text,
	size_t length, size_t max, struct buf *scratch);

/* The same of a plain text that is a word for something; what joins letters stays. */
struct feed_text text_name(struct build *build, const char *text, size_t length, size_t max);

/*
 * Take out of plain text what must not reach a terminal, although it has lines: controls
 * but tabs and line ends, and what turns the text behind it around.  *text and *length
 * stay as they are where nothing is in it; else they are the scratch's.
 */
void text_clean(const char **text, size_t *length, struct buf *scratch);

/* Plain text of several lines, clean. */
struct feed_text text_plain(struct build *build, enum text_type type, const char *text,
	size_t length, size_t max, struct buf *scratch);

/* The same, not yet in the document: *text and *length become it, within the
 * text or in the scratch. */
void text_make_plain(
	enum text_type type, const char **text, size_t *length, size_t max, struct buf *scratch);

/* Whether a content of this type is to be kept as HTML; what claims to be and
 * has neither tag nor reference is plain; so is what has no tag but such as it speaks of
 * ("The <script> element"), where all behind one of them would be hidden. */
bool text_is_html(enum text_type type, const char *text, size_t length);

#endif
