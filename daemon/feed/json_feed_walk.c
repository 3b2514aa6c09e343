#include "daemon/feed/json_feed_priv.h"

#include <string.h>

/*
 * Each value comes to exactly one of: the open object's member (text), a level
 * of its own (objects and arrays that mean something), an extension that is
 * written out again, or nothing.
 */

enum want { WANT_TEXT, WANT_SCALAR, WANT_FLAG, WANT_INSIDE };

struct json_member_row {
	enum json_place place;
	const char *name;
	enum json_member member;
	enum want want;
	enum json_place inside;
};

static const struct json_member_row rows[] = {
#define TEXT(place, name, member) { JSON_##place, name, MEMBER_##member, WANT_TEXT, JSON_SKIP },
#define SCALAR(place, name, member) { JSON_##place, name, MEMBER_##member, WANT_SCALAR, JSON_SKIP },
#define FLAG(place, name, member) { JSON_##place, name, MEMBER_##member, WANT_FLAG, JSON_SKIP },
#define INSIDE(place, name, member, inside)                                                        \
	{ JSON_##place, name, MEMBER_##member, WANT_INSIDE, JSON_##inside },
#include "daemon/feed/json_feed.def"
#undef TEXT
#undef SCALAR
#undef FLAG
#undef INSIDE
};

static const struct json_member_row *find_row(
	enum json_place place, const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].place == place && strlen(rows[i].name) == length &&
			memcmp(rows[i].name, name, length) == 0)
			return &rows[i];
	return NULL;
}

static const struct json_level *top(const struct json_feed *feed)
{
	static const struct json_level outside = { JSON_SKIP, MEMBER_NONE, false, false };

	return feed->depth > 0 ? &feed->levels[feed->depth - 1] : &outside;
}

static bool is_extension(const struct json_feed *feed)
{
	return feed->extension_name.length > 0;
}

static void tell_type(struct json_feed *feed, const char *name)
{
	if (feed->levels[feed->depth - 1].place == JSON_FEED || feed->item_number == 0)
		build_problem(feed->build, 0, 0, "\"%s\" is of the wrong type", name);
	else
		build_problem(feed->build, 0, 0, "item %u: \"%s\" is of the wrong type",
			feed->item_number, name);
}

/* ---- scalars ------------------------------------------------------------- */

static void keep(struct json_feed *feed, enum json_place place, enum json_member member,
	const char *text, size_t length)
{
	struct json_object *object = &feed->objects[place];
	struct json_value *value = &object->values[member];
	const char *end = text + length, *nul;

	/* What does not fit counts as absent. */
	if (buf_reserve(&object->text, length + 1) < 0)
		return;
	value->offset = object->text.length;
	/* "\u0000" is a character of JSON's, and none of a text of ours. */
	while ((nul = memchr(text, '\0', (size_t)(end - text))) != NULL) {
		memcpy(object->text.data + object->text.length, text, (size_t)(nul - text));
		buf_grown(&object->text, (size_t)(nul - text));
		text = nul + 1;
	}
	memcpy(object->text.data + object->text.length, text, (size_t)(end - text));
	buf_grown(&object->text, (size_t)(end - text));
	value->length = object->text.length - value->offset;
	object->text.data[object->text.length] = '\0';
	buf_grown(&object->text, 1);
}

/* A lone string where an object or an array of them should be. */
static void lone(struct json_feed *feed, enum json_place place, enum json_member from,
	const char *text, size_t length)
{
	enum json_member first = place == JSON_TAG || place == JSON_PERSON ? MEMBER_NAME
									   : MEMBER_URL;

	if (place == JSON_ITEM || place == JSON_FEED)
		return;
	json_feed_begin(feed, place);
	keep(feed, place, first, text, length);
	json_feed_end(feed, place, from);
}

