#include "daemon/feed/json_feed_priv.h"

#include <string.h>

#include "daemon/feed/blank.h"

#define DEPTH_MAX 64 /* what is deeper is mended no more */

struct mend {
	const char *text;
	size_t length;
	size_t at;
	struct buf *out;
	size_t string_at; /* where the last string begins in the output */
	size_t depth;
	bool in_object[DEPTH_MAX]; /* or in an array */
	bool is_name;              /* the value at hand is one, in an object */
	bool after_name;           /* and the last one was */
};

static bool is_at(const struct mend *m, const char *word)
{
	size_t n = strlen(word);

	return m->length - m->at >= n && memcmp(m->text + m->at, word, n) == 0;
}

/* The last byte that was written, '\0' if there is none. */
static char last(const struct mend *m)
{
	return m->out->length > 0 ? m->out->data[m->out->length - 1] : '\0';
}

static bool is_in_object(const struct mend *m)
{
	return m->depth > 0 && m->depth <= DEPTH_MAX && m->in_object[m->depth - 1];
}

/* A value or a name begins: what should part it from the one before, and does not. */
static int begin(struct mend *m)
{
	int result = 0;

	if (m->depth > 0 && strchr("[{,:", last(m)) == NULL)
		result = buf_add_byte(m->out, m->after_name ? ':' : ',');
	m->is_name = is_in_object(m) && last(m) != ':';
	m->after_name = false;
	return result;
}

static bool is_hex(char c)
{
	char letter = (char)(c | 0x20);

	return (c >= '0' && c <= '9') || (letter >= 'a' && letter <= 'f');
}

/* How long the escape at a backslash is; 0 if it is none. */
static size_t escape_length(const struct mend *m)
{
	size_t i;

	if (m->length - m->at < 2)
		return 0;
	if (m->text[m->at + 1] != 'u')
		return strchr("\"\\/bfnrt", m->text[m->at + 1]) != NULL &&
				       m->text[m->at + 1] != '\0'
			       ? 2
			       : 0;
	for (i = 2; i < 6; i++)
		if (m->at + i >= m->length || !is_hex(m->text[m->at + i]))
			return 0;
	return 6;
}

/* One byte or escape inside of a string; JavaScript has single quotes, too. */
static int mend_inside(struct mend *m, char quote)
{
	unsigned char byte = (unsigned char)m->text[m->at];
	size_t n = 1;

	if (byte == '"') { /* the quotes are single ones */
		m->at++;
		return buf_add_text(m->out, "\\\"");
	}
	if (is_at(m, "\\'")) {
		m->at += 2;
		return buf_add_byte(m->out, '\'');
	}

	if (byte < 0x20) {
		m->at++;
		return buf_printf(m->out, "\\u%04x", byte);
	}
	if (byte == '\\') {
		n = escape_length(m);
		if (n == 0) {
			m->at++;
			return buf_add_text(m->out, "\\\\");
		}
	} else {
		while (m->at + n < m->length && (unsigned char)m->text[m->at + n] >= 0x20 &&
			m->text[m->at + n] != '"' && m->text[m->at + n] != '\\' &&
			m->text[m->at + n] != quote)
			n++;
	}
	m->at += n;
	return buf_add(m->out, m->text + m->at - n, n);
}

static size_t skip_blanks(const struct mend *m, size_t at)
{
	while (at < m->length && blank_is(m->text[at]))
		at++;
	return at;
}

static bool is_word_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
	       c == '$';
}

static bool is_one_of(const struct mend *m, size_t at, const char *signs)
{
	return at == m->length || (m->text[at] != '\0' && strchr(signs, m->text[at]) != NULL);
}

/* Whether the quote at hand ends its string, or stands in it and should have been
 * escaped: by what follows it. */
