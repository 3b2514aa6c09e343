#include "daemon/control/links.h"

#define BYTES_MAX ((size_t)4 << 20)

static void put_text(struct json_writer *w, const char *name, const char *text)
{
	json_put_key(w, name);
	json_put_string(w, text[0] != '\0' ? text : NULL);
}

static void put_one(struct json_writer *w, const char *url, const char *type, const char *title)
{
	json_put_object(w);
	put_text(w, "url", url);
	put_text(w, "type", type);
	put_text(w, "title", title);
	json_put_object_end(w);
}

/* What a page would call a feed of this format. */
static const char *media_type(enum feed_format format)
{
	switch (format) {
	case FEED_ATOM_03:
	case FEED_ATOM_10:
		return "application/atom+xml";
	case FEED_JSON_10:
	case FEED_JSON_11:
		return "application/feed+json";
	case FEED_CDF:
		return "application/x-cdf";
	default:
		return "application/rss+xml";
	}
}

void links_put(struct json_writer *w, const struct feed_doc *page, const char *url)
{
	uint32_t i;

	if (page->kind == FEED_KIND_FEED) {
		put_one(w, url, media_type((enum feed_format)page->format),
			feed_doc_text(page, page->title));
		return;
	}
	for (i = 0; i < page->links.count; i++) {
		const struct feed_link *link = feed_doc_link(page, page->links.first + i);

		put_one(w, feed_doc_text(page, link->url), feed_doc_text(page, link->mime_type),
			feed_doc_text(page, link->title));
	}
}

char *links_json(const struct feed_doc *page)
{
	struct json_writer w;
	struct buf out;

	buf_init(&out, BYTES_MAX);
	json_begin(&w, &out);
	json_put_array(&w);
	links_put(&w, page, "");
	json_put_array_end(&w);
	if (!json_ok(&w)) {
		buf_release(&out);
		return NULL;
	}
	return buf_take(&out, NULL);
}

void links_put_refusal(
	struct json_writer *w, const char *url, const struct err *err, const char *links)
{
	json_put_object(w);
	json_put_key(w, "url"); /* as it was named, be that with nothing */
	json_put_string(w, url);
	json_put_key(w, "class");
	json_put_string(w, err_word(err->code));
	json_put_key(w, "message");
	json_put_string(w, err->text);
	json_put_key(w, "links");
	json_put_raw(w, links != NULL ? links : "[]");
	json_put_object_end(w);
}
