#include "daemon/parse_print.h"

#include <errno.h>

#include "common/buf.h"
#include "common/html.h"
#include "common/json.h"
#include "common/patient.h"
#include "daemon/feed/digest.h"
#include "daemon/parse_rows.h"

#define OUT_MAX (256u << 20)
#define FLUSH_AT (64u << 10)

struct print {
	struct parse_rows rows; /* the writer and the document */
	struct buf out;
	struct buf html;
	int fd;
	bool raw;
};

static void text(struct print *print, const char *key, struct feed_text value)
{
	parse_put_text(&print->rows, key, value);
}

static void date(struct print *print, const char *key, int64_t s)
{
	if (s == DATE_NONE)
		return;
	json_put_key(&print->rows.json, key);
	json_put_time(&print->rows.json, s);
}

static void number(struct print *print, const char *key, int64_t value)
{
	if (value < 0)
		return;
	json_put_key(&print->rows.json, key);
	json_put_int(&print->rows.json, value);
}

static void flag(struct print *print, const char *key, uint32_t bit)
{
	json_put_key(&print->rows.json, key);
	json_put_bool(&print->rows.json, (print->rows.doc->flags & bit) != 0);
}

static int flush(struct print *print, struct err *err)
{
	if (!json_ok(&print->rows.json))
		return err_set(err, ERR_TOO_BIG, "the answer is larger than %u bytes", OUT_MAX);
	if (patient_write(print->fd, print->out.data, print->out.length) < 0)
		return err_set_errno(err, ERR_IO, errno, "output can't be written");
	buf_clear(&print->out);
	return 0;
}

/* ---- items ---- */

static void content(struct print *print, struct feed_text html)
{
	const char *bytes = feed_doc_text(print->rows.doc, html);

	if (!feed_text_present(html))
		return;
	json_put_key(&print->rows.json, "content_html");
	buf_clear(&print->html);
	if (!print->raw && html_sanitize(bytes, html.length, &print->html) == 0)
		json_put_text(&print->rows.json, print->html.data, print->html.length);
	else
		json_put_text(
			&print->rows.json, print->raw ? bytes : "", print->raw ? html.length : 0);
}

/* JSON Feed wants an id for each: the key's own bytes where there are any. */
static void id(struct print *print, const struct feed_item *item)
{
	char hex[33];

	if (item->key_kind == FEED_KEY_ID) {
		text(print, "id", item->guid);
	} else if (item->key_kind == FEED_KEY_LINK) {
		text(print, "id", item->url);
	} else {
		digest_hex(&item->digests[FEED_DIGEST_KEY], hex);
		json_put_key(&print->rows.json, "id");
		json_put_string(&print->rows.json, hex);
	}
}

static void source(struct print *print, const struct feed_item *item)
{
	if (!feed_text_present(item->source_title) && !feed_text_present(item->source_url))
		return;
	json_put_key(&print->rows.json, "source");
	json_put_object(&print->rows.json);
	text(print, "title", item->source_title);
	text(print, "url", item->source_url);
	json_put_object_end(&print->rows.json);
}

static void item_extension(struct print *print, const struct feed_item *item)
{
	static const char *const kinds[] = { "id", "link", "enclosure", "fingerprint" };

	json_put_key(&print->rows.json, "_feedd");
	json_put_object(&print->rows.json);
	json_put_key(&print->rows.json, "key");
	json_put_string(&print->rows.json, kinds[item->key_kind]);
	text(print, "guid", item->guid);
	text(print, "date", item->date_raw);
	text(print, "unsafe_link", item->unsafe_link);
	text(print, "comments", item->comments_url);
	text(print, "rights", item->rights);
	source(print, item);
	parse_put_contributors(&print->rows, item->authors);
	parse_put_categories(&print->rows, item->categories);
	parse_put_links(&print->rows, item->links);
	parse_put_extensions(&print->rows, item->extensions);
	json_put_object_end(&print->rows.json);
}

static void print_item(struct print *print, const struct feed_item *item)
{
	json_put_object(&print->rows.json);
	id(print, item);
	text(print, "url", item->url);
	text(print, "external_url", item->external_url);
	text(print, "title", item->title);
	text(print, "summary", item->summary);
	content(print, item->content_html);
	text(print, "content_text", item->content_text);
	if (!feed_text_present(item->content_html) && !feed_text_present(item->content_text)) {
		json_put_key(&print->rows.json, "content_text"); /* JSON Feed demands one */
		json_put_string(&print->rows.json, "");
	}
	text(print, "image", item->image);
	date(print, "date_published", item->published_s);
	date(print, "date_modified", item->modified_s);
	text(print, "language", item->language);
	parse_put_authors(&print->rows, feed_doc_item_authors(print->rows.doc, item));
	parse_put_tags(&print->rows, "tags", item->categories);
	parse_put_attachments(&print->rows, item->attachments);
	item_extension(print, item);
	json_put_object_end(&print->rows.json);
}