static bool is_closing(const struct mend *m)
{
	size_t at = skip_blanks(m, m->at + 1);

	if (is_one_of(m, at, ":}]{[\"'/"))
		return true;
	if (m->text[at] != ',')
		return false;
	at = skip_blanks(m, at + 1);
	if (is_one_of(m, at, "\"'{[}],-/") || (m->text[at] >= '0' && m->text[at] <= '9'))
		return true;
	/* A word is a value, or a name without quotes; or the next word of a text. */
	if (!is_word_char(m->text[at]))
		return false;
	while (at < m->length && is_word_char(m->text[at]))
		at++;
	at = skip_blanks(m, at);
	return is_one_of(m, at, ":,}]") ||
	       (m->text[at] == '"' && is_one_of(m, skip_blanks(m, at + 1), ":"));
}

static int mend_string(struct mend *m)
{
	char quote = m->text[m->at];

	if (begin(m) < 0)
		return -1;
	m->string_at = m->out->length;
	if (buf_add_byte(m->out, '"') < 0)
		return -1;
	m->at++;
	while (m->at < m->length && (m->text[m->at] != quote || !is_closing(m)))
		if (mend_inside(m, quote) < 0)
			return -1;
	/* A text that was cut stays cut. */
	if (m->at == m->length)
		return 0;
	m->at++;
	m->after_name = m->is_name;
	return buf_add_byte(m->out, '"');
}

/* Over blanks and comments. */
static void skip_nothing(struct mend *m)
{
	const char *end;

	for (;;) {
		while (m->at < m->length && blank_is(m->text[m->at]))
			m->at++;
		if (is_at(m, "//"))
			end = memchr(m->text + m->at, '\n', m->length - m->at);
		else if (is_at(m, "/*"))
			end = memmem(m->text + m->at, m->length - m->at, "*/", 2);
		else
			return;
		m->at = end != NULL ? (size_t)(end - m->text) + (*end == '*' ? 2 : 1) : m->length;
	}
}

/* A comma counts if a value follows it, and one stood before it. */
static int mend_comma(struct mend *m)
{
	m->at++;
	skip_nothing(m);
	if (m->at == m->length || strchr("]},", m->text[m->at]) != NULL ||
		strchr("[{,:", last(m)) != NULL)
		return 0;
	m->after_name = false;
	return buf_add_byte(m->out, ',');
}

/* What JSON calls a value that JavaScript or Python write; NULL for another word. */
static const char *value_of_word(const char *word, size_t length)
{
	static const struct {
		const char *word, *value;
	} values[] = { { "true", "true" }, { "false", "false" }, { "null", "null" },
		{ "True", "true" }, { "False", "false" }, { "None", "null" },
		{ "undefined", "null" }, { "NaN", "null" }, { "Infinity", "null" } };
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (length == strlen(values[i].word) && memcmp(word, values[i].word, length) == 0)
			return values[i].value;
	return NULL;
}

/* Whether a name ends at hand, of which a quote may be left. */
static bool ends_name(struct mend *m)
{
	size_t at = m->at;

	if (is_at(m, "\"") && is_one_of(m, skip_blanks(m, at + 1), ":"))
		m->at++;
	skip_nothing(m);
	return m->at < m->length && m->text[m->at] == ':';
}

/* A name without quotes, or a value; another word is damage, and left out where one
 * stood already. */
static int mend_word(struct mend *m)
{
	const char *word = m->text + m->at, *value;
	size_t n = 0;
	bool is_name;

	while (m->at < m->length && is_word_char(m->text[m->at])) {
		m->at++;
		n++;
	}
	is_name = ends_name(m);
	value = value_of_word(word, n);
	if (!is_name && value == NULL && m->depth > 0 && strchr(":{[", last(m)) == NULL)
		return 0;
	if (begin(m) < 0)
		return -1;
	m->string_at = m->out->length;
	if (is_name)
		return buf_printf(m->out, "\"%.*s\"", (int)n, word);
	return value != NULL ? buf_add_text(m->out, value) : buf_add(m->out, word, n);
}

/* Put a sign at `at` in the output. */
static int insert(struct mend *m, size_t at, char sign)
{
	if (buf_add_byte(m->out, sign) < 0)
		return -1;
	memmove(m->out->data + at + 1, m->out->data + at, m->out->length - 1 - at);
	m->out->data[at] = sign;
	return 0;
}

/*
 * A ':', in an array: the string before it is a name, so that an object begins there
 * whose brace was lost; or the array was over before it.
 */
