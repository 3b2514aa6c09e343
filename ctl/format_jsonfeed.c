#include "ctl/format.h"

#include <stdint.h>
#include <stdlib.h>

#include "common/json.h"
#include "common/mem.h"
#include "ctl/content.h"

/*
 * A JSON Feed 1.1 of the items: their keys are its own already; only ids are
 * texts there, what is null is left out, and one content must be.
 */
static const char *const copied[] = { "url", "external_url", "title", "summary", "image",
	"date_published", "date_modified", "language", "authors", "attachments" };

static int jsonfeed_begin(struct printer *printer, struct err *err)
{
	(void)err;
	out_text(printer->out, "{\"version\":\"https://jsonfeed.org/version/1.1\","
			       "\"title\":\"feedd\",\"items\":[");
	return 0;
}

static void put_key(struct printer *printer, const char *key, struct value value)
{
	out_printf(printer->out, ",\"%s\":", key);
	out_add(printer->out, value.at, value.length);
}

/* Authors and attachments: what is null in them is left out, too. */
static void put_objects(struct printer *printer, const char *key, struct value list)
{
	struct row *object = MEM_NEW(struct row);
	struct value one;
	const char *at = NULL;

	out_printf(printer->out, ",\"%s\":[", key);
	for (bool first = true; value_next(list, &at, &one); first = false) {
		const char *comma = "";

		out_text(printer->out, first ? "{" : ",{");
		if (!row_of(one, object))
			object->count = 0;
		for (size_t i = 0; i < object->count; i++) {
			if (value_is_null(object->member[i].value))
				continue;
			out_printf(printer->out, "%s\"%.*s\":", comma,
				(int)object->member[i].key_length, object->member[i].key);
			out_add(printer->out, object->member[i].value.at,
				object->member[i].value.length);
			comma = ",";
		}
		out_byte(printer->out, '}');
	}
	out_byte(printer->out, ']');
	free(object);
}

static void put_content(struct printer *printer, const struct row *row)
{
	struct json_writer writer;
	struct buf quoted;

	if (value_is_null(row_find(row, "content_html")) &&
		value_is_text(row_find(row, "content_text"))) {
		put_key(printer, "content_text", row_find(row, "content_text"));
		return;
	}
	buf_clear(&printer->content);
	buf_init(&quoted, SIZE_MAX / 2);
	content_html(row, printer->raw, &printer->content);
	json_begin(&writer, &quoted);
	json_put_text(&writer, printer->content.data, printer->content.length);
	put_key(printer, "content_html", (struct value){ quoted.data, quoted.length });
	buf_release(&quoted);
}

static int jsonfeed_row(struct printer *printer, const struct row *row, struct err *err)
{
	struct value categories = row_find(row, "categories");

	(void)err;
	out_printf(printer->out, "%s\n{\"id\":\"%lld\"", printer->rows > 0 ? "," : "",
		(long long)value_int(row_find(row, "id")));
	for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++) {
		struct value value = row_find(row, copied[i]);

		if (value_is_array(value) && value.length > 2)
			put_objects(printer, copied[i], value);
		else if (!value_is_null(value) && !value_is_array(value))
			put_key(printer, copied[i], value);
	}
	/* The date that lists show stands for one that the feed did not give. */
	if (value_is_null(row_find(row, "date_published")) && !value_is_null(row_find(row, "date")))
		put_key(printer, "date_published", row_find(row, "date"));
	if (value_is_array(categories) && categories.length > 2)
		put_key(printer, "tags", categories);
	put_content(printer, row);
	out_byte(printer->out, '}');
	return 0;
}

static int jsonfeed_end(struct printer *printer, struct err *err)
{
	(void)err;
	out_text(printer->out, "\n]}\n");
	return 0;
}

const struct format format_jsonfeed = {
	.name = "jsonfeed",
	.needs = FORMAT_ITEMS | FORMAT_FULL | FORMAT_ALL,
	.begin = jsonfeed_begin,
	.row = jsonfeed_row,
	.end = jsonfeed_end,
};
