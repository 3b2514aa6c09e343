#include "daemon/feed/reader.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/charset.h"
#include "daemon/feed/finish.h"
#include "daemon/feed/link.h"
#include "daemon/feed/markup.h"
#include "daemon/url.h"

#define BASES_MAX 1024 /* of an item or the feed; more keep the one around */
#define EXTENSION_ATTRIBUTES 8
#define ITEM_TEXT 4000

/* A rule was looked for and there is none. */
static const struct rule no_rule;

static struct frame *top(struct reader *reader)
{
	return &reader->frames[reader->depth - 1];
}

static int place_index(enum where where)
{
	return __builtin_ctz((unsigned)where);
}

/* Some say of a whole RSS feed that its names are XHTML's. */
static const struct rule *find_rule(const struct xml_name *name, enum where where)
{
	const struct rule *rule = vocabulary_find(name->ns, name->local, where);

	if (rule == NULL && name->ns == NS_XHTML && name->default_ns)
		rule = vocabulary_find(NS_NONE, name->local, where);
	return rule != NULL ? rule : &no_rule;
}

static const struct rule *rule_for(struct xml_name *name, enum where where)
{
	const void **note = &name->note[place_index(where)];

	if (*note == NULL)
		*note = find_rule(name, where);
	return *note != &no_rule ? *note : NULL;
}

/* ---- bases ---- */

static uint32_t add_base(struct reader *reader, char *base)
{
	if (reader->base_count == reader->base_capacity) {
		reader->base_capacity = reader->base_capacity != 0 ? reader->base_capacity * 2 : 8;
		reader->bases = mem_realloc_array(
			reader->bases, reader->base_capacity, sizeof(*reader->bases));
	}
	reader->bases[reader->base_count] = base;
	return reader->base_count++;
}

static void drop_bases(struct reader *reader, uint32_t count)
{
	while (reader->base_count > count)
		free(reader->bases[--reader->base_count]);
}

/* A base that no link can stand on (mailto:, tag:) is none: the outer one holds. */
static uint32_t base_from(struct reader *reader, const char *value, uint32_t outer)
{
	uint32_t since = reader->in_item ? reader->bases_before_item : 0;
	char *base;

	if (value == NULL || value[0] == '\0' || reader->base_count - since >= BASES_MAX)
		return outer;
	if (url_resolve(reader->bases[outer], value, &base) <= 0)
		return outer;
	if (!url_is_web(base, strlen(base))) {
		free(base);
		return outer;
	}
	return add_base(reader, base);
}

static uint32_t base_of(struct reader *reader, const struct xml_element *element, uint32_t outer)
{
	if (element->attributes[0] == NULL)
		return outer;
	return base_from(reader, xml_attribute_ns(element, NS_XML, "base"), outer);
}

void reader_set_base(struct reader *reader, const char *url)
{
	struct frame *frame = top(reader);

	frame->base = base_from(reader, url, frame->base);
}

uint32_t reader_base(const struct reader *reader)
{
	return reader->frames[reader->depth - 1].base;
}

/* The slot's text if it is a web address. */
static const char *web_address(const struct reader *reader, enum slot slot)
{
	const struct value *value = &reader->feed.slots[slot];
	const char *text = draft_peek(&reader->feed, value);

	return url_is_web(text, value->length) ? text : NULL;
}

const char *reader_base_url(const struct reader *reader, uint32_t base)
{
	const char *guess;

	if (base != 0 || reader->bases[0][0] != '\0')
		return reader->bases[base];
	/* Where nobody knows the feed's address, it may, or its site's will do. */
	guess = web_address(reader, SLOT_SELF);
	if (guess == NULL)
		guess = web_address(reader, SLOT_LINK);
	return guess != NULL ? guess : "";
}

/* ---- elements ---- */

enum where reader_where(const struct reader *reader)
{
	return reader->depth > 1 ? reader->frames[reader->depth - 2].inside : IN_ROOT;
}

void reader_language(struct reader *reader, const struct xml_element *element, uint8_t priority)
{
	reader_offer_attribute(
		reader, SLOT_LANGUAGE, priority, xml_attribute_ns(element, NS_XML, "lang"));
}

