#include "daemon/feed/repair_priv.h"

#include <string.h>

#include "daemon/feed/namespace.h"

#define XMLNS "xmlns:"

static size_t skip_blanks(const struct repair *r, size_t at)
{
	while (at < r->length && repair_is_blank(r->text[at]))
		at++;
	return at;
}

/* ---- reading ------------------------------------------------------------- */

/* Attributes without a value in a row; more words than that are prose. */
#define WORDS_MAX 8

/* Quotes inside of a value: no more are looked at. */
#define QUOTES_MAX 64

/* Whether what follows a quote can follow a value: the tag's end, or names of
 * attributes up to a '=' or the tag's end. */
static bool can_follow_value(const struct repair *r, size_t at)
{
	int words;

	/* Some part them with commas. */
	if (at < r->length && (r->text[at] == ',' || r->text[at] == ';'))
		at++;
	for (words = 0; words < WORDS_MAX; words++) {
		struct span name;
		size_t next = skip_blanks(r, at);

		if (next == r->length || r->text[next] == '>' || r->text[next] == '<' ||
			r->text[next] == '=' || repair_is_at(r, next, "/>"))
			return true;
		if (next == at && words > 0)
			return false;
		name = repair_name_at(r, next);
		if (name.length == 0)
			return false;
		at = next + name.length;
	}
	return false;
}

/* The first `c` of a value so far, or NULL. */
static const char *first_in(const struct repair *r, size_t at, size_t end, char c)
{
	return memchr(r->text + at, c, end - at);
}

enum quote { CLOSES, INSIDE, FORGOTTEN };

/* What a quote in a value that begins at `at` is.  *inner: whether it is in an
 * attribute of HTML that stands in the value unescaped. */
static enum quote judge_quote(const struct repair *r, size_t at, size_t quote, bool *inner)
{
	const char *less = first_in(r, at, quote, '<'), *greater = first_in(r, at, quote, '>');
	bool is_html = less != NULL && (greater == NULL || less < greater);
	bool opens = quote > at && r->text[quote - 1] == '=';

	/* The tag was over before it, and this one begins a value of the next. */
	if (opens && greater != NULL && !is_html)
		return FORGOTTEN;
	if (*inner || (opens && is_html)) {
		*inner = !*inner;
		return INSIDE;
	}
	return can_follow_value(r, quote + 1) ? CLOSES : INSIDE;
}

/*
 * Where the quoted value that begins at `at` ends: not every quote in it closes
 * it, and it may never be closed.
 */
static size_t quoted_end(struct repair *r, size_t at, char quote, bool *out_is_quoted)
{
	char word[2] = { quote, '\0' };
	enum quote is = INSIDE;
	bool inner = false;
	size_t end = at, close;
	int i;

	*out_is_quoted = true;
	for (i = 0; i < QUOTES_MAX && is == INSIDE; i++) {
		end = repair_find_next(r, &r->quotes[quote == '"'], i == 0 ? at : end + 1, word);
		if (end == r->length)
			break;
		is = judge_quote(r, at, end, &inner);
		if (is == CLOSES)
			return end;
	}
	*out_is_quoted = false;
	close = repair_find(r, at, '>');
	return close > at && close < r->length && r->text[close - 1] == '/' ? close - 1 : close;
}

static bool ends_value(const struct repair *r, size_t at)
{
	return repair_is_blank(r->text[at]) || r->text[at] == '>' || repair_is_at(r, at, "/>");
}

/* The value behind "=" at `at`; where the input goes on is the result. */
static size_t read_value(struct repair *r, size_t at, struct repair_attribute *attribute)
{
	bool is_quoted;
	size_t end;

	at = skip_blanks(r, at + 1);
	if (at < r->length && (r->text[at] == '"' || r->text[at] == '\'')) {
		end = quoted_end(r, at + 1, r->text[at], &is_quoted);
		attribute->value = (struct span){ at + 1, end - at - 1 };
		if (is_quoted)
			return end + 1;
		repair_tell(r, PROBLEM_QUOTES, at, attribute->name);
		return end;
	}
	for (end = at; end < r->length && !ends_value(r, end);)
		end++;
	attribute->value = (struct span){ at, end - at };
	repair_tell(r, PROBLEM_QUOTES, at, attribute->name);
	return end;
}

static size_t read_attribute(struct repair *r, size_t at, struct repair_tag *tag)
{
	struct repair_attribute attribute = { .name = repair_name_at(r, at) };
	size_t after = at + attribute.name.length;
	size_t equals = skip_blanks(r, after);

	if (attribute.name.length == 0) {
		if (r->text[at] != '/' && r->text[at] != '?')
			repair_tell(r, PROBLEM_ATTRIBUTES, at, attribute.name);
		return at + 1;
	}
	attribute.value.at = after;
	if (equals < r->length && r->text[equals] == '=')
		after = read_value(r, equals, &attribute);
	else
		repair_tell(r, PROBLEM_NO_VALUE, at, attribute.name);
	if (tag->count < REPAIR_ATTRIBUTES_MAX)
		tag->attributes[tag->count++] = attribute;
	return after;
}

