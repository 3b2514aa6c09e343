#include "ctl/content.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/html.h"
#include "common/utf8.h"
#include "ctl/attachment.h"
#include "ctl/out.h"
#include "ctl/plain.h"
#include "ctl/web.h"

/* What does not fit is left out; half an article is better than none. */
static void put(struct buf *out, const char *data, size_t length)
{
	(void)!buf_add(out, data, length);
}

/* An apostrophe stays: this is no attribute's value. */
static const char *instead_of(uint32_t rune)
{
	if (rune == '\n')
		return "<br>\n";
	if (utf8_is_banned(rune))
		return "";
	return rune != '\'' ? out_reference(rune) : NULL;
}

void content_escape(const char *text, size_t length, struct buf *out)
{
	size_t from = 0, i, n;
	uint32_t rune;

	for (i = 0; i < length; i += n) {
		const char *instead;

		n = utf8_decode(text + i, length - i, &rune);
		instead = instead_of(rune);
		if (instead == NULL)
			continue;
		put(out, text + from, i - from);
		put(out, instead, strlen(instead));
		from = i + n;
	}
	put(out, text + from, length - from);
}

static const struct wire_value *plain_of(const struct wire_row *row)
{
	const struct wire_value *text = wire_row_get(row, "content_text");

	return value_is_null(text) ? wire_row_get(row, "summary") : text;
}

void content_html(const struct wire_row *row, bool raw, struct buf *out)
{
	const struct wire_value *html = wire_row_get(row, "content_html");
	struct buf scratch;
	struct text text;

	buf_init(&scratch, out->max);
	if (value_is_text(html)) {
		text = value_text(html, &scratch);
		if (raw)
			put(out, text.at, text.length);
		else if (html_sanitize(text.at, text.length, out) < 0)
			put(out, "", 0);
	} else {
		text = value_text(plain_of(row), &scratch);
		if (text.length > 0) {
			put(out, "<p>", 3);
			plain_html(text.at, text.length, true, out);
			put(out, "</p>", 4);
		}
	}
	buf_release(&scratch);
}

static void put_text(struct buf *out, const char *text)
{
	put(out, text, strlen(text));
}

void content_id(const struct wire_row *row, char out[CONTENT_ID_MAX])
{
	const struct wire_value *uid = wire_row_get(row, "uid");

	if (value_is_text(uid))
		snprintf(out, CONTENT_ID_MAX, "urn:feedd:%s", uid->text);
	else /* of a feedd from before an upgrade: one that does not last, but no other's */
		snprintf(out, CONTENT_ID_MAX, "urn:feedd:item:%lld",
			(long long)value_int(wire_row_get(row, "id")));
}

void content_attachments(const struct wire_row *row, struct buf *out)
{
	struct wire_row list = wire_row_in(wire_row_get(row, "attachments")), attachment;
	const struct wire_value *one = NULL;
	struct buf scratch, words;

	buf_init(&scratch, out->max);
	buf_init(&words, out->max);
	while ((one = wire_row_next(&list, one)) != NULL) {
		struct text url;
		bool linked;

		if (!row_of(one, &attachment))
			continue;
		put_text(out, "\n<p>attached: ");
		buf_clear(&words);
		attachment_words(&attachment, &words);
		content_escape(words.data, words.length, out);
		url = value_text(wire_row_get(&attachment, "url"), &scratch);
		linked = web_is_link(url.at, url.length);
		if (linked) {
			put_text(out, "<a rel=\"noopener noreferrer\" href=\"");
			content_escape(url.at, url.length, out);
			put_text(out, "\">");
		}
		content_escape(url.at, url.length, out);
		put_text(out, linked ? "</a></p>" : "</p>");
	}
	buf_release(&words);
	buf_release(&scratch);
}

void content_text(const struct wire_row *row, size_t width, struct buf *out)
{
	struct html_text_options options = { .width = width };
	const struct wire_value *html = wire_row_get(row, "content_html");
	struct buf scratch, escaped;
	struct text text;

	buf_init(&scratch, out->max);
	buf_init(&escaped, out->max);
	if (value_is_text(html)) {
		text = value_text(html, &scratch);
	} else {
		text = value_text(plain_of(row), &scratch);
		plain_html(text.at, text.length, false, &escaped);
		text.at = escaped.data;
		text.length = escaped.length;
	}
	if (html_to_text(text.at, text.length, &options, out) < 0)
		put(out, "", 0);
	buf_release(&scratch);
	buf_release(&escaped);
}