/* Attributes become "element@attribute"; RDF's reference is all the element says. */
static void keep_attributes(struct reader *reader, const struct xml_element *element)
{
	const char *prefix, *local, *value;
	char name[READER_NAME_MAX];
	size_t length, i;

	if (element->attributes[0] == NULL)
		return;
	reader_name(reader, name);
	reader_extension_attribute(reader, name, xml_attribute_ns(element, NS_RDF, "resource"));
	for (i = 0; i < EXTENSION_ATTRIBUTES &&
		    xml_attribute_at(element, i, &prefix, &local, &length, &value) > 0;
		i++) {
		buf_clear(&reader->scratch);
		if (prefix[0] == '\0' &&
			buf_printf(&reader->scratch, "%s@%.*s", name, (int)length, local) == 0)
			reader_extension(reader, reader->scratch.data, value, strlen(value));
	}
}

static void start_unknown(struct reader *reader, struct frame *frame, enum where where,
	const struct xml_element *element)
{
	if (where == IN_ROOT) {
		frame->inside = IN_ROOT;
		return;
	}
	if (where == IN_PERSON) { /* markup around a name */
		frame->inside = IN_TEXT;
		frame->collects = frame->hidden = true;
		return;
	}
	frame->inside = IN_VOID;
	if ((where & (IN_BOTH | IN_MEDIA | IN_IMAGE | IN_SOURCE | IN_PART)) == 0 ||
		!reader_keeps(reader))
		return;
	frame->inside = IN_PART;
	frame->collects = true;
	keep_attributes(reader, element);
}

static void end_unknown(struct reader *reader, const char *text, size_t length)
{
	char name[READER_NAME_MAX];

	blank_trim(&text, &length);
	if (length == 0)
		return;
	reader_name(reader, name);
	reader_extension(reader, name, text, length);
}

static void start_markup(struct reader *reader, struct frame *frame, const struct frame *outer,
	const struct xml_element *element)
{
	frame->inside = IN_TEXT;
	frame->collects = true;
	frame->escapes = outer->escapes;
	/* The <div> that Atom's xhtml must have is not a part of the text. */
	frame->hidden = outer->escapes && outer->rule != NULL && !outer->has_markup &&
			strcmp(frame->name->local, "div") == 0;
	if (!frame->hidden)
		markup_start(reader, frame, element);
}

/* What an item is written in, where it does not say so itself: its content
 * knows better than a title. */
static void take_language(
	struct reader *reader, const struct frame *frame, const struct xml_element *element)
{
	enum slot slot = frame->rule->slot;

	if ((frame->inside & (IN_TOP | IN_BOTH)) != 0)
		reader_language(reader, element, frame->inside == IN_TOP ? 50 : 60);
	else if (reader_where(reader) != IN_ITEM)
		return;
	else if (slot == SLOT_CONTENT)
		reader_language(reader, element, 41);
	else if (slot == SLOT_TITLE || slot == SLOT_SUMMARY)
		reader_language(reader, element, 40);
}

static void start_known(
	struct reader *reader, struct frame *frame, const struct xml_element *element)
{
	const struct rule *rule = frame->rule;

	frame->inside = rule->inside != 0 ? rule->inside : IN_TEXT;
	frame->collects = rule->inside == 0 || rule->collects;
	if (rule->start != NULL)
		rule->start(reader, element);
	if (element->attributes[0] != NULL)
		take_language(reader, frame, element);
}

static void on_start(void *ctx, const struct xml_element *element)
{
	struct reader *reader = ctx;
	struct frame *outer = top(reader), *frame;
	enum where where = outer->inside;

	frame = &reader->frames[reader->depth++];
	memset(frame, 0, sizeof(*frame));
	frame->name = element->name;
	frame->text_start = reader->text.length;
	frame->base = base_of(reader, element, outer->base);
	if (where == IN_VOID) {
		frame->inside = IN_VOID;
	} else if (where == IN_TEXT) {
		start_markup(reader, frame, outer, element);
		outer->has_markup = true;
	} else if ((frame->rule = rule_for(element->name, where)) != NULL) {
		start_known(reader, frame, element);
	} else {
		start_unknown(reader, frame, where, element);
	}
}

static void end_known(struct reader *reader, const struct frame *frame)
{
	const struct rule *rule = frame->rule;
	const char *text = reader->text.data + frame->text_start;
	size_t length = reader->text.length - frame->text_start;
	enum text_type type = rule->type;

	/* Elements in it are real ones, whatever it looks like. */
	if (type == TEXT_GUESS && frame->has_markup)
		type = TEXT_HTML;
	if (rule->slot != SLOT_NONE)
		reader_offer(reader, rule->slot, rule->priority, type, text, length);
	if (rule->end != NULL)
		rule->end(reader, text, length);
}

