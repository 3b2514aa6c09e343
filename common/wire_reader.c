#include "common/wire.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

#define MEMBERS_MAX 100000u
#define BYTES_MAX ((size_t)256 << 20)

/*
 * Members of one object, gathered as they pass.  Texts lie in one buffer, by
 * offset while it grows; values that are objects or arrays are written again
 * as JSON.
 */
struct gathered {
	struct buf text;
	struct {
		size_t key, text, length;
		enum wire_kind kind;
	} * members;
	size_t count, room;
	struct wire_value *values; /* the same with pointers, made at the end */
	struct json_writer nested; /* of a value under way */
};

/*
 * Where the next value stands:
 *
 *	TOP --"parameters":{--> PARAMETERS --rows:[--> ROWS --{--> ROW
 *
 * In PARAMETERS and ROW members are gathered; one that is itself an object or
 * an array has `inside` > 0 until its bracket closes.
 */
enum place { START, TOP, PARAMETERS, ROWS, ROW };

struct wire_reader {
	const struct wire_listener *listener;
	void *ctx;
	struct json_reader *json; /* of the message under way, or NULL */
	enum place place;
	unsigned inside;
	char key[64];  /* of the member of TOP that comes */
	char list[16]; /* of ROWS */
	char *error;   /* the reply's, or NULL */
	bool continues;
	struct gathered parameters, row;
	bool misplaced; /* what passed is JSON, but no reply */
};

static void gathered_init(struct gathered *g)
{
	memset(g, 0, sizeof(*g));
	buf_init(&g->text, BYTES_MAX);
}

static void gathered_release(struct gathered *g)
{
	buf_release(&g->text);
	free(g->members);
	free(g->values);
}

static void gathered_clear(struct gathered *g)
{
	buf_clear(&g->text);
	g->count = 0;
}

static int gather_key(struct gathered *g, const char *key, size_t length)
{
	if (g->count == MEMBERS_MAX)
		return -1;
	if (g->count == g->room) {
		g->room = g->room != 0 ? g->room * 2 : 32;
		g->members = mem_realloc_array(g->members, g->room, sizeof(*g->members));
		g->values = mem_realloc_array(g->values, g->room, sizeof(*g->values));
	}
	g->members[g->count].key = g->text.length;
	if (buf_add(&g->text, key, length) < 0 || buf_add_byte(&g->text, '\0') < 0)
		return -1;
	g->members[g->count].text = g->text.length;
	g->count++;
	return 0;
}

/* The member's text ends here. */
static int gather_end(struct gathered *g, enum wire_kind kind)
{
	g->members[g->count - 1].kind = kind;
	g->members[g->count - 1].length = g->text.length - g->members[g->count - 1].text;
	return buf_add_byte(&g->text, '\0');
}

static struct wire_row gathered_row(struct gathered *g)
{
	struct wire_row row = { g->values, g->count };
	size_t i;

	for (i = 0; i < g->count; i++) {
		g->values[i].key = g->text.data + g->members[i].key;
		g->values[i].text = g->text.data + g->members[i].text;
		g->values[i].length = g->members[i].length;
		g->values[i].kind = g->members[i].kind;
	}
	return row;
}

static struct gathered *current(struct wire_reader *reader)
{
	return reader->place == ROW ? &reader->row : &reader->parameters;
}

static int misplace(struct wire_reader *reader)
{
	reader->misplaced = true;
	return -1;
}

/* A value of the reply itself: only its error and `continues` mean something. */
static int take_top(
	struct wire_reader *reader, enum wire_kind kind, const char *text, size_t length)
{
	if (reader->place != TOP)
		return misplace(reader);
	if (strcmp(reader->key, "error") == 0) {
		if (kind != WIRE_STRING)
			return misplace(reader);
		free(reader->error);
		reader->error = mem_strndup(text, length);
	} else if (strcmp(reader->key, "continues") == 0) {
		reader->continues = kind == WIRE_TRUE;
	}
	return 0;
}

