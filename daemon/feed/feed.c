#include "daemon/feed/feed.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "common/json.h"
#include "common/strip.h"
#include "common/utf8.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/build.h"
#include "daemon/feed/charset.h"
#include "daemon/feed/date.h"
#include "daemon/feed/discover.h"
#include "daemon/feed/json_feed.h"
#include "daemon/feed/opml.h"
#include "daemon/feed/reader.h"
#include "daemon/feed/repair.h"
#include "daemon/feed/sniff.h"

void feed_limits_default(struct feed_limits *out_limits)
{
	static const struct feed_limits limits = {
		.items_max = 5000,
		.title_max = 4096,
		.link_max = 4096,
		.content_max = 1 << 20,
		.categories_max = 64,
		.attachments_max = 32,
		.authors_max = 16,
		.links_max = 64,
		.extensions_max = 256,
		.problems_max = 50,
		.depth_max = 128,
		.json_depth_max = 64,
		.outlines_max = 200000,
		.discovery_max = 512 << 10,
		.doc_max = 64 << 20,
	};

	*out_limits = limits;
}

#define ROOT_MAX 64

/* One call's inputs, and what is made on the way. */
struct parse {
	enum feed_kind kind;
	struct feed_charsets *charsets;
	const struct feed_source *source;
	const struct feed_limits *limits;
	struct build *build;
	const char *text; /* in UTF-8: the body itself, or what it was decoded to */
	size_t length;
	struct buf utf8; /* while it is read strictly it is forgotten behind the reader */
	struct buf repaired;
	struct sniff sniff;
	struct xml_end damage;   /* where the strict way ended */
	char root[ROOT_MAX + 1]; /* the first element's name, which outlives the text */
	bool is_xml;             /* as far as the first bytes tell */
	bool is_inner;           /* it was the text of another document */
	bool is_entry;           /* a document of one entry or item */
	bool has_bad_bytes;      /* in its encoding, or that has a name nobody knows */
	bool is_guess;           /* what is no feed may be read so, to tell what it is */
	struct err guess;        /* why a feed may not */
};

static void add_flags(struct parse *parse, uint32_t flags)
{
	build_doc(parse->build)->flags |= flags;
}

/* The body is read, or there is a copy that is read in its place. */
static void give_up_body(struct parse *parse)
{
	if (parse->source->body_owner != NULL)
		buf_release(parse->source->body_owner);
}

/* *out_encoding is static. */
static int decode(struct parse *parse, bool is_json, const char **out_encoding, struct err *err)
{
	bool is_xml = parse->is_xml = !is_json && parse->kind != FEED_KIND_PAGE &&
				      parse->kind != FEED_KIND_TEXT;
	size_t at;

	if (charset_is_plain(parse->source, is_xml, &at)) {
		parse->text = parse->source->body + at;
		parse->length = parse->source->length - at;
		*out_encoding = "UTF-8";
		return 0;
	}
	if (charset_decode(parse->charsets, parse->source, is_xml, &parse->utf8, out_encoding,
		    parse->build, err) < 0)
		return -1;
	/* Of all that can be said of an encoding, only damage has a place. */
	parse->has_bad_bytes = build_problems_placed(parse->build) != 0 ||
			       (is_xml && charset_is_unknown(parse->source));
	parse->is_guess = is_xml &&
			  charset_check_guess(parse->source, *out_encoding, &parse->guess) < 0;
	buf_trim(&parse->utf8);
	parse->text = parse->utf8.data;
	parse->length = parse->utf8.length;
	return 0;
}

/* What can be made of the body again. */
static bool is_decoded(const struct parse *parse)
{
	return parse->text == parse->utf8.data && !parse->is_inner;
}

/* What the strict way has forgotten; the body has no further use then. */
static int decode_again(struct parse *parse, struct err *err)
{
	const char *encoding;

	buf_release(&parse->utf8);
	if (charset_decode(parse->charsets, parse->source, parse->is_xml, &parse->utf8, &encoding,
		    NULL, err) < 0)
		return -1;
	give_up_body(parse);
	buf_trim(&parse->utf8);
	parse->text = parse->utf8.data;
	parse->length = parse->utf8.length;
	return 0;
}

/* Blanks before the XML declaration are the most frequent damage of all; the
 * text without them needs no repair. */
static void skip_blanks(struct parse *parse, const char **text, size_t *length)
{
	size_t all = *length;

	while (*length != 0 && blank_is((*text)[0])) {
		(*text)++;
		(*length)--;
	}
	if (*length != all && *length > 5 && memcmp(*text, "<?xml", 5) == 0) {
		build_problem(parse->build, 1, 1,
			"there are blanks before the XML declaration, which must come first");
		add_flags(parse, FEED_RECOVERED);
	}
}