bool repair_read_tag(struct repair *r, size_t at, struct repair_tag *out_tag)
{
	out_tag->name = repair_name_at(r, at + 1);
	out_tag->count = 0;
	at += 1 + out_tag->name.length;
	while ((at = skip_blanks(r, at)) < r->length && r->text[at] != '>') {
		/* The next tag begins, this one has no end. */
		if (r->text[at] == '<')
			break;
		at = read_attribute(r, at, out_tag);
	}
	if (at >= r->length)
		return false;
	out_tag->is_empty = r->text[at] == '>' && r->text[at - 1] == '/';
	out_tag->after = r->text[at] == '>' ? at + 1 : at;
	return true;
}

struct span repair_attribute(const struct repair *r, const struct repair_tag *tag, const char *name)
{
	size_t i;

	for (i = 0; i < tag->count; i++)
		if (tag->attributes[i].name.length == strlen(name) &&
			repair_is_at(r, tag->attributes[i].name.at, name))
			return tag->attributes[i].value;
	return (struct span){ 0, 0 };
}

void repair_drop_attribute(const struct repair *r, struct repair_tag *tag, const char *name)
{
	size_t i;

	for (i = 0; i < tag->count; i++)
		if (tag->attributes[i].name.length == strlen(name) &&
			repair_is_at(r, tag->attributes[i].name.at, name))
			tag->attributes[i].is_dropped = true;
}

/* ---- prefixes ------------------------------------------------------------ */

static bool same_bytes(const struct repair *r, struct span a, struct span b)
{
	return a.length == b.length && memcmp(r->text + a.at, r->text + b.at, a.length) == 0;
}

static bool is_in(const struct repair *r, const struct span *list, size_t count, struct span prefix)
{
	while (count > 0)
		if (same_bytes(r, list[--count], prefix))
			return true;
	return false;
}

/* Whether a name may be written with its prefix, which is declared or will be. */
static bool takes_prefix(struct repair *r, struct span prefix)
{
	if (prefix.length == 3 && memcmp(r->text + prefix.at, "xml", 3) == 0)
		return true;
	if (prefix.length == 5 && memcmp(r->text + prefix.at, "xmlns", 5) == 0)
		return false;
	if (is_in(r, r->declared, r->declared_count, prefix) ||
		is_in(r, r->missing, r->missing_count, prefix))
		return true;
	if (r->missing_count == REPAIR_PREFIXES_MAX)
		return false;
	repair_tell(r, PROBLEM_PREFIX, prefix.at, prefix);
	r->missing[r->missing_count++] = prefix;
	return true;
}

/* What may stand behind a prefix, or before it: its bytes as we write them. */
static void write_part(struct repair *r, struct span part)
{
	size_t i;
	char c;

	for (i = 0; i < part.length && i < REPAIR_NAME_MAX; i++) {
		c = r->text[part.at + i];
		if (c == ':' || (unsigned char)c >= 0x80)
			c = '_';
		repair_put(r, &c, 1);
	}
}

/* A prefix that can be written as it stands. */
static bool is_plain(const struct repair *r, struct span prefix)
{
	size_t i;

	for (i = 0; i < prefix.length; i++)
		if ((unsigned char)r->text[prefix.at + i] >= 0x80)
			return false;
	return prefix.length > 0 && prefix.length <= REPAIR_NAME_MAX;
}

static struct span write_name(struct repair *r, struct span name)
{
	struct span local = repair_local(r, name);
	struct span prefix = { name.at, local.at > name.at ? local.at - name.at - 1 : 0 };
	struct span written = { r->out->length, 0 };

	/* A prefix that expat does not take is left out. */
	if (prefix.length == 0 || local.length == 0 || !repair_is_name_start(r->text[local.at])) {
		local = name;
	} else if (is_plain(r, prefix) && takes_prefix(r, prefix)) {
		write_part(r, prefix);
		repair_put(r, ":", 1);
	}
	write_part(r, local);
	written.length = r->out->length - written.at;
	return written;
}

/* Whether expat lets a prefix stand for this address; it is in the output. */
static bool is_namespace(const char *uri, size_t length)
{
	static const char *const reserved[] = { "http://www.w3.org/XML/1998/namespace",
		"http://www.w3.org/2000/xmlns/" };
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (length == strlen(reserved[i]) && memcmp(uri, reserved[i], length) == 0)
			return false;
	return true;
}

/* Try the value out at the end of the output. */
static bool is_good_declaration(struct repair *r, const struct repair_attribute *a, bool has_prefix)
{
	size_t start = r->out->length;
	bool is_good;

	repair_write(r, a->value, MODE_ATTRIBUTE);
	is_good = is_namespace(r->out->data + start, r->out->length - start) &&
		  (!has_prefix || r->out->length > start);
	buf_cut(r->out, start);
	return is_good;
}