static int take(struct wire_reader *reader, enum wire_kind kind, const char *text, size_t length)
{
	struct gathered *g = current(reader);

	if (reader->place == START || reader->place == TOP)
		return reader->inside > 0 ? 0 : take_top(reader, kind, text, length);
	if (reader->place == ROWS)
		return misplace(reader);
	if (reader->inside == 0) {
		if (buf_add(&g->text, text, length) < 0)
			return misplace(reader);
		return gather_end(g, kind);
	}
	switch (kind) {
	case WIRE_NULL:
		json_put_null(&g->nested);
		break;
	case WIRE_STRING:
		json_put_text(&g->nested, text, length);
		break;
	default:
		json_put_raw(&g->nested, text);
		break;
	}
	return json_ok(&g->nested) ? 0 : misplace(reader);
}

static int on_null(void *ctx)
{
	return take(ctx, WIRE_NULL, "", 0);
}

static int on_boolean(void *ctx, bool value)
{
	return value ? take(ctx, WIRE_TRUE, "true", 4) : take(ctx, WIRE_FALSE, "false", 5);
}

static int on_number(void *ctx, const char *text, size_t length)
{
	char copy[400]; /* what follows the number is not ours */

	if (length >= sizeof(copy))
		return misplace(ctx);
	memcpy(copy, text, length);
	copy[length] = '\0';
	return take(ctx, WIRE_NUMBER, copy, length);
}

static int on_string(void *ctx, const char *text, size_t length)
{
	return take(ctx, WIRE_STRING, text, length);
}

static int on_key(void *ctx, const char *text, size_t length)
{
	struct wire_reader *reader = ctx;
	char name[64];

	if (reader->inside > 0) {
		if (reader->place == TOP)
			return 0;
		if (length >= sizeof(name))
			return misplace(reader);
		memcpy(name, text, length);
		name[length] = '\0';
		json_put_key(&current(reader)->nested, name);
		return 0;
	}
	if (reader->place == TOP) {
		reader->key[0] = '\0';
		if (length < sizeof(reader->key)) {
			memcpy(reader->key, text, length);
			reader->key[length] = '\0';
		}
		return 0;
	}
	return gather_key(current(reader), text, length) < 0 ? misplace(reader) : 0;
}

/* An object or array that is a member's value begins, or one in it. */
static int nest(struct wire_reader *reader, void (*open)(struct json_writer *w))
{
	struct gathered *g = current(reader);

	if (reader->place != TOP) {
		if (reader->inside == 0)
			json_begin(&g->nested, &g->text);
		open(&g->nested);
	}
	reader->inside++;
	return 0;
}

static int unnest(struct wire_reader *reader, void (*close)(struct json_writer *w))
{
	struct gathered *g = current(reader);

	reader->inside--;
	if (reader->place == TOP)
		return 0;
	close(&g->nested);
	if (reader->inside > 0)
		return 0;
	return json_ok(&g->nested) ? gather_end(g, WIRE_JSON) : misplace(reader);
}

static int on_object(void *ctx)
{
	struct wire_reader *reader = ctx;

	if (reader->inside > 0)
		return nest(reader, json_put_object);
	switch (reader->place) {
	case START:
		reader->place = TOP;
		return 0;
	case TOP:
		if (strcmp(reader->key, "parameters") != 0)
			return nest(reader, json_put_object);
		reader->place = PARAMETERS;
		return 0;
	case ROWS:
		reader->place = ROW;
		gathered_clear(&reader->row);
		return 0;
	default:
		return nest(reader, json_put_object);
	}
}

static int on_object_end(void *ctx)
{
	struct wire_reader *reader = ctx;
	struct wire_row row;

	if (reader->inside > 0)
		return unnest(reader, json_put_object_end);
	switch (reader->place) {
	case ROW:
		reader->place = ROWS;
		row = gathered_row(&reader->row);
		return reader->listener->row != NULL
			       ? reader->listener->row(reader->ctx, reader->list, &row)
			       : 0;
	case PARAMETERS:
		reader->place = TOP;
		return 0;
	default:
		reader->place = START;
		return 0;
	}
}

static bool is_rows(const char *name)
{
	return strcmp(name, "items") == 0 || strcmp(name, "feeds") == 0 ||
	       strcmp(name, "rows") == 0 || strcmp(name, "events") == 0;
}

