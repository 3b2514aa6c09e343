#ifndef FEED_CHARSET_PRIV_H
#define FEED_CHARSET_PRIV_H

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "daemon/feed/charset.h"

/*
 * What the charset files share and nobody else sees: charset.c has the table
 * and the descriptors, charset_page.c tables that iconv lacks, charset_claim.c
 * reads what is declared, charset_convert.c and charset_escaped.c decode one
 * encoding each way, charset_mixed.c UTF-8 with others between, charset_twice.c
 * and charset_control.c undo what somebody decoded wrongly before,
 * charset_guess.c looks at the bytes themselves, charset_cyrillic.c at what a
 * reading of them would be, charset_decode.c decides.
 */

enum charset {
#define CHARSET(id, name, kind, iconv_name) CHARSET_##id,
#define LABEL(label, id)
#include "daemon/feed/charset.def"
#undef CHARSET
#undef LABEL
	CHARSETS /* their number, and none of them */
};

enum charset_kind {
	CHARSET_KIND_UTF_8,
	CHARSET_KIND_UTF_16,
	CHARSET_KIND_UTF_32,
	CHARSET_KIND_BYTE,
	CHARSET_KIND_ICONV,
	CHARSET_KIND_ESCAPED,
	CHARSET_KIND_USER,
	CHARSET_KIND_REFUSED
};

struct charset_row {
	const char *name;
	enum charset_kind kind;
	const char *iconv_name; /* or NULL */
};

extern const struct charset_row charset_rows[CHARSETS];

struct feed_charsets {
	uint16_t high[CHARSETS][128]; /* BYTE: what 0x80 to 0xFF mean; 0: nothing */
	iconv_t iconv[CHARSETS];      /* ICONV; (iconv_t)-1 where there is none */
	bool is_open[CHARSETS];       /* what stands above is there, or cannot be had */
};

/* Make the table or descriptor of one, unless it is there. */
void charset_open(struct feed_charsets *charsets, enum charset charset);

/* What HTML takes for white space around a label. */
static inline bool charset_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* The encoding of a label; CHARSETS if we do not know it. */
enum charset charset_of_label(const char *label, size_t length);

/* What 0x80 to 0xFF mean in an encoding that iconv has no name for, 128
 * characters; static. */
const char *charset_page(enum charset charset);

/* ---- claims ---- */

/* A declaration: which one, the label as it stands there, what it means. */
struct charset_claim {
	const char *where; /* for a sentence: "the HTTP header", … */
	const char *label;
	size_t label_length;
	enum charset charset; /* CHARSETS if the label means nothing to us */
};

#define CHARSET_CLAIMS_MAX 4

/* All declarations, what counts most first; their number is the result. */
size_t charset_claims(const struct feed_source *source, bool is_xml,
	struct charset_claim out_claims[CHARSET_CLAIMS_MAX]);

/* Whether a text can be in that which has no zeros in front; not where we do not know its
 * name. */
bool charset_is_narrow(const struct charset_claim *claim);

/* The first of them whose name we do not know, where no other can be true; or NULL. */
const struct charset_claim *charset_unknown(const struct charset_claim *claims, size_t count);

/* ERR_ENCODING, in words that a terminal may be shown.  -1. */
int charset_refuse(const struct charset_claim *claim, struct err *err);

/* ---- bytes ---- */

/* The encoding that a byte order mark names, or CHARSETS; *out_length is the
 * mark's. */
enum charset charset_of_mark(const char *bytes, size_t length, size_t *out_length);

/* UTF-16 and UTF-32 without a mark, and EBCDIC (REFUSED), by the zeros between
 * the first characters; else CHARSETS. */
enum charset charset_of_pattern(const char *bytes, size_t length);

/* Whether a letter of ASCII stands there; behind the text's end nothing does. */
static inline bool charset_is_latin(const char *text, size_t length, size_t at)
{
	unsigned char small = at < length ? (unsigned char)text[at] | 0x20 : 0;

	return small >= 'a' && small <= 'z';
}

