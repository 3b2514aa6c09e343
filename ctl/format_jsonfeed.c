#include "ctl/format.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/mem.h"
#include "ctl/content.h"

/*
 * A JSON Feed 1.1 of the items: their keys are its own already; only ids are
 * texts there that are the same whichever store they come from, what is null is left
 * out, and one content must be.
 */
static const char *const copied[] = { "url", "external_url", "title", "summary", "image",
	"date_published", "date_modified", "language", "authors", "attachments" };

static void jsonfeed_head(struct printer *printer)
{
	out_text(printer->out, "{\"version\":\"https://jsonfeed.org/version/1.1\","
			       "\"title\":\"feedd\",\"items\":[");
}

/* Authors and attachments: what is null in them is left out, too, but for the type of a
 * file, which must be there. */
static void put_objects(struct json_writer *w, const struct wire_value *value, bool files)
{
	struct wire_row list = wire_row_in(value);
	const struct wire_value *one = NULL;

	json_put_array(w);
	while ((one = wire_row_next(&list, one)) != NULL) {
		const struct wire_value *member = NULL;
		struct wire_row object = wire_row_in(one);

		json_put_object(w);
		while ((member = wire_row_next(&object, member)) != NULL) {
			if (value_is_null(member))
				continue;
			json_put_key_text(w, member->key, member->key_length);
			wire_put_value(w, member);
		}
		if (files && value_is_null(wire_row_get(&object, "mime_type"))) {
			json_put_key(w, "mime_type");
			json_put_string(w, "application/octet-stream");
		}
		json_put_object_end(w);
	}
	json_put_array_end(w);
}

static void put_value(struct json_writer *w, const char *key, const struct wire_value *value)
{
	if (value_is_null(value) || (value_is_array(value) && value->inside == 0))
		return;
	json_put_key(w, key);
	if (value_is_array(value) && value_is_object(value + 1))
		put_objects(w, value, strcmp(key, "attachments") == 0);
	else
		wire_put_value(w, value);
}

static void put_content(struct json_writer *w, struct printer *printer, const struct wire_row *row)
{
	const struct wire_value *plain = wire_row_get(row, "content_text");

	put_value(w, "content_text", plain);
	if (value_is_null(wire_row_get(row, "content_html")) && value_is_text(plain))
		return;
	buf_clear(&printer->content);
	content_html(row, printer->raw, &printer->content);
	json_put_key(w, "content_html");
	json_put_text(w, printer->content.data, printer->content.length);
}

static int jsonfeed_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct json_writer writer;
	char id[CONTENT_ID_MAX];

	buf_clear(&printer->scratch);
	json_begin(&writer, &printer->scratch);
	json_put_object(&writer);
	json_put_key(&writer, "id");
	content_id(row, id);
	json_put_string(&writer, id);
	for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
		put_value(&writer, copied[i], wire_row_get(row, copied[i]));
	/* The date that lists show stands for one that the feed did not give. */
	if (value_is_null(wire_row_get(row, "date_published")))
		put_value(&writer, "date_published", wire_row_get(row, "date"));
	put_value(&writer, "tags", wire_row_get(row, "categories"));
	put_content(&writer, printer, row);
	json_put_object_end(&writer);
	if (!json_ok(&writer))
		return err_set(err, ERR_TOO_BIG, "an item is too large for JSON");
	out_text(printer->out, printer->rows > 0 ? ",\n" : "\n");
	out_add(printer->out, printer->scratch.data, printer->scratch.length);
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
	.head = jsonfeed_head,
	.row = jsonfeed_row,
	.end = jsonfeed_end,
};