static int on_array(void *ctx)
{
	struct wire_reader *reader = ctx;
	struct gathered *g = &reader->parameters;
	const char *name;

	if (reader->place == START || reader->place == ROWS)
		return misplace(reader);
	if (reader->place == PARAMETERS && reader->inside == 0) {
		name = g->text.data + g->members[g->count - 1].key;
		if (is_rows(name)) {
			snprintf(reader->list, sizeof(reader->list), "%s", name);
			g->count--;
			buf_cut(&g->text, g->members[g->count].key);
			reader->place = ROWS;
			return 0;
		}
	}
	return nest(reader, json_put_array);
}

static int on_array_end(void *ctx)
{
	struct wire_reader *reader = ctx;

	if (reader->inside > 0)
		return unnest(reader, json_put_array_end);
	reader->place = PARAMETERS;
	return 0;
}

static const struct json_events events = {
	.null = on_null,
	.boolean = on_boolean,
	.number = on_number,
	.string = on_string,
	.object = on_object,
	.key = on_key,
	.object_end = on_object_end,
	.array = on_array,
	.array_end = on_array_end,
};

const struct wire_value *wire_row_get(const struct wire_row *row, const char *key)
{
	size_t i;

	for (i = 0; i < row->count; i++) {
		if (strcmp(row->values[i].key, key) == 0)
			return &row->values[i];
	}
	return NULL;
}

struct wire_reader *wire_reader_new(const struct wire_listener *listener, void *ctx)
{
	struct wire_reader *reader = MEM_NEW(struct wire_reader);

	reader->listener = listener;
	reader->ctx = ctx;
	gathered_init(&reader->parameters);
	gathered_init(&reader->row);
	return reader;
}

void wire_reader_free(struct wire_reader *reader)
{
	if (reader == NULL)
		return;
	json_reader_free(reader->json);
	gathered_release(&reader->parameters);
	gathered_release(&reader->row);
	free(reader->error);
	free(reader);
}

static void begin_message(struct wire_reader *reader)
{
	reader->json = json_reader_new(&events, reader, 32);
	reader->place = START;
	reader->inside = 0;
	reader->continues = false;
	reader->misplaced = false;
	free(reader->error);
	reader->error = NULL;
	gathered_clear(&reader->parameters);
}

static int tell_message(struct wire_reader *reader)
{
	const struct wire_listener *listener = reader->listener;
	struct wire_row parameters = gathered_row(&reader->parameters);
	const char *name = reader->error;

	if (name == NULL)
		return listener->reply != NULL
			       ? listener->reply(reader->ctx, &parameters, reader->continues)
			       : 0;
	if (strncmp(name, WIRE_INTERFACE ".", strlen(WIRE_INTERFACE ".")) == 0)
		name += strlen(WIRE_INTERFACE ".");
	return listener->error != NULL ? listener->error(reader->ctx, name, &parameters) : 0;
}

static int read_json(struct wire_reader *reader, const char *data, size_t length, struct err *err)
{
	if (json_read(reader->json, data, length, err) == 0)
		return 0;
	if (reader->misplaced)
		return err_set(err, ERR_SYNTAX, "what came is no reply");
	return -1;
}

static int end_message(struct wire_reader *reader, struct err *err)
{
	int result = json_read_end(reader->json, err);

	json_reader_free(reader->json);
	reader->json = NULL;
	if (result < 0)
		return reader->misplaced ? err_set(err, ERR_SYNTAX, "what came is no reply") : -1;
	return tell_message(reader);
}

int wire_read(struct wire_reader *reader, const char *data, size_t length, struct err *err)
{
	const char *end = data + length;

	while (data < end) {
		const char *nul = memchr(data, '\0', (size_t)(end - data));
		const char *stop = nul != NULL ? nul : end;

		if (reader->json == NULL)
			begin_message(reader);
		if (read_json(reader, data, (size_t)(stop - data), err) < 0)
			return -1;
		if (nul == NULL)
			return 0;
		if (end_message(reader, err) < 0)
			return -1;
		data = nul + 1;
	}
	return 0;
}

bool wire_reader_idle(const struct wire_reader *reader)
{
	return reader->json == NULL;
}
