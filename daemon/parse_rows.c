#include "daemon/parse_rows.h"

#include <string.h>
#include <strings.h>

static void put(struct parse_rows *rows, struct feed_text value)
{
	json_put_text(&rows->json, feed_doc_text(rows->doc, value), value.length);
}

static void number(struct parse_rows *rows, const char *key, int64_t value)
{
	if (value < 0)
		return;
	json_put_key(&rows->json, key);
	json_put_int(&rows->json, value);
}

static void begin(struct parse_rows *rows, const char *key)
{
	json_put_key(&rows->json, key);
	json_put_array(&rows->json);
}

void parse_put_text(struct parse_rows *rows, const char *key, struct feed_text value)
{
	if (!feed_text_present(value))
		return;
	json_put_key(&rows->json, key);
	put(rows, value);
}

/* ---- persons ---- */

/* JSON Feed has no e-mail address; where it is all there is, it is the name. */
static void put_person(struct parse_rows *rows, const struct feed_person *person, bool with_role)
{
	bool nameless = !feed_text_present(person->name) && !feed_text_present(person->url);

	json_put_object(&rows->json);
	parse_put_text(rows, "name", nameless ? person->email : person->name);
	parse_put_text(rows, "url", person->url);
	parse_put_text(rows, "avatar", person->avatar);
	if (with_role)
		parse_put_text(rows, "role", person->role);
	if (with_role) {
		parse_put_text(rows, "email", person->email);
	} else if (feed_text_present(person->email)) {
		json_put_key(&rows->json, "_feedd");
		json_put_object(&rows->json);
		parse_put_text(rows, "email", person->email);
		json_put_object_end(&rows->json);
	}
	json_put_object_end(&rows->json);
}

static void put_persons(
	struct parse_rows *rows, const char *key, struct feed_range range, bool authors)
{
	bool any = false;
	uint32_t i;

	for (i = range.first; i < range.first + range.count; i++) {
		const struct feed_person *person = feed_doc_person(rows->doc, i);

		if (feed_person_is_author(rows->doc, person) != authors)
			continue;
		if (!any)
			begin(rows, key);
		any = true;
		put_person(rows, person, !authors);
	}
	if (any)
		json_put_array_end(&rows->json);
}

void parse_put_authors(struct parse_rows *rows, struct feed_range range)
{
	put_persons(rows, "authors", range, true);
}

void parse_put_contributors(struct parse_rows *rows, struct feed_range range)
{
	put_persons(rows, "contributors", range, false);
}

/* ---- categories ---- */

void parse_put_tags(struct parse_rows *rows, const char *key, struct feed_range range)
{
	struct feed_text word;
	uint32_t i;

	if (range.count == 0)
		return;
	begin(rows, key);
	for (i = 0; i < range.count; i++)
		if (feed_doc_is_tag(rows->doc, range, i, &word))
			put(rows, word);
	json_put_array_end(&rows->json);
}

static bool says_more(const struct parse_rows *rows, struct feed_range range)
{
	uint32_t i;

	for (i = range.first; i < range.first + range.count; i++) {
		const struct feed_category *row = feed_doc_category(rows->doc, i);

		if (feed_text_present(row->scheme) || feed_text_present(row->label))
			return true;
	}
	return false;
}

void parse_put_categories(struct parse_rows *rows, struct feed_range range)
{
	uint32_t i;

	if (!says_more(rows, range))
		return;
	begin(rows, "categories");
	for (i = range.first; i < range.first + range.count; i++) {
		const struct feed_category *row = feed_doc_category(rows->doc, i);

		json_put_object(&rows->json);
		parse_put_text(rows, "term", row->term);
		parse_put_text(rows, "scheme", row->scheme);
		parse_put_text(rows, "label", row->label);
		json_put_object_end(&rows->json);
	}
	json_put_array_end(&rows->json);
}

/* ---- the others ---- */

