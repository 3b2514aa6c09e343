#include "ctl/format.h"

#include "ctl/cell.h"
#include "ctl/content.h"
#include "ctl/web.h"

/*
 * One page of all the articles, without scripts and without a request until
 * somebody follows a link or an image is shown.  No item: no page.
 */
static const char head[] =
	"<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	"img-src http: https: data:; media-src http: https:; style-src 'unsafe-inline'\">\n"
	"<title>feedd</title>\n<style>body{max-width:42em;margin:auto;padding:1em;"
	"font-family:sans-serif;line-height:1.5}article{border-bottom:1px solid #999;"
	"padding-bottom:1em}img{max-width:100%;height:auto}.from{color:#666}"
	"pre{overflow:auto}</style></head><body>\n";

static void put(struct printer *printer, const char *before, struct text text, const char *after)
{
	out_text(printer->out, before);
	out_xml(printer->out, text.at, text.length);
	out_text(printer->out, after);
}

static int html_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct cell title, feed;
	struct text url, language;
	bool linked;

	(void)err;
	cell_init(&title, "title", 5);
	cell_init(&feed, "feed_title", 10);
	if (printer->rows == 0)
		out_text(printer->out, head);
	out_printf(printer->out, "<article id=\"item-%lld\" dir=\"auto\"",
		(long long)value_int(wire_row_get(row, "id")));
	language = value_text(wire_row_get(row, "language"), &printer->scratch);
	if (language.length > 0)
		put(printer, " lang=\"", language, "\"");
	out_text(printer->out, ">\n<h2>");
	url = value_text(wire_row_get(row, "url"), &printer->scratch);
	linked = web_is_link(url.at, url.length);
	if (linked)
		put(printer, "<a rel=\"noopener noreferrer\" href=\"", url, "\">");
	put(printer, "", cell_text(&title, row, &printer->scratch),
		linked ? "</a></h2>\n" : "</h2>\n");
	put(printer, "<p class=\"from\">", cell_text(&feed, row, &printer->scratch), ", ");
	put(printer, "<time>", value_text(wire_row_get(row, "date"), &printer->scratch),
		"</time></p>\n");
	buf_clear(&printer->content);
	content_html(row, printer->raw, &printer->content);
	content_attachments(row, &printer->content);
	term_bytes(printer->term, printer->out, printer->content.data, printer->content.length);
	out_text(printer->out, "\n</article>\n");
	return 0;
}

static int html_end(struct printer *printer, struct err *err)
{
	(void)err;
	if (printer->rows > 0)
		out_text(printer->out, "</body></html>\n");
	return 0;
}

const struct format format_html = {
	.name = "html",
	.needs = FORMAT_ITEMS | FORMAT_FULL | FORMAT_ALL,
	.row = html_row,
	.end = html_end,
};