/* The strict way; 1 if it is damaged so that repair may help. */
static int parse_strictly(struct parse *parse, const char *text, size_t length, struct err *err)
{
	struct xml_end *end = &parse->damage;
	struct xml_input input = { text, length, is_decoded(parse) ? &parse->utf8 : NULL };

	if (parse->kind == FEED_KIND_OPML) {
		if (opml_parse(&input, parse->source, parse->limits, parse->build, err) == 0)
			return 0;
		return err->code == ERR_SYNTAX ? 1 : -1;
	}
	if (reader_run(parse->build, parse->source, parse->limits, &input, false, end, err) == 0)
		return 0;
	/* What is nested too deeply may only lack its end tags. */
	if (err->code != ERR_SYNTAX && err->code != ERR_TOO_BIG)
		return -1;
	/* "<br /> <b>Warning</b>: …" before a feed is a root of its own, and so is
	 * the first entry or the channel of a feed that lost its root. */
	if (!end->past_root || parse->is_entry || build_doc(parse->build)->format == FEED_UNKNOWN ||
		strcasecmp(parse->root, "channel") == 0 ||
		sniff_goes_on(&parse->sniff, text + end->at, text + length))
		return 1;
	build_problem(parse->build, end->line, end->column, "something follows the feed's end");
	add_flags(parse, FEED_RECOVERED);
	return 0;
}

static int read_repaired(struct parse *parse, struct err *err)
{
	struct buf *text = &parse->repaired;
	struct xml_input input = { text->data, text->length, text };
	struct xml_end end;

	if (parse->kind == FEED_KIND_OPML)
		return opml_parse(&input, parse->source, parse->limits, parse->build, err);
	if (reader_run(parse->build, parse->source, parse->limits, &input, true, &end, err) == 0 ||
		end.past_root)
		return 0;
	if (err->code != ERR_SYNTAX)
		return -1;
	/* Not even the repaired text is whole: what closed before is kept. */
	build_problem(parse->build, 0, 0, "the rest could not be understood: %s", err->text);
	add_flags(parse, FEED_PARTIAL);
	return 0;
}

/*
 * Where the strict way ended, if repair has not told of it: of many mends of a
 * kind it tells of the first few, and those may be harmless.
 */
static void tell_damage(struct parse *parse, const struct err *damage)
{
	uint32_t count = build_problems_placed(parse->build);

	if (count == 0 || (count >= 3 && parse->damage.line != 0 &&
				  !build_has_problem_at(parse->build, parse->damage.line)))
		build_problem(parse->build, parse->damage.line, parse->damage.column,
			"it is not well-formed XML: %s", damage->text);
}

/* Of the text, all but so many bytes at its front. */
static int parse_repaired(struct parse *parse, size_t skipped, struct err *err)
{
	struct err damage = *err;
	uint32_t flags;

	build_restart(parse->build);
	if (is_decoded(parse) && decode_again(parse, err) < 0)
		return -1;
	if (repair_xml(parse->text + skipped, parse->length - skipped, &parse->repaired,
		    parse->build, err) < 0)
		return err->code == ERR_SYNTAX || err->code == ERR_NOT_FEED
			       ? -1
			       : err_prefix(err, "%s", damage.text);
	tell_damage(parse, &damage);
	buf_release(&parse->utf8);
	buf_trim(&parse->repaired);
	give_up_body(parse);
	build_expect(parse->build, parse->repaired.length);
	flags = build_doc(parse->build)->flags;
	if (read_repaired(parse, err) < 0)
		return -1;
	if ((flags & FEED_PARTIAL) == 0)
		add_flags(parse, FEED_RECOVERED);
	return 0;
}

static int no_feed(const struct parse *parse, struct err *err)
{
	if (parse->sniff.kind == SNIFF_HTML)
		return err_set(err, ERR_NOT_FEED, "it is a web page (HTML), not a feed");
	if (parse->sniff.kind == SNIFF_OPML)
		return err_set(err, ERR_NOT_FEED, "it is a subscription list (OPML), not a feed");
	if (parse->sniff.kind == SNIFF_TEXT)
		return err_set(err, ERR_NOT_FEED, "it is neither XML nor JSON");
	return err_set(err, ERR_NOT_FEED, "its first element is <%s>, which is none of a feed",
		parse->root);
}

