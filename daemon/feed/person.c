#include "daemon/feed/person.h"

#include <stdbool.h>
#include <string.h>

#include "common/strip.h"
#include "common/utf8.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/reader.h"
#include "daemon/feed/text.h"

#define NAMELESS_PRIORITY 49

struct span {
	const char *text;
	size_t length;
};

static struct span trimmed(const char *text, size_t length)
{
	struct span span = { text, length };

	blank_trim(&span.text, &span.length);
	while (span.length >= 2 && span.text[0] == '"' && span.text[span.length - 1] == '"') {
		span.text++;
		span.length -= 2;
		blank_trim(&span.text, &span.length);
	}
	return span;
}

static bool is_url(struct span span)
{
	return span.length > 7 &&
	       (memcmp(span.text, "http://", 7) == 0 || memcmp(span.text, "https:/", 7) == 0);
}

static bool is_address_char(char c)
{
	return (unsigned char)c > ' ' && strchr("()<>[],;:\"", c) == NULL && c != '\x7f';
}

/* The first word with one '@' in its middle and a host behind it. */
static struct span find_address(struct span in)
{
	struct span found = { in.text, 0 };
	const char *end = in.text + in.length, *at = in.text;

	while ((at = memchr(at, '@', (size_t)(end - at))) != NULL) {
		const char *from = at, *until = at + 1;

		while (from > in.text && is_address_char(from[-1]) && from[-1] != '@')
			from--;
		while (until < end && is_address_char(*until) && *until != '@')
			until++;
		if (from < at && until > at + 1) {
			found.text = from;
			found.length = (size_t)(until - from);
			return found;
		}
		at++;
	}
	return found;
}

static bool is_bracket(char c)
{
	return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' || c == ']';
}

/* "(Jane (Guest))": the first and the last one belong together. */
static bool is_enclosed(struct span in)
{
	size_t depth = 0, i;

	if (in.length < 2 || in.text[0] != '(')
		return false;
	for (i = 0; i < in.length; i++) {
		depth += in.text[i] == '(';
		if (in.text[i] == ')' && --depth == 0)
			return i + 1 == in.length;
	}
	return false;
}

static struct span without_brackets(struct span in)
{
	static const char prefix[] = "mailto:";

	in = trimmed(in.text, in.length);
	while (is_enclosed(in))
		in = trimmed(in.text + 1, in.length - 2);
	if (in.length >= sizeof(prefix) - 1 &&
		memcmp(in.text + in.length - (sizeof(prefix) - 1), prefix, sizeof(prefix) - 1) == 0)
		in.length -= sizeof(prefix) - 1;
	while (in.length != 0 && (is_bracket(in.text[0]) || in.text[0] == ',' || in.text[0] == ';'))
		in = trimmed(in.text + 1, in.length - 1);
	while (in.length != 0 &&
		(in.text[in.length - 1] == '(' || in.text[in.length - 1] == '<' ||
			in.text[in.length - 1] == '[' || in.text[in.length - 1] == ',' ||
			(in.text[in.length - 1] == '>' &&
				memchr(in.text, '<', in.length) == NULL) ||
			(in.text[in.length - 1] == ')' && memchr(in.text, '(', in.length) == NULL)))
		in = trimmed(in.text, in.length - 1);
	return in;
}

/* What is left of the line when the address (or URL) is taken out: the longer
 * of the two sides is the name. */
static struct span name_beside(struct span in, struct span address)
{
	struct span before = { in.text, (size_t)(address.text - in.text) };
	struct span after = { address.text + address.length,
		in.length - before.length - address.length };

	before = without_brackets(before);
	after = without_brackets(after);
	return before.length != 0 ? before : after;
}