/* xmlns="…" and xmlns:prefix="…": declare what can be, drop the others. */
static void read_declaration(struct repair *r, struct repair_attribute *a)
{
	struct span local = repair_local(r, a->name);
	bool has_prefix = local.at > a->name.at;

	if (memcmp(r->text + a->name.at, XMLNS, has_prefix ? 6 : 5) != 0)
		return;
	if (!has_prefix) {
		if (a->name.length == 5)
			a->is_dropped = !is_good_declaration(r, a, false);
		return;
	}
	a->is_dropped = true;
	if (!is_plain(r, local) || memchr(r->text + local.at, ':', local.length) != NULL ||
		!repair_is_name_start(r->text[local.at]) ||
		(local.length >= 3 && memcmp(r->text + local.at, "xml", 3) == 0) ||
		r->declared_count == REPAIR_PREFIXES_MAX || !is_good_declaration(r, a, true))
		return;
	a->is_dropped = false;
	r->declared[r->declared_count++] = local;
}

static bool is_declaration(const struct repair *r, const struct repair_attribute *a)
{
	return a->name.length >= 5 && memcmp(r->text + a->name.at, "xmlns", 5) == 0 &&
	       (a->name.length == 5 || r->text[a->name.at + 5] == ':');
}

static struct span local_written(const struct repair *r, struct span written)
{
	const char *colon = memchr(r->out->data + written.at, ':', written.length);
	size_t n = colon != NULL ? (size_t)(colon - r->out->data) + 1 - written.at : 0;

	return (struct span){ written.at + n, written.length - n };
}

static bool same_written(const struct repair *r, struct span a, struct span b)
{
	return a.length == b.length &&
	       memcmp(r->out->data + a.at, r->out->data + b.at, a.length) == 0;
}

/*
 * Whether two attributes are one to expat.  With two prefixes they may be, by
 * their namespaces; that is rare enough not to look.
 */
static bool is_twice(const struct repair *r, struct span a, struct span b)
{
	struct span a_local, b_local;

	if (same_written(r, a, b))
		return true;
	a_local = local_written(r, a);
	b_local = local_written(r, b);
	return a_local.at > a.at && b_local.at > b.at && same_written(r, a_local, b_local) &&
	       memcmp(r->out->data + a.at, XMLNS, 6) != 0 &&
	       memcmp(r->out->data + b.at, XMLNS, 6) != 0;
}

static void write_attribute(
	struct repair *r, const struct repair_attribute *a, struct span *written, size_t *count)
{
	size_t start = r->out->length, i;
	struct span name;

	repair_put_text(r, " ");
	name = (struct span){ r->out->length, a->name.length };
	if (is_declaration(r, a))
		repair_put(r, r->text + a->name.at, a->name.length);
	else
		name = write_name(r, a->name);
	for (i = 0; i < *count; i++)
		if (!r->is_full && is_twice(r, written[i], name)) {
			repair_tell(r, PROBLEM_TWICE, a->name.at, a->name);
			buf_cut(r->out, start);
			return;
		}
	written[(*count)++] = name;
	repair_put_text(r, "=\"");
	repair_write(r, a->value, MODE_ATTRIBUTE);
	repair_put_text(r, "\"");
}

struct span repair_write_tag(struct repair *r, struct repair_tag *tag)
{
	struct span written[REPAIR_ATTRIBUTES_MAX];
	size_t count = 0, i;
	struct span name;

	for (i = 0; i < tag->count; i++)
		if (is_declaration(r, &tag->attributes[i]))
			read_declaration(r, &tag->attributes[i]);
	repair_put_text(r, "<");
	name = write_name(r, tag->name);
	for (i = 0; i < tag->count; i++)
		if (!tag->attributes[i].is_dropped)
			write_attribute(r, &tag->attributes[i], written, &count);
	return name;
}

/* What a prefix stands for that nobody declared. */
static const char *usual_namespace(const char *prefix, size_t length)
{
	enum xml_ns ns = namespace_of_prefix(prefix, length);

	if (length == 3 && memcmp(prefix, "rss", 3) == 0)
		return "http://backend.userland.com/rss2";
	/* Only "xml" may be bound to XML's own, not "XML". */
	return ns != NS_XML ? namespace_uri(ns) : "";
}

void repair_declare_missing(struct repair *r)
{
	size_t tail = r->out->length, n, i;

	/* Written at the end, then moved to its place: once a document. */
	for (i = 0; i < r->missing_count; i++) {
		const char *prefix = r->text + r->missing[i].at;
		size_t length = r->missing[i].length;
		const char *uri = usual_namespace(prefix, length);

		repair_put_text(r, " xmlns:");
		repair_put(r, prefix, length);
		repair_put_text(r, "=\"");
		repair_put_text(r, uri);
		if (uri[0] == '\0') {
			repair_put_text(r, "urn:undeclared:");
			repair_put(r, prefix, length);
		}
		repair_put_text(r, "\"");
	}
	n = r->out->length - tail;
	if (n == 0 || r->is_full || buf_reserve(r->out, n) < 0) {
		r->is_full = r->is_full || n > 0;
		return;
	}
	memmove(r->out->data + r->declare + n, r->out->data + r->declare,
		r->out->length - r->declare);
	memcpy(r->out->data + r->declare, r->out->data + tail + n, n);
	buf_cut(r->out, tail + n);
}
