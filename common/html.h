#ifndef COMMON_HTML_H
#define COMMON_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

/*
 * Articles made fit to be shown: as clean HTML, or as text for a terminal.
 *
 * Built on gumbo behind strip_limit(), so that a mebibyte of any HTML takes
 * well under a second and 64 MB.  Pure: any thread, same bytes, same answer.
 * Knows no base address: links are absolute already (strip_rewrite_links()),
 * and one that is not is no link here.
 *
 * Both append to `out` and return 0, or -1 when it is full: html_sanitize() has
 * then added nothing, html_to_text() what had a place.
 */

/*
 * The HTML without anything that acts, spies or reaches out of its place.  What
 * is not on the lists of html_allow.def goes: elements leave their text behind;
 * scripts, styles, forms' fields, drawings and templates leave nothing, nor
 * does what the page hides; frames and embedded objects become links, boxes of
 * tasks signs.  Of addresses only those with a harmless scheme stay, of styles
 * only properties that cannot cover or load anything, of images and films none that
 * is a counting pixel.  Links get rel="noopener noreferrer", media wait for a click.
 * No controls and no bidirectional overrides are left.
 *
 * The result is valid UTF-8, properly nested, and a fixed point: sanitising it
 * again changes nothing.
 */
int html_sanitize(const char *html, size_t length, struct buf *out) MUST_USE;

struct html_text_options {
	size_t width; /* columns; 0 for lines as long as they come */
	bool plain;   /* no list of links at the end */
};

/*
 * The article as text to read: paragraphs filled to the width (in columns, wide
 * characters count two, nothing a reader sees as one is cut), headings
 * underlined, lists, "> " quotes, code kept line by line, tables in aligned
 * columns where they fit, images as "[image: what it says]", struck words between
 * "~~".  Links are numbered, [1], and listed at the end.
 *
 * Lines end in '\n', the last one too; none ends in white space.  There is no
 * other control in it, so it can go to a terminal.  Empty for an article
 * without content.
 */
int html_to_text(const char *html, size_t length, const struct html_text_options *options,
	struct buf *out) MUST_USE;

#endif