static bool is_same(struct span a, struct span b)
{
	return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

static struct span find_url(struct span in)
{
	struct span found = { in.text, 0 };
	const char *open = memchr(in.text, '<', in.length);
	const char *close;

	if (open == NULL)
		open = memchr(in.text, '(', in.length);
	if (open == NULL)
		return found;
	close = memchr(open, *open == '<' ? '>' : ')', in.length - (size_t)(open - in.text));
	if (close == NULL)
		return found;
	found = trimmed(open + 1, (size_t)(close - open - 1));
	if (!is_url(found))
		found.length = 0;
	return found;
}

/* Up to a comma or semicolon that stands in no brackets. */
static size_t piece_length(const char *text, size_t length)
{
	size_t depth = 0, i;

	for (i = 0; i < length; i++) {
		if (text[i] == '(' || text[i] == '<')
			depth++;
		else if ((text[i] == ')' || text[i] == '>') && depth > 0)
			depth--;
		else if (depth == 0 && (text[i] == ',' || text[i] == ';'))
			break;
	}
	return i;
}

/* Several persons on one line have an address each; "Doe, jane@example.org" is one. */
static bool is_list(const char *text, size_t length)
{
	size_t at, n;

	for (at = 0; at < length; at += n + 1) {
		struct span piece = { text + at, n = piece_length(text + at, length - at) };

		if (find_address(piece).length == 0)
			return false;
	}
	return true;
}

static bool is_in_brackets(struct span in)
{
	return in.length > 2 && in.text[0] == '(' &&
	       memchr(in.text, ')', in.length) == in.text + in.length - 1;
}

struct person_line person_split(const char *text, size_t length)
{
	struct span in = trimmed(text, length), address = find_address(in), url = { text, 0 };
	struct span name = in;
	struct person_line line = { NULL, NULL, NULL, 0, 0, 0 };

	if (is_url(in)) {
		url = in;
		name.length = 0;
		address.length = 0;
	} else if (address.length != 0) {
		name = name_beside(in, address);
		if (is_same(name, address)) /* and names nobody */
			name.length = 0;
	} else if ((url = find_url(in)).length != 0) {
		name = name_beside(in, url);
	} else if (is_in_brackets(in)) { /* of an address that is left out */
		name = without_brackets(in);
	}
	line.name = name.text;
	line.name_length = name.length;
	line.email = address.text;
	line.email_length = address.length;
	line.url = url.text;
	line.url_length = url.length;
	return line;
}

/* ---- handlers ---- */

void person_start(struct reader *reader, const struct xml_element *element)
{
	(void)element;
	memset(&reader->person, 0, sizeof(reader->person));
}

static void set(struct reader *reader, struct value *value, const char *text, size_t length)
{
	blank_trim(&text, &length);
	if (value->length != 0 || length == 0)
		return;
	*value = draft_text(reader->now, text, length);
	value->base = reader_base(reader);
}

/* A blank of any kind, or its name in HTML, is nobody's name. */
static bool shows(const char *text, size_t length)
{
	return text_is_html(TEXT_GUESS, text, length) ? strip_shows(text, length)
						      : utf8_shows(text, length);
}

void person_name(struct reader *reader, const char *text, size_t length)
{
	if (shows(text, length))
		set(reader, &reader->person.name, text, length);
}

void person_email(struct reader *reader, const char *text, size_t length)
{
	set(reader, &reader->person.email, text, length);
}

void person_url(struct reader *reader, const char *text, size_t length)
{
	set(reader, &reader->person.url, text, length);
}

void person_avatar(struct reader *reader, const char *text, size_t length)
{
	set(reader, &reader->person.avatar, text, length);
}

static void from_line(struct reader *reader, const char *text, size_t length)
{
	struct person_line line = person_split(text, length);

	person_name(reader, line.name, line.name_length);
	person_email(reader, line.email, line.email_length);
	person_url(reader, line.url, line.url_length);
}

/* A name that is a line: "Jane <jane@example.org>" within <name>.  One that is
 * an address and nothing else stays the name, and is the address, too. */
static void unpack_name(struct reader *reader)
{
	struct value name = reader->person.name;
	struct buf *copy = &reader->scratch;
	struct person_line line;

	if (name.length == 0 || memchr(draft_peek(reader->now, &name), '@', name.length) == NULL)
		return;
	buf_clear(copy);
	if (buf_add(copy, draft_peek(reader->now, &name), name.length) < 0)
		return;
	line = person_split(copy->data, copy->length);
	if (line.email_length == 0)
		return;
	if (line.name_length != 0)
		reader->person.name.length = 0;
	from_line(reader, copy->data, copy->length);
}

static void end_one(
	struct reader *reader, const char *role, uint8_t priority, const char *text, size_t length)
{
	struct draft_person *person;

	if (reader->person.name.length == 0 && reader->person.email.length == 0)
		from_line(reader, text, length);
	else
		unpack_name(reader);
	if (reader->person.name.length == 0 && reader->person.email.length == 0 &&
		reader->person.url.length == 0)
		return;
	person = draft_person(reader->now, reader->limits->authors_max);
	if (person == NULL) {
		build_cut(reader->build);
		return;
	}
	*person = reader->person;
	person->role = role;
	person->element = reader_name_text(reader);
	/* An address without a name says less than the name of anyone else. */
	person->priority = person->name.length != 0       ? priority
			   : priority > NAMELESS_PRIORITY ? NAMELESS_PRIORITY
							  : priority / 2;
}

/* Of those on one line all count where one is named, also who is but an address. */
static void rank_alike(struct draft *draft, uint32_t from, uint8_t priority)
{
	bool named = false;
	uint32_t i;

	for (i = from; i < draft->person_count; i++)
		named |= draft->persons[i].name.length != 0;
	for (i = from; i < draft->person_count && named; i++)
		draft->persons[i].priority = priority;
}

/* What is marked up within its element: Dublin Core's creators may be RDF, an
 * <rdf:Description> with an <rdf:value> in it. */
static void unmark(struct reader *reader, const char **text, size_t *length)
{
	struct buf *plain = &reader->finish;

	if (!reader->frames[reader->depth - 1].has_markup)
		return;
	buf_clear(plain);
	(void)!strip_title(*text, *length, reader->limits->title_max, plain);
	*text = plain->data;
	*length = plain->length;
}

void person_end(
	struct reader *reader, const char *role, uint8_t priority, const char *text, size_t length)
{
	uint32_t first = reader->now->person_count;
	bool list;
	size_t n;

	unmark(reader, &text, &length);
	list = reader->person.name.length == 0 && reader->person.email.length == 0 &&
	       is_list(text, length);
	for (; list && length > 0 && (n = piece_length(text, length)) < length;
		text += n + 1, length -= n + 1) {
		end_one(reader, role, priority, text, n);
		person_start(reader, NULL);
	}
	end_one(reader, role, priority, text, length);
	if (list)
		rank_alike(reader->now, first, priority);
}

void person_add_line(
	struct reader *reader, const char *role, uint8_t priority, const char *text, size_t length)
{
	person_start(reader, NULL);
	person_end(reader, role, priority, text, length);
}
