#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/mem.h"
#include "ctl/article.h"
#include "ctl/browser.h"
#include "ctl/content.h"
#include "ctl/say.h"
#include "ctl/web.h"

/*
 * `show` and `open`: the same items, to be read here or in a browser.
 */

#define CONTENT_MAX ((size_t)64 << 20)

struct showing {
	struct ctl *ctl;
	struct printer *printer; /* for formats; NULL: as a page */
	bool page;               /* once there is something to read */
	char **urls;             /* of `open` */
	size_t url_count;
	struct buf ids; /* each on a line, for --mark-read; of `open` those of urls */
	size_t shown;
};

static int keep_id(struct showing *s, const struct wire_row *row, struct err *err)
{
	const struct wire_value *id = wire_row_get(row, "id");

	if (!args_has(&s->ctl->args, "mark-read") || !value_is_number(id))
		return 0;
	if (buf_add(&s->ids, id->text, id->length) < 0 || buf_add_byte(&s->ids, '\n') < 0)
		return err_set(err, ERR_TOO_BIG, "too many items to mark");
	return 0;
}

/* Of `open`; one that has none is told, and stays as it is. */
static int keep_link(struct showing *s, const struct wire_row *row, struct err *err)
{
	char *url = value_strdup(wire_row_get(row, "url")), *id;

	if (web_is_link(url, strlen(url))) {
		s->urls = mem_realloc_array(s->urls, s->url_count + 1, sizeof(char *));
		s->urls[s->url_count++] = url;
		return keep_id(s, row, err);
	}
	id = value_strdup(wire_row_get(row, "id"));
	say("item %s has no link to open", id);
	s->ctl->unfinished = true;
	free(id);
	free(url);
	return 0;
}

static void put_rule(struct showing *s)
{
	const struct term *term = &s->ctl->term;
	size_t width = term->width < 80 ? term->width : 80;

	out_byte(&s->ctl->out, '\n');
	term_colour(term, &s->ctl->out, COLOUR_DIM);
	while (width-- > 0)
		out_text(&s->ctl->out, term->ascii ? "-" : "\xE2\x94\x80");
	term_plain(term, &s->ctl->out);
	out_text(&s->ctl->out, "\n\n");
}

static void put_source(struct showing *s, const struct wire_row *row)
{
	const struct wire_value *html = wire_row_get(row, "content_html");
	struct buf scratch;
	struct text text;

	buf_init(&scratch, CONTENT_MAX);
	text = value_text(value_is_null(html) ? wire_row_get(row, "content_text") : html, &scratch);
	term_bytes(&s->ctl->term, &s->ctl->out, text.at, text.length);
	buf_release(&scratch);
	out_end(&s->ctl->out);
}

static void put_html(struct showing *s, const struct wire_row *row)
{
	struct buf content;

	buf_init(&content, CONTENT_MAX);
	content_html(row, args_has(&s->ctl->args, "raw"), &content);
	term_bytes(&s->ctl->term, &s->ctl->out, content.data, content.length);
	out_end(&s->ctl->out);
	buf_release(&content);
}

/* Articles are parted by a rule, or ended with NUL. */
static void put_article(struct showing *s, const struct wire_row *row)
{
	struct ctl *ctl = s->ctl;
	bool ended = ctl->out.end == '\0';

	if (s->shown > 1 && !ended)
		put_rule(s);
	if (args_has(&ctl->args, "diff"))
		article_put_diff(&ctl->out, &ctl->term, row);
	else
		article_put(&ctl->out, &ctl->term, row);
	if (ended)
		out_end(&ctl->out);
}

static int on_row(void *ctx, const struct wire_row *row, struct err *err)
{
	struct showing *s = ctx;
	struct ctl *ctl = s->ctl;

	if (ctl->args.id == CMD_OPEN)
		return keep_link(s, row, err);
	if (keep_id(s, row, err) < 0)
		return -1;
	if (s->page && s->shown == 0)
		term_page(&ctl->term);
	s->shown++;
	if (s->printer != NULL)
		return printer_row(s->printer, row, err);
	if (args_has(&ctl->args, "source"))
		put_source(s, row);
	else if (args_has(&ctl->args, "html"))
		put_html(s, row);
	else
		put_article(s, row);
	return ctl->out.failed ? out_flush(&ctl->out, err) : 0;
}

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	(void)continues;
	(void)err;
	ctl_say_refused(((struct showing *)ctx)->ctl, parameters);
	return 0;
}

