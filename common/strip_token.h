#ifndef COMMON_STRIP_TOKEN_H
#define COMMON_STRIP_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * HTML cut into tokens, for the files of strip alone: text, tags and what lies
 * between; a tag into its attributes.  Follows the tokenizer of the HTML
 * Standard, looks at each byte a bounded number of times and copies none.
 */

/* What an element means to us. */
enum strip_trait {
	KEPT = 1 << 0,    /* strip_limit() passes it on */
	PROSE = 1 << 1,   /* people write it in articles */
	LINE = 1 << 2,    /* begins and ends a line */
	WORD = 1 << 3,    /* parts words */
	VOID = 1 << 4,    /* has no content and no end tag */
	ENDS_P = 1 << 5,  /* its start ends an open paragraph */
	TABLE = 1 << 6,   /* a part of a table's frame */
	RAW = 1 << 7,     /* its content is no markup, up to its end tag */
	DECODED = 1 << 8, /* ... but references in it are */
	UNSEEN = 1 << 9   /* its content is not shown */
};

enum strip_tag {
#define TAG(identifier, name, traits) TAG_##identifier,
#include "common/strip_tags.def"
#undef TAG
	TAG_UNKNOWN
};

unsigned strip_tag_traits(enum strip_tag tag);

/* Lower case, static.  "" for TAG_UNKNOWN. */
const char *strip_tag_name(enum strip_tag tag);

/* By name, in any case. */
enum strip_tag strip_tag_find(const char *name, size_t length);

enum strip_kind {
	STRIP_TEXT,   /* references not yet decoded */
	STRIP_PLAIN,  /* the same in an element where "&amp;" is five characters */
	STRIP_START,  /* <tag> */
	STRIP_END,    /* </tag> */
	STRIP_NOTHING /* comment, declaration, or a tag that the text's end cuts */
};

struct strip_token {
	enum strip_kind kind;
	bool unseen; /* within something that is not shown, or its tag */
	const char *start;
	size_t length;
	/* of tags */
	enum strip_tag tag;
	const char *attributes; /* what follows the name */
	bool self_closing;      /* <tag/> */
};

struct strip_scan {
	const char *at;
	const char *end;
	enum strip_tag raw;    /* whose content comes next, or TAG_UNKNOWN */
	enum strip_tag hidden; /* the unseen element we are in, or TAG_UNKNOWN */
	size_t hidden_depth;   /* ... and how many of its kind are open */
};

void strip_scan_init(struct strip_scan *scan, const char *html, size_t length);

/* False at the end.  The tokens together are all the bytes, in order. */
bool strip_scan_next(struct strip_scan *scan, struct strip_token *token);

struct strip_attribute {
	const char *name;
	size_t name_length;
	const char *value; /* references not decoded, without quotes; NULL: none */
	size_t value_length;
	const char *value_start; /* the same with its quotes, if it has any */
	const char *value_end;
};

/*
 * The next attribute of a tag: *at runs from token->attributes to `end`, the
 * end of the text.  1; 0 at the tag's end, with *at behind its '>'; -1 if the
 * text ends first.
 */
int strip_attribute_next(const char **at, const char *end, struct strip_attribute *attribute);

/* Whether two names are the same but for the case of ASCII letters; `lower`
 * is in lower case. */
bool strip_same_name(const char *name, size_t length, const char *lower);

/* Whether the attribute has one of the names. */
bool strip_is_among(
	const char *const *names, size_t count, const struct strip_attribute *attribute);
#define STRIP_IS_AMONG(names, attribute)                                                           \
	strip_is_among(names, sizeof(names) / sizeof((names)[0]), attribute)

/* Whether a start tag hides its element, by the attribute `hidden` or a style. */
bool strip_hides(const struct strip_token *token);

/*
 * The hidden element that a walk over tokens is in, all zero at the beginning: one with
 * the attribute `hidden`, or a style that says so, or a formula's copy.  It ends where
 * strip_limit() would end it, for that is what is shown; where that can't be known
 * without a tree, too soon rather than too late.
 */
#define STRIP_HIDER_DEPTH 64
struct strip_hider {
	size_t tables;                         /* that are open around it */
	bool in_link, in_paragraph;            /* one may be */
	bool in_math, after_math;              /* no text behind it */
	size_t depth;                          /* 0: nothing is hidden */
	unsigned char open[STRIP_HIDER_DEPTH]; /* what is open from the element itself on */
};
_Static_assert(TAG_UNKNOWN <= UINT8_MAX, "a tag may need more than a byte");

/* Whether the next token belongs to a hidden element. */
bool strip_hider_takes(struct strip_hider *hider, const struct strip_token *token);

/*
 * Which of the attributes that articles need, and a page's head, this is; `data`
 * of an object becomes `src`, which it is for what the object stands for.
 */
#define STRIP_KEPT_NOT SIZE_MAX
size_t strip_find_kept(struct strip_attribute *attribute, enum strip_tag tag);
const char *strip_kept_name(size_t which);

/* What embeds something is a frame to us, whatever its vocabulary. */
enum strip_tag strip_stands_for(enum strip_tag tag);

/* Of what a form has, lists of tasks need the box that is ticked or not. */
bool strip_is_box(const struct strip_token *input);

/* Whether it marks a formula that is there once more, laid out by styles. */
bool strip_is_copy(const struct strip_attribute *attribute);

struct strip_slice {
	const char *at;
	size_t length;
};

/* Whether a start tag begins a formula. */
bool strip_is_math(const struct strip_token *token);

/*
 * The source of the formula that begins with a tag, as an attribute or its TeX says it,
 * references not decoded; empty if it is not told.  The result is where the formula's end
 * tag begins; NULL if there is none before `end`.
 */
const char *strip_math(
	const struct strip_token *math, const char *end, struct strip_slice *out_source);

/* Whether a formula up to its end tag is nothing but signs in a row, "N×M", which read
 * better than their source, "N \times M". */
bool strip_math_is_row(const struct strip_token *math, const char *end);

/*
 * A formula without a source, element by element: "(a)/(b)", and what is raised in it.
 * All zero where it begins.
 */
#define STRIP_MATH_DEPTH 32
struct strip_math {
	size_t depth; /* may be more than are known */
	struct {
		int form;          /* of elements with a meaning, else 0 */
		unsigned children; /* that have begun */
	} open[STRIP_MATH_DEPTH];
};

/* What to write for a tag of an element that HTML does not know: '^' and '_' stand for the
 * start of what is raised and lowered, '}' and ']' for its end, all else for itself. */
const char *strip_math_part(struct strip_math *math, const struct strip_token *tag);

/*
 * Of an image, or an object, that a script is to load, and the one that <noscript> or
 * the object has for those without: whether both are one picture.
 */
enum strip_twin {
	STRIP_TWIN_NOT,
	STRIP_TWIN,
	STRIP_TWIN_BETTER /* ... and only the other can be shown without the script */
};
enum strip_twin strip_twin(const struct strip_token *image, const struct strip_token *other);

static inline bool strip_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static inline bool strip_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool strip_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char strip_lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

#endif