static bool is_entry(const struct sniff *sniff)
{
	size_t length = sniff->root_length;

	return (length >= 5 && strncasecmp(sniff->root + length - 5, "entry", 5) == 0) ||
	       (length == 4 && strncasecmp(sniff->root, "item", 4) == 0);
}

/* Look at the first element; 0, or -1 if it is none of a feed. */
static int meet(struct parse *parse, struct err *err)
{
	struct sniff *sniff = &parse->sniff;
	size_t length;

	*sniff = sniff_text(parse->text, parse->length);
	length = sniff->root_length < ROOT_MAX ? sniff->root_length : ROOT_MAX;
	memcpy(parse->root, sniff->root, length);
	parse->root[utf8_cut(parse->root, length)] = '\0';
	sniff->root = parse->root;
	sniff->root_length = strlen(parse->root);
	parse->is_entry = is_entry(sniff);
	if (parse->kind == FEED_KIND_FEED && sniff->kind != SNIFF_XML)
		return no_feed(parse, err);
	return 0;
}

static int parse_xml(struct parse *parse, struct err *err)
{
	const char *text = parse->text;
	size_t length = parse->length;
	int result;

	if (meet(parse, err) < 0)
		return -1;
	skip_blanks(parse, &text, &length);
	result = parse_strictly(parse, text, length, err);
	if (result > 0)
		result = parse_repaired(parse, (size_t)(text - parse->text), err);
	if (result < 0)
		return -1;
	if (parse->kind == FEED_KIND_FEED && build_doc(parse->build)->format == FEED_UNKNOWN)
		return no_feed(parse, err);
	if (build_doc(parse->build)->format == FEED_RSS_091U && parse->sniff.is_netscape)
		build_doc(parse->build)->format = FEED_RSS_091N;
	return 0;
}

static int parse_json(struct parse *parse, size_t from, struct err *err)
{
	return json_feed_parse(parse->text + from, parse->length - from, parse->source,
		parse->limits, parse->build, err);
}

/* A feed that is another document's text takes its place. */
static void take_inner(struct parse *parse, struct buf *inner)
{
	build_problem(parse->build, 1, 1, "the feed is the text of another document");
	add_flags(parse, FEED_RECOVERED);
	buf_move(&parse->utf8, inner);
	parse->text = parse->utf8.data;
	parse->length = parse->utf8.length;
	parse->is_inner = true;
}

static int on_string(void *ctx, const char *text, size_t length)
{
	return buf_add(ctx, text, length);
}

/* A string of JSON's gives way to what it says; what is none stays. */
static void unquote(struct parse *parse)
{
	static const struct json_events events = { .string = on_string };
	struct buf inner;
	struct json_reader *reader = json_reader_new(
		&events, &inner, parse->limits->json_depth_max);
	struct err ignored;

	buf_init(&inner, parse->utf8.max);
	if (json_read(reader, parse->text, parse->length, &ignored) == 0 &&
		json_read_end(reader, &ignored) == 0)
		take_inner(parse, &inner);
	json_reader_free(reader);
	buf_release(&inner);
}

/* One may stand within an element. */
static int unwrap(struct parse *parse, struct err *err)
{
	struct buf inner;
	size_t at, length;
	bool is_escaped;

	if (!sniff_find_inner(parse->text, parse->length, &at, &length, &is_escaped))
		return 0;
	buf_init(&inner, parse->utf8.max);
	if ((is_escaped ? strip_decode(parse->text + at, length, false, &inner)
			: buf_add(&inner, parse->text + at, length)) < 0) {
		buf_release(&inner);
		return err_set(err, ERR_TOO_BIG, "more than %zu bytes of text", inner.max);
	}
	take_inner(parse, &inner);
	return 0;
}

/* A feed in JSON may have something before it, too: a comment, a callback's name,
 * a server's warning in HTML. */
static int parse_from_xml(struct parse *parse, struct err *err)
{
	size_t at = sniff_find_json(parse->text, parse->length);

	if (at == parse->length)
		return unwrap(parse, err) < 0 ? -1 : parse_xml(parse, err);
	if (parse_json(parse, at, err) < 0)
		return -1;
	build_problem(parse->build, 1, 1, "something stands before the document");
	add_flags(parse, FEED_RECOVERED);
	return 0;
}

