#ifndef COMMON_STRIP_H
#define COMMON_STRIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/*
 * Looking into HTML without a tree: tags off, references decoded, links found.
 *
 * One tokenizer, which follows the HTML Standard's (section 13.2.5), walks the
 * bytes once from front to back; every function here is linear in its input
 * whatever that input is, allocates nothing but its output, and is pure: any
 * thread, same bytes, same answer.  It knows no tree, no style and no address:
 * what is a link's base, and what may be shown, is decided elsewhere
 * (common/html.h sanitises).
 *
 * Input is UTF-8; a byte that is not becomes U+FFFD where text is made, and is
 * copied where HTML is.  Functions that fill a buffer append to it and return
 * 0, or -1 when it is full: then it holds as much as had a place.
 */

/* ---- text ---------------------------------------------------------------- */

enum strip_flow {
	STRIP_LINES, /* a paragraph, list item, row or <br> ends a line */
	/* Everything on one line; blocks part words like a space, and where an image stands,
	 * stands what it shows and says. */
	STRIP_WORDS
};

/*
 * The text that a reader of the page would see: tags taken off, references
 * decoded, runs of white space folded into one, none at either end.  Comments,
 * what is never shown (script, style, frames, templates, drawings, page titles)
 * and what the page hides are left out.  Controls and bidirectional overrides are dropped; the
 * zero-width joiners that scripts and emoji need stay.
 */
int strip_text(const char *html, size_t length, enum strip_flow flow, struct buf *out) MUST_USE;

/*
 * One safe line: as STRIP_WORDS but without images, and then without any character of which
 * utf8_is_unsafe() says so, powers raised (strip_raise()), cut to at most `limit` bytes at
 * a character.  A text that only looks a little like HTML ("a < b") comes out as it was.
 */
int strip_title(const char *html, size_t length, size_t limit, struct buf *out) MUST_USE;

/*
 * Append the text of a <sup> (`up`) or <sub> as it reads on the line: "²", "₂", or behind
 * a mark what has no such characters, "^k", "_(max)"; behind a blank a phrase in small
 * type.  A blank at its end stays there.  `before` is what it stands at, 0 if that is
 * nothing or a blank.  1; 0 if it reads well as it is ("st" of "1st", a foot note's "*", a
 * caption); -1 if out is full.
 */
int strip_raise(
	const char *text, size_t length, bool up, uint32_t before, struct buf *out) MUST_USE;

/*
 * Whether a text that claims to be plain is HTML after all: it has an end tag
 * or a character reference, and no tag and no name of a reference that HTML
 * does not know.  (The heuristic of Python's feedparser, but that a '<' before
 * anything but a letter begins no tag, as in HTML: "I <i>love</i> you <3".)
 */
bool strip_looks_like_html(const char *text, size_t length);

/*
 * Copy a text that claims to be plain and does not look like HTML, but for what nobody
 * writes in a text: comments; <br>, <hr> and <wbr> with a slash or an attribute, or
 * between words without a blank; images that have a source; <p>, <div>, <span>, <br> and
 * the like where the text begins with them.  A line break becomes a space.  Texts that speak
 * of tags ("Use of <img> in mail", "<p> and <div>"), put them in quotes, or have a '<'
 * of another meaning ("a<b and c>d") stay as they are.
 */
int strip_stray(const char *text, size_t length, struct buf *out) MUST_USE;

/*
 * What the '<' at text[0], with which a tag of HTML begins, is in a text without any end
 * tag: markup, or the name of an element of which the text speaks ("The <script> element",
 * "a <textarea>").  Such a name has no attribute, and is of what articles are not made of.
 * HIDING: as markup it would hide what is behind it; that is no code.
 */
enum strip_naming { STRIP_MARKS, STRIP_NAMES, STRIP_NAMES_HIDING };
enum strip_naming strip_naming(const char *text, size_t length);