/* `open` has no method of its own: it asks for what is to be shown. */
static int call(struct showing *s, struct err *err)
{
	struct ctl *ctl = s->ctl;
	struct listener listener = { .row = on_row, .reply = on_reply };
	struct params params = ctl_params(ctl);
	const struct command *own = ctl->args.command;
	bool empty;
	int result;

	ctl->args.command = &command_table[CMD_SHOW];
	result = ctl_call_words(ctl, &params, "items", WIRE_MORE, &listener, s, &empty, err);
	ctl->args.command = own;
	return result;
}

static int mark_read(struct showing *s, struct err *err)
{
	struct ctl *ctl = s->ctl;
	struct listener listener = { 0 };
	struct params params = ctl_params(ctl);
	const struct command *own = ctl->args.command;
	struct words words;
	size_t length;
	char *ids;
	int result;

	if (s->ids.length == 0)
		return 0;
	ids = buf_take(&s->ids, &length);
	input_split(ids, length, false, &words);
	params.list_name = "items";
	params.bulk = strcmp(args_value(&ctl->args, "items"), "-") == 0; /* as mark-read's */
	ctl->args.command = &command_table[CMD_MARK_READ];
	result = ctl_call_parts(ctl, &params, &words, 0, &listener, NULL, err);
	ctl->args.command = own;
	input_release(&words);
	return result;
}

/* What follows the first count of them was not opened. */
static void keep_first(struct buf *ids, size_t count)
{
	size_t at = 0;

	for (; count > 0 && at < ids->length; at++)
		count -= ids->data[at] == '\n';
	buf_cut(ids, at);
}

/* Those that were opened before one failed are read as well. */
static int open_links(struct showing *s, struct err *err)
{
	struct err later;
	size_t opened;
	int result = browser_open(s->urls, s->url_count, &s->ctl->out, &opened, err);

	keep_first(&s->ids, opened);
	if (mark_read(s, &later) == 0)
		return result;
	if (result == 0)
		*err = later;
	return -1;
}

static void release(struct showing *s)
{
	for (size_t i = 0; i < s->url_count; i++)
		free(s->urls[i]);
	free(s->urls);
	buf_release(&s->ids);
}

int run_show(struct ctl *ctl, struct err *err)
{
	struct printer printer;
	struct showing s = { .ctl = ctl };
	bool formatted = args_has(&ctl->args, "json") || args_has(&ctl->args, "format") ||
			 args_has(&ctl->args, "fields");
	int result = 0;

	buf_init(&s.ids, CONTENT_MAX);
	memset(&printer, 0, sizeof(printer));
	if (formatted) {
		result = ctl_print_begin(ctl, &printer, "item", columns_of("item"), err);
		printer.raw = printer.raw || args_has(&ctl->args, "source");
		s.printer = &printer;
	} else if (args_has(&ctl->args, "null")) {
		ctl->out.end = '\0';
	}
	s.page = !formatted && !args_has(&ctl->args, "no-pager");
	if (result == 0)
		result = call(&s, err);
	if (result == 0)
		result = formatted ? printer_end(&printer, err) : out_flush(&ctl->out, err);
	if (result == 0)
		result = mark_read(&s, err);
	if (formatted)
		printer_release(&printer);
	release(&s);
	return result;
}

int run_open(struct ctl *ctl, struct err *err)
{
	struct showing s = { .ctl = ctl };
	int result;

	buf_init(&s.ids, CONTENT_MAX);
	if (args_has(&ctl->args, "null"))
		ctl->out.end = '\0';
	result = call(&s, err);
	if (result == 0)
		result = open_links(&s, err);
	release(&s);
	return result;
}
