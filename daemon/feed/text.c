#include "daemon/feed/text.h"

#include <string.h>

#include "common/strip.h"
#include "common/utf8.h"
#include "daemon/feed/blank.h"

#define NAME_MAX_LENGTH 32  /* none of HTML's is so long */
#define TAG_MAX_LENGTH 1024 /* bytes of a tag that is looked at */

static const char *behind_name(const char *at, const char *end)
{
	while (at < end && !blank_is(*at) && strchr("\"'<>/=;,()", *at) == NULL)
		at++;
	return at;
}

/* Behind an attribute with a value in quotes; NULL: it is none. */
static const char *behind_attribute(const char *at, const char *end)
{
	const char *behind = behind_name(at, end);

	if (behind == at || end - behind < 2 || behind[0] != '=' ||
		(behind[1] != '"' && behind[1] != '\''))
		return NULL;
	at = memchr(behind + 2, behind[1], (size_t)(end - behind - 2));
	return at != NULL ? at + 1 : NULL;
}

/* <media:thumbnail url="x"/> and <more/>: people write no such words.  But they write
 * i<n; s="x". */
static bool is_filled_in(const char *name, const char *end)
{
	const char *at, *behind;

	end = end - name > TAG_MAX_LENGTH ? name + TAG_MAX_LENGTH : end;
	behind = at = behind_name(name, end);
	while (at < end && blank_is(*at))
		at++;
	if (behind == name || end - at < 2)
		return false;
	if (at[0] == '/')
		return at[1] == '>';
	at = at > behind ? behind_attribute(at, end) : NULL;
	while (at != NULL && at < end && *at != '<' && *at != '>')
		at++;
	return at != NULL && at < end && *at == '>';
}

/* One that HTML has, or any end: "List<String>" and "<joe@x.example>" are words. */
static bool begins_tag(const char *at, const char *end)
{
	const char *name = at + 1, *behind = name;

	if (name == end)
		return false;
	if (is_filled_in(name, end))
		return true;
	end = end - name > NAME_MAX_LENGTH ? name + NAME_MAX_LENGTH : end;
	while (behind < end && !blank_is(*behind) && *behind != '/' && *behind != '>')
		behind++;
	return *name == '!' || *name == '/' || strip_is_tag(name, (size_t)(behind - name));
}

/* A text that but speaks of elements, and would be lost behind one of them, has none. */
static bool has_tag(const char *text, const char *end)
{
	enum strip_naming naming;
	bool names = false, hides = false;

	while ((text = memchr(text, '<', (size_t)(end - text))) != NULL) {
		if (begins_tag(text, end)) {
			naming = strip_naming(text, (size_t)(end - text));
			if (naming == STRIP_MARKS)
				return true;
			names = true;
			hides |= naming == STRIP_NAMES_HIDING;
		}
		text++;
	}
	return names && !hides;
}

static bool has_reference(const char *text, const char *end)
{
	uint32_t runes[2];
	int count;

	while ((text = memchr(text, '&', (size_t)(end - text))) != NULL) {
		if (strip_reference(text, (size_t)(end - text), false, runes, &count) > 0)
			return true;
		text++;
	}
	return false;
}

static bool has_markup(const char *text, size_t length)
{
	return has_tag(text, text + length) || has_reference(text, text + length);
}

bool text_is_html(enum text_type type, const char *text, size_t length)
{
	if (type == TEXT_PLAIN || !has_markup(text, length))
		return false;
	return type == TEXT_HTML || strip_looks_like_html(text, length);
}

/* Runs of blanks become one, in place. */
static void squeeze(struct buf *line)
{
	size_t from, to = 0;

	if (line->length != 0 && line->data[0] != ' ' && line->data[line->length - 1] != ' ' &&
		memmem(line->data, line->length, "  ", 2) == NULL)
		return; /* mostly */
	for (from = 0; from < line->length; from++) {
		if (line->data[from] == ' ' && (to == 0 || line->data[to - 1] == ' '))
			continue;
		line->data[to++] = line->data[from];
	}
	while (to != 0 && line->data[to - 1] == ' ')
		to--;
	buf_cut(line, to);
}

/* Tags without a partner, and none of HTML besides. */
static void add_without_stray(const char *text, size_t length, struct buf *out)
{
	struct buf plain;

	buf_init(&plain, length + 1);
	if (strip_stray(text, length, &plain) == 0)
		(void)!utf8_add_line(out, plain.data, plain.length);
	buf_release(&plain);
}