/*
 * What of HTML is seen or leads somewhere, to compare two texts by, not to be shown:
 * words, where elements begin and lines end, addresses without scheme, "www.", last slash
 * and query, titles, what stands for an image and what is ticked.  Left out is what
 * programs write anew with each copy and no reader sees: comments, scripts and styles,
 * hidden elements, all other attributes and their order, elements without a meaning (div,
 * span), pixels, images and frames without an address, empty paragraphs and lines where an
 * element ends, white space at tags, how a tag is closed and a character is spelled.
 */
int strip_seen(const char *html, size_t length, struct buf *out) MUST_USE;

/* Whether there is anything at all: a word, or something to look at or to hear. */
bool strip_shows(const char *html, size_t length);

/* Whether HTML has an element of that name, in any case. */
bool strip_is_tag(const char *name, size_t length);

/* ---- references ---------------------------------------------------------- */

/*
 * What a name stands for, without '&' and ';': 1 or 2 code points into
 * out_runes, their number as the result; 0 if HTML has no such name.  Names
 * are case-sensitive.
 */
int strip_entity(const char *name, size_t length, uint32_t out_runes[2]);

/*
 * Read the reference, named or numeric, that begins with the '&' at text[0].
 * The result is how many bytes it takes; 0 if these are only an ampersand.
 * As browsers do: numbers from 128 to 159 mean windows-1252, impossible ones
 * U+FFFD, but for two that are a pair of UTF-16, as some programs write what is
 * beyond U+FFFF; old names do without the semicolon ("&copy2024"), though not
 * `in_attribute` before a letter, digit or '=' ("?a=1&copy=2").
 * *out_count is 1 or 2.
 */
size_t strip_reference(
	const char *text, size_t length, bool in_attribute, uint32_t out_runes[2], int *out_count);

/* Append text or an attribute's value with its references decoded. */
int strip_decode(const char *text, size_t length, bool in_attribute, struct buf *out) MUST_USE;

/* ---- links --------------------------------------------------------------- */

/*
 * Called for each address in the HTML, decoded and trimmed of white space, with
 * a NUL behind it.  Append the one to put in its place and return 1, or return
 * 0 to have the bytes left as they are, -1 to stop.
 */
typedef int strip_link_fn(void *ctx, const char *url, size_t length, struct buf *out);

/*
 * Copy HTML and let `link` replace the addresses in href, src, srcset (each
 * candidate), poster, cite, action, formaction, background, longdesc, data,
 * icon, manifest and the data-src family of lazy images, in tags outside of
 * comments and scripts.  What it puts there is escaped and quoted; every other
 * byte is copied unchanged.  `out` must be another buffer than html's.
 */
int strip_rewrite_links(
	const char *html, size_t length, strip_link_fn *link, void *ctx, struct buf *out) MUST_USE;

/* One image of a srcset: its address, and " 2x" or " 640w" with the white space
 * before it, which may be empty. */
struct strip_candidate {
	const char *url;
	size_t url_length;
	const char *descriptor;
	size_t descriptor_length;
};

/* The next image of a decoded srcset, which *at runs through.  False when
 * there is none left. */
bool strip_candidate_next(const char **at, const char *end, struct strip_candidate *out);

/* ---- limits -------------------------------------------------------------- */

#define STRIP_DEPTH_MAX 256     /* elements open at once */
#define STRIP_ATTRIBUTES_MAX 64 /* a tag */
#define STRIP_TAGS_MAX 100000   /* a text, empty elements count once */

/*
 * Copy HTML so that a tree builder with quadratic corners (gumbo) can be given
 * the result: elements properly nested and closed, implied table parts written
 * out, nothing deeper or more than the limits above.  Comments, scripts and
 * styles, drawings, tags and attributes that neither articles nor a page's
 * head need are cut; the text they surround stays.  A formula that is more than
 * signs in a row becomes its source, what embeds something a frame, and an image's
 * copy for readers without scripts goes.  A '<' that begins no tag is written
 * "&lt;".  Copying the copy changes nothing.
 */
int strip_limit(const char *html, size_t length, struct buf *out) MUST_USE;

#endif