static int print_items(struct print *print, struct err *err)
{
	uint32_t i;

	json_put_key(&print->rows.json, "items");
	json_put_array(&print->rows.json);
	for (i = 0; i < print->rows.doc->items.count; i++) {
		print_item(print, feed_doc_item(print->rows.doc, i));
		if (print->out.length >= FLUSH_AT && flush(print, err) < 0)
			return -1;
	}
	json_put_array_end(&print->rows.json);
	return 0;
}

/* ---- the feed ---- */

static void skip_hours(struct print *print, uint32_t hours)
{
	int hour;

	if (hours == 0)
		return;
	json_put_key(&print->rows.json, "skip_hours");
	json_put_array(&print->rows.json);
	for (hour = 0; hour < 24; hour++)
		if ((hours >> hour & 1) != 0)
			json_put_int(&print->rows.json, hour);
	json_put_array_end(&print->rows.json);
}

static void skip_days(struct print *print, uint32_t days)
{
	static const char *const names[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
		"Friday", "Saturday" };
	int day;

	if (days == 0)
		return;
	json_put_key(&print->rows.json, "skip_days");
	json_put_array(&print->rows.json);
	for (day = 0; day < 7; day++)
		if ((days >> day & 1) != 0)
			json_put_string(&print->rows.json, names[day]);
	json_put_array_end(&print->rows.json);
}

static void feed_extension(struct print *print)
{
	const struct feed_doc *doc = print->rows.doc;

	json_put_key(&print->rows.json, "_feedd");
	json_put_object(&print->rows.json);
	json_put_key(&print->rows.json, "format");
	json_put_string(&print->rows.json, feed_format_name((enum feed_format)doc->format));
	text(print, "encoding", doc->encoding);
	flag(print, "recovered", FEED_RECOVERED);
	flag(print, "partial", FEED_PARTIAL);
	flag(print, "truncated", FEED_TRUNCATED);
	parse_put_problems(&print->rows);
	text(print, "id", doc->id);
	date(print, "date_published", doc->published_s);
	date(print, "date_modified", doc->modified_s);
	number(print, "ttl", doc->ttl_s >= 0 ? doc->ttl_s / 60 : -1);
	number(print, "update_period", doc->sy_period_s);
	skip_hours(print, doc->skip_hours);
	skip_days(print, doc->skip_days);
	text(print, "rights", doc->rights);
	text(print, "generator", doc->generator);
	text(print, "new_feed_url", doc->new_feed_url);
	text(print, "prev_archive", doc->prev_archive);
	parse_put_contributors(&print->rows, doc->authors);
	parse_put_tags(&print->rows, "tags", doc->categories);
	parse_put_categories(&print->rows, doc->categories);
	parse_put_links(&print->rows, doc->links);
	parse_put_extensions(&print->rows, doc->extensions);
	json_put_object_end(&print->rows.json);
}

static void print_head(struct print *print)
{
	const struct feed_doc *doc = print->rows.doc;

	json_put_key(&print->rows.json, "version");
	json_put_string(&print->rows.json, "https://jsonfeed.org/version/1.1");
	json_put_key(&print->rows.json, "title");
	json_put_text(&print->rows.json, feed_doc_text(doc, doc->title), doc->title.length);
	text(print, "home_page_url", doc->site_url);
	text(print, "feed_url", doc->feed_url);
	text(print, "description", doc->description);
	text(print, "next_url", doc->next_url);
	/* Its large image; the small one does where there is no other. */
	text(print, "icon", feed_text_present(doc->image) ? doc->image : doc->icon);
	text(print, "favicon", doc->icon);
	text(print, "language", doc->language);
	parse_put_authors(&print->rows, doc->authors);
	parse_put_hubs(&print->rows);
	feed_extension(print);
}

static int print_all(struct print *print, struct err *err)
{
	json_put_object(&print->rows.json);
	print_head(print);
	if (print_items(print, err) < 0)
		return -1;
	json_put_object_end(&print->rows.json);
	return buf_add_byte(&print->out, '\n') < 0 ? -1 : flush(print, err);
}

int parse_print(const struct feed_doc *doc, bool raw, int fd, struct err *err)
{
	struct print print = { .fd = fd, .raw = raw };
	int result;

	buf_init(&print.out, OUT_MAX);
	buf_init(&print.html, OUT_MAX);
	print.rows.doc = doc;
	json_begin(&print.rows.json, &print.out);
	result = print_all(&print, err);
	buf_release(&print.out);
	buf_release(&print.html);
	return result;
}