/* What is full is cut; that is what the limit is for. */
static void make_title(
	enum text_type type, const char *text, size_t length, size_t max, struct buf *out)
{
	if (text_is_html(type, text, length)) {
		(void)!strip_title(text, length, max, out);
		return;
	}
	if (type == TEXT_GUESS && has_tag(text, text + length))
		add_without_stray(text, length, out);
	else
		(void)!utf8_add_line(out, text, length);
	squeeze(out);
}

struct feed_text text_title(struct build *build, enum text_type type, const char *text,
	size_t length, size_t max, struct buf *scratch)
{
	/* Markup may take more room than what it marks, but not without end. */
	if (length > max * 16)
		length = utf8_cut(text, max * 16);
	buf_clear(scratch);
	make_title(type, text, length, max, scratch);
	if (!utf8_shows(scratch->data, scratch->length))
		buf_clear(scratch);
	return build_text(build, scratch->data, scratch->length, max);
}

struct feed_text text_name(struct build *build, const char *text, size_t length, size_t max)
{
	struct feed_text name = { 0, 0 };
	struct buf line;

	if (length > max)
		length = utf8_cut(text, max);
	if (!utf8_shows(text, length))
		return name;
	buf_init(&line, length + 1);
	(void)!utf8_add_name(&line, text, length); /* no rune becomes longer */
	squeeze(&line);
	name = build_text(build, line.data, line.length, max);
	buf_release(&line);
	return name;
}

/* What acts on a terminal, or turns the text behind it around. */
static bool acts(uint32_t rune)
{
	return (rune < 0x20 && rune != '\n' && rune != '\t') || (rune >= 0x7F && rune <= 0x9F) ||
	       (rune >= 0x202A && rune <= 0x202E) || (rune >= 0x2066 && rune <= 0x2069);
}

/* Where the first of them stands, or the text's end. */
static size_t find_act(const char *text, size_t length, size_t i, uint32_t *out_rune)
{
	static const char no_stops[2] = { 0x7f, 0x7f };
	size_t n;

	while ((i = utf8_plain_end(text, length, i, no_stops)) < length) {
		n = utf8_decode(text + i, length - i, out_rune);
		if (acts(*out_rune))
			break;
		i += n;
	}
	return i;
}

/* Line ends become ours.  A blank is put where a control was, for words might have been
 * parted by it; what turns text around has no place. */
static int add_clean(const char *text, size_t length, struct buf *out)
{
	size_t from = 0, i;
	uint32_t rune;

	while ((i = find_act(text, length, from, &rune)) < length) {
		if (buf_add(out, text + from, i - from) < 0)
			return -1;
		from = i + (rune < 0x80 ? 1 : rune < 0x800 ? 2 : 3);
		if (rune == '\r' && from < length && text[from] == '\n')
			continue;
		if (rune < 0x800 && buf_add_byte(out, rune == '\r' ? '\n' : ' ') < 0)
			return -1;
	}
	return buf_add(out, text + from, length - from);
}

void text_clean(const char **text, size_t *length, struct buf *scratch)
{
	struct buf clean;
	uint32_t rune;

	if (find_act(*text, *length, 0, &rune) == *length)
		return; /* nearly always */
	buf_init(&clean, scratch->max);
	/* What is full is cut. */
	if (add_clean(*text, *length, &clean) < 0)
		buf_cut(&clean, utf8_cut(clean.data, clean.length));
	buf_release(scratch); /* the text may have been there */
	buf_move(scratch, &clean);
	*text = scratch->data;
	*length = scratch->length;
	blank_trim(text, length);
}

void text_make_plain(
	enum text_type type, const char **text, size_t *length, size_t max, struct buf *scratch)
{
	size_t scratch_max = scratch->max;

	blank_trim(text, length);
	if (!text_is_html(type, *text, *length)) {
		text_clean(text, length, scratch);
		return;
	}
	buf_clear(scratch);
	if (max < scratch->max)
		scratch->max = max;
	(void)!strip_text(*text, *length, STRIP_LINES, scratch); /* what is full is cut */
	scratch->max = scratch_max;
	*text = scratch->data;
	*length = utf8_cut(scratch->data, scratch->length);
}

struct feed_text text_plain(struct build *build, enum text_type type, const char *text,
	size_t length, size_t max, struct buf *scratch)
{
	text_make_plain(type, &text, &length, max, scratch);
	return build_text(build, text, length, max);
}