/* An answer of the server's in JSON may stand before the feed. */
static int parse_from_json(struct parse *parse, struct err *err)
{
	size_t behind;
	int result;

	if (sniff_is_json_string(parse->text, parse->length))
		unquote(parse);
	if (!sniff_is_json(parse->text, parse->length))
		return parse_from_xml(parse, err);
	result = parse_json(parse, 0, err);
	if (result == 0 || err->code == ERR_TOO_BIG)
		return result;
	behind = sniff_behind_json(parse->text, parse->length);
	if (!sniff_holds_feed(parse->text + behind, parse->length - behind))
		return -1;
	build_restart(parse->build);
	return parse_xml(parse, err);
}

static int parse_kind(struct parse *parse, bool is_json, struct err *err)
{
	switch (parse->kind) {
	case FEED_KIND_PAGE:
		return discover_page(parse->text, parse->length, parse->source, parse->limits,
			parse->build, err);
	case FEED_KIND_FEED:
		return is_json ? parse_from_json(parse, err) : parse_from_xml(parse, err);
	case FEED_KIND_TEXT:
		build_doc(parse->build)->description = build_text(
			parse->build, parse->text, parse->length, parse->limits->doc_max);
		return 0;
	case FEED_KIND_OPML:
		break;
	}
	return parse_xml(parse, err);
}

static void set_flags(struct parse *parse)
{
	if (parse->source->cut) {
		add_flags(parse, FEED_PARTIAL);
		build_problem(parse->build, 0, 0, "the transfer ended before its announced end");
	}
	if ((build_doc(parse->build)->flags & FEED_PARTIAL) == 0)
		add_flags(parse, FEED_COMPLETE | (parse->has_bad_bytes ? FEED_RECOVERED : 0));
}

/* What a server should have said in Content-Encoding; NULL for what is text. */
static const char *compression_of(const struct feed_source *source)
{
	static const struct {
		const char *begin, *name;
	} kinds[] = { { "\x1f\x8b\x08", "gzip" }, { "\x28\xb5\x2f\xfd", "zstd" },
		{ "PK\x03\x04", "zip" } };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (source->length > strlen(kinds[i].begin) &&
			memcmp(source->body, kinds[i].begin, strlen(kinds[i].begin)) == 0)
			return kinds[i].name;
	return NULL;
}

static int run(struct parse *parse, struct feed_doc **out_doc, struct err *err)
{
	bool is_json = parse->kind == FEED_KIND_FEED &&
		       (sniff_is_json(parse->source->body, parse->source->length) ||
			       sniff_is_json_string(parse->source->body, parse->source->length));
	const char *encoding = "", *compression = compression_of(parse->source);
	struct feed_doc *doc;

	if (compression != NULL && parse->kind != FEED_KIND_PAGE)
		return err_set(err, ERR_BAD_ENCODING,
			"the bytes are compressed (%s), and nothing says so", compression);
	if (decode(parse, is_json, &encoding, err) < 0)
		return -1;
	if (sniff_is_empty(parse->text, parse->length) && parse->kind != FEED_KIND_PAGE)
		return err_set(err, ERR_EMPTY, "the document is empty");
	build_expect(parse->build, parse->length);
	if (parse_kind(parse, is_json, err) < 0)
		return -1;
	if (parse->is_guess) {
		*err = parse->guess;
		return -1;
	}
	doc = build_doc(parse->build);
	doc->encoding = build_text(parse->build, encoding, strlen(encoding), 64);
	set_flags(parse);
	/* All but the block is spent, and that grows once more now. */
	buf_release(&parse->utf8);
	buf_release(&parse->repaired);
	if (parse->kind != FEED_KIND_PAGE)
		give_up_body(parse);
	return build_finish(parse->build, out_doc, err);
}

int feed_parse(struct feed_charsets *charsets, enum feed_kind kind,
	const struct feed_source *source, const struct feed_limits *limits,
	struct feed_doc **out_doc, struct err *err)
{
	struct parse parse = {
		.kind = kind, .charsets = charsets, .source = source, .limits = limits
	};
	struct err own; /* whoever wants no words must get the right road, too */
	int result;

	if (source->length > limits->doc_max)
		return err_set(err, ERR_TOO_BIG, "more than %u bytes", limits->doc_max);
	parse.build = build_new(kind, limits);
	buf_init(&parse.utf8, (size_t)limits->doc_max * 3);
	buf_init(&parse.repaired, (size_t)limits->doc_max * 4);
	result = run(&parse, out_doc, err != NULL ? err : &own);
	buf_release(&parse.utf8);
	buf_release(&parse.repaired);
	build_free(parse.build);
	return result;
}

int64_t feed_date(const char *text, size_t length)
{
	return date_parse(text, length);
}