static void on_end(void *ctx, struct xml_name *name)
{
	struct reader *reader = ctx;
	struct frame *frame = top(reader);

	(void)name;
	if (frame->inside == IN_TEXT && frame->rule == NULL) {
		if (!frame->hidden)
			markup_end(reader, frame);
		reader->depth--;
		return; /* its text is its parent's */
	}
	if (frame->rule != NULL)
		end_known(reader, frame);
	else if (frame->collects)
		end_unknown(reader, reader->text.data + frame->text_start,
			reader->text.length - frame->text_start);
	buf_cut(&reader->text, frame->text_start);
	reader->depth--;
}

/* buf_add() with its common case in line: escaped HTML comes a sign at a time. */
static void add_text(struct buf *to, const char *text, size_t length)
{
	if (length < to->capacity - to->length && length <= to->max - to->length) {
		if (length == 1) /* a line's end is a piece of its own */
			to->data[to->length] = *text;
		else
			memcpy(to->data + to->length, text, length);
		to->length += length;
		to->data[to->length] = '\0';
	} else if (buf_add(to, text, length) < 0) {
		return; /* beyond what a content may have */
	}
}

static void on_text(void *ctx, const char *text, size_t length)
{
	struct reader *reader = ctx;
	const struct frame *frame = top(reader);
	char meant[4];

	if (!frame->collects)
		return;
	if (length == 2 && charset_is_control(text)) { /* a reference is a piece of its own */
		length = utf8_encode(utf8_of_control((unsigned char)text[1]), meant);
		text = meant;
	}
	if (frame->escapes)
		markup_text(reader, text, length);
	else
		add_text(&reader->text, text, length);
}

/* ---- the whole ---- */

/* A text with room for what most items have. */
static void init_text(struct buf *text, size_t max)
{
	buf_init(text, max);
	if (buf_reserve(text, ITEM_TEXT) < 0)
		return; /* then it grows from nothing */
}

static void prepare(struct reader *reader)
{
	size_t text_max = (size_t)reader->limits->content_max * 4 + 65536;

	reader->frames = MEM_ARRAY((size_t)reader->limits->depth_max + 2, struct frame);
	reader->frames[0].inside = IN_ROOT;
	reader->depth = 1;
	reader->attachment = -1;
	reader->now = &reader->feed;
	draft_init(&reader->feed, text_max * 2);
	draft_init(&reader->item, text_max * 2);
	init_text(&reader->text, text_max);
	buf_init(&reader->alternate, text_max);
	buf_init(&reader->scratch, text_max);
	init_text(&reader->finish, text_max);
	add_base(reader, link_base(reader->source));
}

static void release(struct reader *reader)
{
	drop_bases(reader, 0);
	free(reader->bases);
	free(reader->frames);
	draft_release(&reader->feed);
	draft_release(&reader->item);
	buf_release(&reader->text);
	buf_release(&reader->alternate);
	buf_release(&reader->scratch);
	buf_release(&reader->finish);
}

int reader_run(struct build *build, const struct feed_source *source,
	const struct feed_limits *limits, const struct xml_input *input, bool end_anyway,
	struct xml_end *out_end, struct err *err)
{
	static const struct xml_handler handler = { on_start, on_end, on_text };
	struct reader reader = { .build = build, .limits = limits, .source = source };
	int result;

	prepare(&reader);
	result = xml_walk(input, limits->depth_max, &handler, &reader, out_end, err);
	if (result == 0 || end_anyway || out_end->past_root) {
		build_item_drop(build);
		reader.in_item = false;
		reader.now = &reader.feed;
		finish_feed(&reader);
	}
	release(&reader);
	return result;
}

void reader_item_start(struct reader *reader, const struct xml_element *element)
{
	uint32_t own = reader_base(reader), outer = reader->frames[reader->depth - 2].base;

	(void)element;
	draft_clear(&reader->item);
	build_item_begin(reader->build);
	/* Its own base was added before it began, and goes with it. */
	reader->bases_before_item = own != outer ? own : reader->base_count;
	reader->in_item = true;
	reader->now = &reader->item;
	reader->attachment = -1;
}

void reader_item_end(struct reader *reader, const char *text, size_t length)
{
	(void)text, (void)length;
	finish_item(reader);
	reader->has_item = true;
	reader->in_item = false;
	reader->now = &reader->feed;
	drop_bases(reader, reader->bases_before_item);
}
