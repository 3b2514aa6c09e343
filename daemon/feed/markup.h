#ifndef FEED_MARKUP_H
#define FEED_MARKUP_H

#include <stddef.h>

/*
 * Elements inside of a text, written back as HTML: Atom's xhtml, and markup
 * that a feed forgot to escape.
 */
struct reader;
struct frame;
struct xml_element;

void markup_start(
	struct reader *reader, const struct frame *frame, const struct xml_element *element);
void markup_end(struct reader *reader, const struct frame *frame);

/* Text of a frame that `escapes`. */
void markup_text(struct reader *reader, const char *text, size_t length);

#endif