static int scalar(struct json_feed *feed, enum want want, const char *text, size_t length)
{
	const struct json_level *level = top(feed);
	const struct json_member_row *row = feed->row;

	feed->row = NULL;
	if (level->place <= JSON_EXTENSION)
		return 0;
	if (level->is_array) {
		if (want == WANT_TEXT || (want == WANT_SCALAR && level->place == JSON_TAG))
			lone(feed, level->place, level->from, text, length);
		return 0;
	}
	if (row == NULL || feed->is_repeated)
		return 0;
	if (row->want == want || (row->want == WANT_SCALAR && want == WANT_TEXT))
		keep(feed, row->place, row->member, text, length);
	else if (row->want == WANT_INSIDE && want == WANT_TEXT)
		lone(feed, row->inside, row->member, text, length);
	else
		tell_type(feed, row->name);
	return 0;
}

/* ---- extensions ---------------------------------------------------------- */

static void extension_done(struct json_feed *feed)
{
	if (top(feed)->place == JSON_EXTENSION)
		return;
	if (json_ok(&feed->writer))
		json_feed_extension(feed, feed->extension_name.data, feed->extension.data);
	buf_clear(&feed->extension_name);
}

static void extension_begin(struct json_feed *feed, const char *name, size_t length)
{
	buf_clear(&feed->extension);
	json_begin(&feed->writer, &feed->extension);
	if (buf_add(&feed->extension_name, name, length) < 0)
		buf_clear(&feed->extension_name);
}

/* json_put_key() takes only keys that need no escape. */
static void extension_key(struct json_feed *feed, const char *text, size_t length)
{
	json_put_text(&feed->writer, text, length);
	feed->writer.failed = feed->writer.failed || buf_add_byte(&feed->extension, ':') < 0;
	feed->writer.after_key = true;
}

/* ---- events -------------------------------------------------------------- */

static int on_null(void *ctx)
{
	struct json_feed *feed = ctx;

	if (is_extension(feed)) {
		json_put_null(&feed->writer);
		extension_done(feed);
	}
	feed->row = NULL;
	return 0;
}

static int on_boolean(void *ctx, bool value)
{
	struct json_feed *feed = ctx;

	if (is_extension(feed)) {
		json_put_bool(&feed->writer, value);
		extension_done(feed);
		return 0;
	}
	return scalar(feed, WANT_FLAG, value ? "true" : "false", value ? 4 : 5);
}

static int on_number(void *ctx, const char *text, size_t length)
{
	struct json_feed *feed = ctx;

	if (!is_extension(feed))
		return scalar(feed, WANT_SCALAR, text, length);
	/* As text it keeps every digit. */
	buf_clear(&feed->scratch);
	if (buf_add(&feed->scratch, text, length) == 0)
		json_put_raw(&feed->writer, feed->scratch.data);
	extension_done(feed);
	return 0;
}

static int on_string(void *ctx, const char *text, size_t length)
{
	struct json_feed *feed = ctx;

	if (!is_extension(feed))
		return scalar(feed, WANT_TEXT, text, length);
	if (top(feed)->place == JSON_EXTENSION) {
		json_put_text(&feed->writer, text, length);
		return 0;
	}
	/* A lone string is its own value. */
	if (buf_add(&feed->extension, text, length) == 0)
		extension_done(feed);
	buf_clear(&feed->extension_name);
	return 0;
}

static void push(
	struct json_feed *feed, enum json_place place, enum json_member from, bool is_array)
{
	feed->levels[feed->depth++] = (struct json_level){ place, from, is_array, false };
	if (place > JSON_EXTENSION && !is_array)
		json_feed_begin(feed, place);
}

