#include "daemon/feed/json_feed_priv.h"

#include <stdio.h>
#include <string.h>

#include "daemon/feed/blank.h"

struct mend {
	const char *text;
	size_t length;
	size_t at;
	struct buf *out;
};

static bool is_at(const struct mend *m, const char *word)
{
	size_t n = strlen(word);

	return m->length - m->at >= n && memcmp(m->text + m->at, word, n) == 0;
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

static int mend_string(struct mend *m)
{
	char quote = m->text[m->at];

	if (buf_add_byte(m->out, '"') < 0)
		return -1;
	m->at++;
	while (m->at < m->length && m->text[m->at] != quote)
		if (mend_inside(m, quote) < 0)
			return -1;
	/* A text that was cut stays cut. */
	if (m->at == m->length)
		return 0;
	m->at++;
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
	char before;

	m->at++;
	skip_nothing(m);
	before = m->out->length > 0 ? m->out->data[m->out->length - 1] : '[';
	if (m->at == m->length || strchr("]},", m->text[m->at]) != NULL ||
		strchr("[{,:", before) != NULL)
		return 0;
	return buf_add_byte(m->out, ',');
}

static bool is_word_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
	       c == '$';
}

/* A name without quotes, or a value of JavaScript's or Python's; another word
 * is damage. */
static int mend_word(struct mend *m)
{
	static const struct {
		const char *word, *value;
	} values[] = { { "True", "true" }, { "False", "false" }, { "None", "null" },
		{ "undefined", "null" }, { "NaN", "null" }, { "Infinity", "null" } };
	const char *word = m->text + m->at;
	size_t n = 0, i;

	while (m->at < m->length && is_word_char(m->text[m->at])) {
		m->at++;
		n++;
	}
	skip_nothing(m);
	if (m->at < m->length && m->text[m->at] == ':')
		return buf_printf(m->out, "\"%.*s\"", (int)n, word);
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (n == strlen(values[i].word) && memcmp(word, values[i].word, n) == 0)
			return buf_add_text(m->out, values[i].value);
	return buf_add(m->out, word, n);
}

/* "+1", "-Infinity": the sign of what has none in JSON. */
static bool is_idle_sign(const struct mend *m)
{
	char sign = m->text[m->at], next = m->at + 1 < m->length ? m->text[m->at + 1] : '\0';

	return (sign == '+' && next >= '0' && next <= '9') ||
	       ((sign == '+' || sign == '-') && (next == 'I' || next == 'N'));
}

static int mend_number(struct mend *m)
{
	size_t n = 0;

	while (m->at + n < m->length &&
		(is_word_char(m->text[m->at + n]) || strchr("+-.", m->text[m->at + n]) != NULL) &&
		m->text[m->at + n] != '\0')
		n++;
	m->at += n;
	return buf_add(m->out, m->text + m->at - n, n);
}

int json_feed_mend(const char *text, size_t length, struct buf *out)
{
	struct mend m = { .text = text, .length = length, .out = out };
	int result = 0;

	while (result == 0 && (skip_nothing(&m), m.at < m.length)) {
		if (text[m.at] == '"' || text[m.at] == '\'')
			result = mend_string(&m);
		else if (text[m.at] >= '0' && text[m.at] <= '9')
			result = mend_number(&m);
		else if (is_word_char(text[m.at]))
			result = mend_word(&m);
		else if (text[m.at] == ',')
			result = mend_comma(&m);
		else if (is_idle_sign(&m))
			m.at++;
		else
			result = buf_add_byte(out, text[m.at++]);
	}
	return result;
}