/*
 * Whether the bytes of a character of UTF-8 may be meant in windows-1252: as a letter
 * and a sign behind it, as in "NESCAFÉ®", "Spaß…", "12 Å²".  Then it stands there by
 * chance, unless another one is right before it: nobody writes two of these in a row.
 */
bool charset_may_be_chance(const char *bytes, size_t length);

/* Whether the characters beyond ASCII are not only the same one or two again and again,
 * of two bytes each, which are one of Chinese as well. */
bool charset_is_varied(const char *bytes, size_t length);

/* What the text is if it is read as UTF-8, up to some ten thousand bytes that are
 * none. */
struct charset_survey {
	size_t sequences; /* characters of several bytes */
	size_t proof;     /* those that do not stand there by chance */
	size_t invalid;   /* bytes that belong to none */
	/* Runs of bytes beyond ASCII: those that are UTF-8 and hardly anything else,
	 * and those that are not. */
	size_t telling, broken;
	size_t broken_bytes;
	size_t latin, others; /* letters in those that tell */
};

struct charset_survey charset_survey(const char *bytes, size_t length);

/* Whether that is too much UTF-8 for a text in another encoding. */
bool charset_is_mixed(const struct charset_survey *survey);

/* The most likely encoding of bytes that are no UTF-8; CHARSETS if they say too
 * little. */
enum charset charset_guess(const char *bytes, size_t length);

/* Whether the bytes beyond ASCII stand in words of their own, as letters of no
 * Latin script do. */
bool charset_has_words(const char *bytes, size_t length);

bool charset_is_cyrillic(enum charset charset);

/* What was declared; or an encoding of Cyrillic if the text is far better in that. */
enum charset charset_cyrillic(
	struct feed_charsets *charsets, enum charset said, const char *bytes, size_t length);

/* ---- decoding ---- */

struct charset_damage {
	size_t count;    /* bytes that meant nothing there; U+FFFD, mostly */
	size_t first;    /* where the first of them stands in the output */
	size_t controls; /* C1 controls: hardly ever meant */
};

/* Append `bytes` as UTF-8.  -1 at the buffer's limit. */
int charset_convert(struct feed_charsets *charsets, enum charset charset, const char *bytes,
	size_t length, struct buf *out, struct charset_damage *out_damage) MUST_USE;

/*
 * The same for UTF-8 among which stand bytes that are none.  Where the text is to be
 * trusted, all that is valid stays; else what windows-1252 would hardly have, too.
 * The rest is read as windows-1252 run by run, but for what is only damage.
 */
int charset_convert_mixed(const struct charset_survey *survey, bool is_trusted, const char *bytes,
	size_t length, struct buf *out, struct charset_damage *out_damage) MUST_USE;

/* UTF-8 and charset_pair()s to `out`; what is none goes to `stray`, as much at a time as
 * was meant to be one character. */
typedef int charset_stray(void *ctx, const char *bytes, size_t length);
int charset_take_utf8(const char *bytes, size_t length, struct buf *out, charset_stray *stray,
	void *ctx) MUST_USE;

/* The character beyond U+FFFF whose halves stand there in three bytes each, as Java
 * and MySQL write them (CESU-8, UTS #26): its bytes, which are six; 0 if none does. */
size_t charset_pair(const char *bytes, size_t length, uint32_t *out_rune);

/* Whether all of a text is UTF-8 that was made UTF-8 once more, or items of it are; and
 * take that back, from `start` on, where it is. */
bool charset_is_twice(const char *text, size_t length);
bool charset_has_twice(const char *text, size_t length);
bool charset_undo_twice(struct buf *text, size_t start);

/* Whether the text holds C1 controls (charset.h); and put what was meant in
 * their place, from `start` on. */
bool charset_has_controls(const char *text, size_t length);
void charset_mend_controls(struct buf *text, size_t start);

/* Unfold ISO-2022-JP or HZ to bytes of the encoding that is the result. */
enum charset charset_unfold(
	enum charset charset, const char *bytes, size_t length, struct buf *out);

#endif
