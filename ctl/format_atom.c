#include "ctl/format.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/time.h"
#include "ctl/cell.h"
#include "ctl/content.h"

/*
 * An Atom feed (RFC 4287) of the items.  An entry's id is the same whichever store it
 * comes from: the feeds' own ids are unique in their feeds only, and each store counts
 * from 1.
 */

static void put(struct printer *printer, const char *before, struct text text, const char *after)
{
	out_text(printer->out, before);
	out_xml(printer->out, text.at, text.length);
	out_text(printer->out, after);
}

static void put_if_any(struct printer *printer, const struct wire_row *row, const char *key,
	const char *before, const char *after)
{
	struct text text = value_text(wire_row_get(row, key), &printer->scratch);

	if (text.length > 0)
		put(printer, before, text, after);
}

struct atom {
	int64_t updated_s; /* the latest of the entries; TIME_NONE: there is none */
};

static int atom_begin(struct printer *printer, struct err *err)
{
	struct atom *atom = MEM_NEW(struct atom);

	(void)err;
	atom->updated_s = TIME_NONE;
	printer->own = atom;
	return 0;
}

static void atom_head(struct printer *printer)
{
	out_text(printer->out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
			       "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
			       "<title>feedd</title>\n<id>urn:feedd:list</id>\n");
}

static void put_id(struct printer *printer, const struct wire_row *row)
{
	char id[CONTENT_ID_MAX];

	content_id(row, id);
	out_printf(printer->out, "<id>%s</id>\n", id);
}

/* Each entry must have one: the feed, where it names nobody. */
static void put_authors(struct printer *printer, const struct wire_row *row)
{
	struct wire_row list = wire_row_in(wire_row_get(row, "authors"));
	const struct wire_value *one = NULL;
	struct wire_row author;
	struct cell feed;
	bool any = false;

	while ((one = wire_row_next(&list, one)) != NULL) {
		struct text name;

		if (!row_of(one, &author))
			continue;
		name = value_text(wire_row_get(&author, "name"), &printer->scratch);
		if (name.length == 0)
			continue;
		any = true;
		put(printer, "<author><name>", name, "</name>");
		put_if_any(printer, &author, "url", "<uri>", "</uri>");
		out_text(printer->out, "</author>\n");
	}
	if (any)
		return;
	cell_init(&feed, "feed_title", 10);
	put(printer, "<author><name>", cell_text(&feed, row, &printer->scratch),
		"</name></author>\n");
}

static void put_links(struct printer *printer, const struct wire_row *row)
{
	struct wire_row list = wire_row_in(wire_row_get(row, "attachments"));
	const struct wire_value *one = NULL;
	struct wire_row attachment;

	put_if_any(printer, row, "url", "<link rel=\"alternate\" href=\"", "\"/>\n");
	put_if_any(printer, row, "external_url", "<link rel=\"related\" href=\"", "\"/>\n");
	while ((one = wire_row_next(&list, one)) != NULL) {
		if (!row_of(one, &attachment))
			continue;
		put(printer, "<link rel=\"enclosure\" href=\"",
			value_text(wire_row_get(&attachment, "url"), &printer->scratch), "\"");
		put_if_any(printer, &attachment, "mime_type", " type=\"", "\"");
		put_if_any(printer, &attachment, "size_in_bytes", " length=\"", "\"");
		put_if_any(printer, &attachment, "title", " title=\"", "\"");
		out_text(printer->out, "/>\n");
	}
}

static void put_updated(struct printer *printer, const struct wire_value *updated)
{
	struct atom *atom = printer->own;
	int64_t updated_s = value_time(updated);

	if (updated_s > atom->updated_s)
		atom->updated_s = updated_s;
	put(printer, "<updated>", value_text(updated, &printer->scratch), "</updated>\n");
}

static int atom_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct wire_row list = wire_row_in(wire_row_get(row, "categories"));
	const struct wire_value *one = NULL;
	const struct wire_value *modified = wire_row_get(row, "date_modified");
	struct cell cell;

	(void)err;
	out_text(printer->out, "<entry");
	put_if_any(printer, row, "language", " xml:lang=\"", "\"");
	cell_init(&cell, "title", 5);
	put(printer, ">\n<title>", cell_text(&cell, row, &printer->scratch), "</title>\n");
	put_id(printer, row);
	put(printer, "<published>", value_text(wire_row_get(row, "date"), &printer->scratch),
		"</published>\n");
	put_updated(printer, value_is_null(modified) ? wire_row_get(row, "date") : modified);
	put_authors(printer, row);
	put_links(printer, row);
	while ((one = wire_row_next(&list, one)) != NULL)
		put(printer, "<category term=\"", value_text(one, &printer->scratch), "\"/>\n");
	cell_init(&cell, "feed_title", 10);
	put(printer, "<source><title>", cell_text(&cell, row, &printer->scratch), "</title>");
	put(printer, "<id>", value_text(wire_row_get(row, "feed_url"), &printer->scratch),
		"</id></source>\n");
	put_if_any(printer, row, "summary", "<summary>", "</summary>\n");
	buf_clear(&printer->content);
	content_html(row, printer->raw, &printer->content);
	put(printer, "<content type=\"html\">",
		(struct text){ printer->content.data, printer->content.length },
		"</content>\n</entry>\n");
	return 0;
}

/* The feed's own is known behind its entries only: the same items make the same feed,
 * whenever it is asked for.  The order of a feed's elements says nothing. */
static int atom_end(struct printer *printer, struct err *err)
{
	const struct atom *atom = printer->own;
	char updated[TIME_TEXT_MAX];

	(void)err;
	time_format_rfc3339(
		atom->updated_s != TIME_NONE ? atom->updated_s : printer->term->now_s, updated);
	out_printf(printer->out, "<updated>%s</updated>\n</feed>\n", updated);
	return 0;
}

static void atom_release(struct printer *printer)
{
	free(printer->own);
}

const struct format format_atom = {
	.name = "atom",
	.needs = FORMAT_ITEMS | FORMAT_FULL | FORMAT_ALL,
	.begin = atom_begin,
	.head = atom_head,
	.row = atom_row,
	.end = atom_end,
	.release = atom_release,
};