void parse_put_attachments(struct parse_rows *rows, struct feed_range range)
{
	uint32_t i;

	if (range.count == 0)
		return;
	begin(rows, "attachments");
	for (i = range.first; i < range.first + range.count; i++) {
		const struct feed_attachment *row = feed_doc_attachment(rows->doc, i);

		json_put_object(&rows->json);
		parse_put_text(rows, "url", row->url);
		json_put_key(&rows->json, "mime_type"); /* JSON Feed demands it */
		if (feed_text_present(row->mime_type))
			put(rows, row->mime_type);
		else
			json_put_string(&rows->json, "application/octet-stream");
		parse_put_text(rows, "title", row->title);
		number(rows, "size_in_bytes", row->size);
		number(rows, "duration_in_seconds", row->duration_s);
		json_put_object_end(&rows->json);
	}
	json_put_array_end(&rows->json);
}

static bool is_hub(const struct parse_rows *rows, const struct feed_link *row)
{
	return row->rel.length == 3 &&
	       strncasecmp(feed_doc_text(rows->doc, row->rel), "hub", 3) == 0;
}

static void put_hub(struct parse_rows *rows, struct feed_text url, struct feed_text type)
{
	json_put_object(&rows->json);
	json_put_key(&rows->json, "type");
	if (feed_text_present(type))
		json_put_text(&rows->json, feed_doc_text(rows->doc, type), type.length);
	else
		json_put_string(&rows->json, "WebSub");
	parse_put_text(rows, "url", url);
	json_put_object_end(&rows->json);
}

void parse_put_hubs(struct parse_rows *rows)
{
	const struct feed_doc *doc = rows->doc;
	bool any = false;
	uint32_t i;

	if (!feed_text_present(doc->hub))
		return;
	begin(rows, "hubs");
	for (i = doc->links.first; i < doc->links.first + doc->links.count; i++) {
		const struct feed_link *row = feed_doc_link(doc, i);

		if (!is_hub(rows, row))
			continue;
		put_hub(rows, row->url, row->title);
		any = true;
	}
	if (!any) /* beyond the limit of links */
		put_hub(rows, doc->hub, (struct feed_text){ 0, 0 });
	json_put_array_end(&rows->json);
}

void parse_put_links(struct parse_rows *rows, struct feed_range range)
{
	uint32_t i;

	if (range.count == 0)
		return;
	begin(rows, "links");
	for (i = range.first; i < range.first + range.count; i++) {
		const struct feed_link *row = feed_doc_link(rows->doc, i);

		json_put_object(&rows->json);
		parse_put_text(rows, "rel", row->rel);
		parse_put_text(rows, "url", row->url);
		parse_put_text(rows, "mime_type", row->mime_type);
		parse_put_text(rows, "title", row->title);
		parse_put_text(rows, "language", row->language);
		json_put_object_end(&rows->json);
	}
	json_put_array_end(&rows->json);
}

void parse_put_extensions(struct parse_rows *rows, struct feed_range range)
{
	uint32_t i;

	if (range.count == 0)
		return;
	begin(rows, "extensions");
	for (i = range.first; i < range.first + range.count; i++) {
		const struct feed_extension *row = feed_doc_extension(rows->doc, i);

		json_put_object(&rows->json);
		parse_put_text(rows, "name", row->name);
		parse_put_text(rows, "value", row->value);
		json_put_object_end(&rows->json);
	}
	json_put_array_end(&rows->json);
}

void parse_put_problems(struct parse_rows *rows)
{
	uint32_t i;

	begin(rows, "problems");
	for (i = 0; i < rows->doc->problems.count; i++) {
		const struct feed_problem *row = feed_doc_problem(rows->doc, i);

		json_put_object(&rows->json);
		if (row->line != 0) {
			number(rows, "line", row->line);
			number(rows, "column", row->column);
		}
		parse_put_text(rows, "words", row->words);
		json_put_object_end(&rows->json);
	}
	json_put_array_end(&rows->json);
}