static int mend_colon(struct mend *m)
{
	size_t at = m->string_at;

	m->at++;
	m->after_name = false;
	if (m->depth > 0 && m->depth < DEPTH_MAX && !is_in_object(m) && last(m) == '"') {
		const char *before = m->out->data + at - 1;

		if (*before == '[' || (*before == ',' && before[-1] == '}')) {
			if (insert(m, at, '{') < 0)
				return -1;
			m->in_object[m->depth++] = true;
		} else if (*before == ',' && m->depth > 1 && m->in_object[m->depth - 2]) {
			if (insert(m, at - 1, ']') < 0)
				return -1;
			m->depth--;
		}
	}
	return buf_add_byte(m->out, ':');
}

/* "+1", "-Infinity": the sign of what has none in JSON. */
static bool is_idle_sign(const struct mend *m)
{
	char sign = m->text[m->at], next = m->at + 1 < m->length ? m->text[m->at + 1] : '\0';

	return (sign == '+' && next >= '0' && next <= '9') ||
	       ((sign == '+' || sign == '-') && (next == 'I' || next == 'N'));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A digit, or a minus before one. */
static bool is_number(const struct mend *m)
{
	size_t at = m->at + (m->text[m->at] == '-');

	return at < m->length && is_digit(m->text[at]);
}

static int mend_number(struct mend *m)
{
	size_t n = 0;

	if (begin(m) < 0)
		return -1;
	while (m->at + n < m->length &&
		(is_word_char(m->text[m->at + n]) || strchr("+-.", m->text[m->at + n]) != NULL) &&
		m->text[m->at + n] != '\0')
		n++;
	m->at += n;
	return buf_add(m->out, m->text + m->at - n, n);
}

/* The innermost ends with what ends it. */
static int close_innermost(struct mend *m)
{
	m->depth--;
	m->after_name = false;
	return buf_add_byte(m->out, m->in_object[m->depth] ? '}' : ']');
}

/* '{' or '['; where a name should stand, an object in an array was left open. */
static int mend_open(struct mend *m)
{
	char sign = m->text[m->at++];

	if (sign == '{' && m->depth > 1 && is_in_object(m) && !m->in_object[m->depth - 2] &&
		last(m) == ',') {
		buf_cut(m->out, m->out->length - 1);
		if (close_innermost(m) < 0)
			return -1;
	}
	if (begin(m) < 0)
		return -1;
	if (m->depth < DEPTH_MAX)
		m->in_object[m->depth] = sign == '{';
	m->depth++;
	return buf_add_byte(m->out, sign);
}

/* '}' or ']': it ends what is open in its own, too; if that is not open, nothing. */
static int mend_close(struct mend *m)
{
	char sign = m->text[m->at++];
	size_t i = m->depth;

	if (m->depth == 0)
		return buf_add_byte(m->out, sign);
	if (m->depth > DEPTH_MAX) {
		m->depth--;
		return buf_add_byte(m->out, sign);
	}
	while (i > 0 && m->in_object[i - 1] != (sign == '}'))
		i--;
	while (i > 0 && m->depth >= i)
		if (close_innermost(m) < 0)
			return -1;
	return 0;
}

int json_feed_mend(const char *text, size_t length, struct buf *out)
{
	struct mend m = { .text = text, .length = length, .out = out };
	int result = 0;

	while (result == 0 && (skip_nothing(&m), m.at < m.length)) {
		if (text[m.at] == '"' || text[m.at] == '\'')
			result = mend_string(&m);
		else if (is_number(&m))
			result = mend_number(&m);
		else if (is_word_char(text[m.at]))
			result = mend_word(&m);
		else if (text[m.at] == ',')
			result = mend_comma(&m);
		else if (text[m.at] == ':')
			result = mend_colon(&m);
		else if (is_idle_sign(&m))
			m.at++;
		else if (text[m.at] == '{' || text[m.at] == '[')
			result = mend_open(&m);
		else if (text[m.at] == '}' || text[m.at] == ']')
			result = mend_close(&m);
		else
			result = buf_add_byte(out, text[m.at++]);
	}
	return result;
}
