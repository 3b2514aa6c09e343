#include "daemon/feed/repair_priv.h"

#include <string.h>

#include "daemon/feed/namespace.h"

#define XMLNS "xmlns:"

/* ---- prefixes ------------------------------------------------------------ */

static bool is_in(const struct repair *r, const struct span *list, size_t count, struct span prefix)
{
	while (count > 0)
		if (repair_same_bytes(r, list[--count], prefix))
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

/* Try the value out at the end of the output.  One with a character that is left out
 * would become the address of another namespace. */
static bool is_good_declaration(struct repair *r, const struct repair_attribute *a, bool has_prefix)
{
	size_t start = r->out->length, left_out = r->left_out;
	bool is_good;

	repair_write(r, a->value, MODE_ATTRIBUTE);
	is_good = r->left_out == left_out &&
		  is_namespace(r->out->data + start, r->out->length - start) &&
		  (!has_prefix || r->out->length > start);
	buf_cut(r->out, start);
	return is_good;
}

/* A prefix that a document may declare. */
static bool is_declarable(const struct repair *r, struct span prefix)
{
	return is_plain(r, prefix) && memchr(r->text + prefix.at, ':', prefix.length) == NULL &&
	       repair_is_name_start(r->text[prefix.at]) &&
	       (prefix.length < 3 || memcmp(r->text + prefix.at, "xml", 3) != 0);
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
	if (!is_declarable(r, local) || r->declared_count == REPAIR_PREFIXES_MAX ||
		!is_good_declaration(r, a, true))
		return;
	a->is_dropped = false;
	r->declared[r->declared_count++] = local;
}

void repair_adopt_prefixes(struct repair *r, const struct repair_tag *tag)
{
	size_t i;

	for (i = 0; i < tag->count && r->missing_count < REPAIR_PREFIXES_MAX; i++) {
		struct span name = tag->attributes[i].name, local = repair_local(r, name);

		if (local.at == name.at + sizeof(XMLNS) - 1 &&
			memcmp(r->text + name.at, XMLNS, sizeof(XMLNS) - 1) == 0 &&
			is_declarable(r, local) &&
			!is_in(r, r->declared, r->declared_count, local) &&
			!is_in(r, r->missing, r->missing_count, local))
			r->missing[r->missing_count++] = local;
	}
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

static bool declares_written(const struct repair *r, struct span written)
{
	return written.length >= 6 && memcmp(r->out->data + written.at, XMLNS, 6) == 0;
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
	       !declares_written(r, a) && !declares_written(r, b);
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