/* The place that an object or array leads to. */
static void enter(struct json_feed *feed, bool is_array)
{
	const struct json_level *level = top(feed);
	const struct json_member_row *row = feed->row;

	feed->row = NULL;
	if (feed->depth == 0) {
		feed->is_listed = is_array;
		push(feed, JSON_FEED, MEMBER_NONE, is_array);
	} else if (feed->is_closed) {
		push(feed, JSON_SKIP, MEMBER_NONE, is_array);
	} else if (level->is_array && !is_array && level->place > JSON_EXTENSION) {
		push(feed, level->place, level->from, false);
	} else if (row == NULL || feed->is_repeated || level->place <= JSON_EXTENSION) {
		push(feed, JSON_SKIP, MEMBER_NONE, is_array);
	} else if (row->want == WANT_INSIDE) {
		if (row->member == MEMBER_ITEMS && is_array)
			feed->lists_items = true;
		push(feed, row->inside, row->member, is_array);
	} else {
		tell_type(feed, row->name);
		push(feed, JSON_SKIP, MEMBER_NONE, is_array);
	}
}

static int on_object(void *ctx)
{
	struct json_feed *feed = ctx;

	if (is_extension(feed)) {
		json_put_object(&feed->writer);
		push(feed, JSON_EXTENSION, MEMBER_NONE, false);
	} else {
		enter(feed, false);
	}
	return 0;
}

static int on_array(void *ctx)
{
	struct json_feed *feed = ctx;

	if (is_extension(feed)) {
		json_put_array(&feed->writer);
		push(feed, JSON_EXTENSION, MEMBER_NONE, true);
	} else {
		enter(feed, true);
	}
	return 0;
}

static bool is_number(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length && text[i] >= '0' && text[i] <= '9')
		i++;
	return length > 0 && i == length;
}

/*
 * PHP writes a list of which places are gone as an object, {"0":…,"2":…}: what was begun as
 * the one that stands there alone is the list, and what it names so are its elements.
 */
static bool is_list(struct json_feed *feed, const char *text, size_t length)
{
	struct json_level *level = &feed->levels[feed->depth - 1];
	bool is_first = !level->has_key;

	level->has_key = true;
	if (level->is_array)
		return true;
	if (!is_first || level->place == JSON_FEED || level[-1].is_array ||
		!is_number(text, length))
		return false;
	level->is_array = true;
	if (level->place == JSON_ITEM) {
		build_item_drop(feed->build);
		feed->item_number--;
		feed->in_item = false;
		feed->lists_items = true;
	}
	build_problem(feed->build, 0, 0, "a list stands there as an object");
	return true;
}

static int on_key(void *ctx, const char *text, size_t length)
{
	struct json_feed *feed = ctx;
	enum json_place place = top(feed)->place;
	struct json_value *value;

	feed->row = NULL;
	if (place == JSON_EXTENSION)
		extension_key(feed, text, length);
	if (place <= JSON_EXTENSION || is_list(feed, text, length))
		return 0;
	if (length > 1 && text[0] == '_' && (place == JSON_FEED || place == JSON_ITEM)) {
		extension_begin(feed, text, length);
		return 0;
	}
	feed->row = find_row(place, text, length);
	if (feed->row == NULL)
		return 0;
	value = &feed->objects[place].values[feed->row->member];
	feed->is_repeated = value->is_seen;
	value->is_seen = true;
	if (feed->is_repeated)
		build_problem(feed->build, 0, 0, "\"%s\" stands there twice; the first counts",
			feed->row->name);
	return 0;
}

static int leave(struct json_feed *feed)
{
	struct json_level level = feed->levels[--feed->depth];

	feed->row = NULL;
	if (level.place == JSON_EXTENSION) {
		if (level.is_array)
			json_put_array_end(&feed->writer);
		else
			json_put_object_end(&feed->writer);
		extension_done(feed);
	} else if (level.place != JSON_SKIP && !level.is_array) {
		json_feed_end(feed, level.place, level.from);
	}
	feed->is_closed |= feed->depth == 0 || (level.place == JSON_FEED && !level.is_array);
	return 0;
}

static int on_end(void *ctx)
{
	return leave(ctx);
}

const struct json_events json_feed_events = {
	.null = on_null,
	.boolean = on_boolean,
	.number = on_number,
	.string = on_string,
	.object = on_object,
	.key = on_key,
	.object_end = on_end,
	.array = on_array,
	.array_end = on_end,
};
