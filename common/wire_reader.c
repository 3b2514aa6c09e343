#include "common/wire.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

#define DEPTH_MAX 32u
#define VALUES_MAX 1000000u
#define BYTES_MAX ((size_t)256 << 20)

/*
 * The values of one object as they pass, flat: those inside of a value follow
 * it.  Texts lie in one block, by offset while it grows; offset 0 is "".
 */
struct tape {
	char *text;
	size_t used, room;
	struct wire_value *values; /* key and text are set by tape_row() */
	struct {
		size_t key, text;
	} * places;
	size_t count, value_room;
	size_t key, key_length; /* of the value to come */
	size_t open[DEPTH_MAX]; /* values that are not yet at their end */
	unsigned depth;
};

/*
 * Where the next value stands:
 *
 *	TOP --"parameters":{--> PARAMETERS --rows:[--> ROWS --{--> ROW
 *
 * In PARAMETERS and ROW all goes onto their tape.
 */
enum place { START, TOP, PARAMETERS, ROWS, ROW };

/* In the tape of the parameters. */
struct name {
	const char *text;
	size_t length;
};

struct wire_reader {
	const struct wire_listener *listener;
	void *ctx;
	struct json_reader *json; /* of the message under way, or NULL */
	enum place place;
	unsigned skipped; /* brackets open in a member of TOP that means nothing */
	char key[64];     /* of the member of TOP that comes */
	char list[16];    /* of ROWS */
	bool arrays;      /* its rows are, and these are the keys of their values */
	struct name *names;
	size_t name_count;
	char *error; /* the reply's, or NULL */
	bool continues;
	struct tape parameters, row;
	bool misplaced; /* what passed is JSON, but no reply */
};

static void tape_release(struct tape *tape)
{
	free(tape->text);
	free(tape->values);
	free(tape->places);
}

static int tape_text(struct tape *tape, const char *text, size_t length, size_t *out_at)
{
	size_t end = tape->used + length + 1;

	if (end > tape->room) {
		if (length > BYTES_MAX || end > BYTES_MAX)
			return -1;
		while (end > tape->room)
			tape->room = tape->room != 0 ? tape->room * 2 : 1024;
		tape->text = mem_realloc_array(tape->text, tape->room, 1);
	}
	memcpy(tape->text + tape->used, text, length);
	tape->text[end - 1] = '\0';
	*out_at = tape->used;
	tape->used = end;
	return 0;
}

static void tape_clear(struct tape *tape)
{
	size_t at;

	tape->used = tape->count = tape->key = tape->key_length = 0;
	tape->depth = 0;
	(void)tape_text(tape, "", 0, &at); /* one byte is never too much */
}

static int tape_key(struct tape *tape, const char *key, size_t length)
{
	tape->key_length = length;
	return tape_text(tape, key, length, &tape->key);
}

static int tape_put(struct tape *tape, enum wire_kind kind, const char *text, size_t length)
{
	size_t i = tape->count;

	if (i == VALUES_MAX)
		return -1;
	if (i == tape->value_room) {
		tape->value_room = i != 0 ? i * 2 : 32;
		tape->values = mem_realloc_array(
			tape->values, tape->value_room, sizeof(*tape->values));
		tape->places = mem_realloc_array(
			tape->places, tape->value_room, sizeof(*tape->places));
	}
	tape->places[i].key = tape->key;
	tape->places[i].text = 0;
	tape->values[i].key_length = tape->key_length;
	tape->values[i].length = length;
	tape->values[i].inside = 0;
	tape->values[i].depth = tape->depth;
	tape->values[i].kind = kind;
	tape->count++;
	tape->key = tape->key_length = 0; /* the elements of an array have none */
	return length > 0 ? tape_text(tape, text, length, &tape->places[i].text) : 0;
}

/* json_reader keeps the depth below DEPTH_MAX. */
static int tape_open(struct tape *tape, enum wire_kind kind)
{
	if (tape_put(tape, kind, "", 0) < 0)
		return -1;
	tape->open[tape->depth++] = tape->count - 1;
	return 0;
}

static void tape_close(struct tape *tape)
{
	size_t i = tape->open[--tape->depth];

	tape->values[i].inside = tape->count - 1 - i;
}

static struct wire_row tape_row(struct tape *tape)
{
	struct wire_row row = { tape->values, tape->count };
	size_t i;

	for (i = 0; i < tape->count; i++) {
		tape->values[i].key = tape->text + tape->places[i].key;
		tape->values[i].text = tape->text + tape->places[i].text;
	}
	return row;
}

/* The keys of a row that came without; false where it is no row of them. */
static bool name_values(struct tape *tape, const struct name *names, size_t count)
{
	size_t i, n = 0;

	for (i = 0; i < tape->count; i++) {
		if (tape->values[i].depth > 0)
			continue;
		if (n == count)
			return false;
		tape->values[i].key = names[n].text;
		tape->values[i].key_length = names[n++].length;
	}
	return n == count;
}

static int misplace(struct wire_reader *reader)
{
	reader->misplaced = true;
	return -1;
}

static struct tape *current(struct wire_reader *reader)
{
	return reader->place == ROW ? &reader->row : &reader->parameters;
}

/* A value of the reply itself: only its error and `continues` mean something. */
static int take_top(
	struct wire_reader *reader, enum wire_kind kind, const char *text, size_t length)
{
	if (reader->skipped > 0)
		return 0;
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
	switch (reader->place) {
	case START:
	case ROWS:
		return misplace(reader);
	case TOP:
		return take_top(reader, kind, text, length);
	case PARAMETERS:
	case ROW:
	default:
		return tape_put(current(reader), kind, text, length) < 0 ? misplace(reader) : 0;
	}
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
	return take(ctx, WIRE_NUMBER, text, length);
}

static int on_string(void *ctx, const char *text, size_t length)
{
	return take(ctx, WIRE_STRING, text, length);
}

static int on_key(void *ctx, const char *text, size_t length)
{
	struct wire_reader *reader = ctx;

	if (reader->place != TOP)
		return tape_key(current(reader), text, length) < 0 ? misplace(reader) : 0;
	if (reader->skipped > 0)
		return 0;
	reader->key[0] = '\0';
	if (length < sizeof(reader->key)) {
		memcpy(reader->key, text, length);
		reader->key[length] = '\0';
	}
	return 0;
}

/* An object or an array that is a member's value begins, or one in it. */
static int nest(struct wire_reader *reader, enum wire_kind kind)
{
	if (reader->place == TOP) {
		reader->skipped++;
		return 0;
	}
	return tape_open(current(reader), kind) < 0 ? misplace(reader) : 0;
}

/* Whether it was one of those that ended. */
static bool unnest(struct wire_reader *reader)
{
	if (reader->skipped > 0) {
		reader->skipped--;
		return true;
	}
	if (reader->place < PARAMETERS || current(reader)->depth == 0)
		return false;
	tape_close(current(reader));
	return true;
}

static int begin_row(struct wire_reader *reader)
{
	reader->place = ROW;
	tape_clear(&reader->row);
	return 0;
}

static int end_row(struct wire_reader *reader)
{
	struct wire_row row = tape_row(&reader->row);

	reader->place = ROWS;
	if (reader->arrays && !name_values(&reader->row, reader->names, reader->name_count))
		return misplace(reader);
	return reader->listener->row == NULL
		       ? 0
		       : reader->listener->row(reader->ctx, reader->list, &row);
}

static int on_object(void *ctx)
{
	struct wire_reader *reader = ctx;

	if (reader->place == START) {
		reader->place = TOP;
		return 0;
	}
	if (reader->place == ROWS)
		return reader->arrays ? misplace(reader) : begin_row(reader);
	if (reader->place == TOP && reader->skipped == 0 &&
		strcmp(reader->key, "parameters") == 0) {
		reader->place = PARAMETERS;
		tape_clear(&reader->parameters);
		return 0;
	}
	return nest(reader, WIRE_OBJECT);
}

static int on_object_end(void *ctx)
{
	struct wire_reader *reader = ctx;

	if (unnest(reader))
		return 0;
	if (reader->place == ROW)
		return end_row(reader);
	reader->place = reader->place == PARAMETERS ? TOP : START;
	return 0;
}

/* The names in "fields", which stands in front of the arrays and stays where it is as
 * long as they pass. */
static void take_names(struct wire_reader *reader)
{
	struct wire_row parameters = tape_row(&reader->parameters);
	struct wire_row fields = wire_row_in(wire_row_get(&parameters, "fields"));
	const struct wire_value *name = NULL;

	reader->name_count = 0;
	reader->names = mem_realloc_array(reader->names, fields.count + 1, sizeof(*reader->names));
	while ((name = wire_row_next(&fields, name)) != NULL)
		reader->names[reader->name_count++] = (struct name){ name->text, name->length };
}

static bool is_rows(const char *name)
{
	return strcmp(name, "arrays") == 0 || strcmp(name, "items") == 0 ||
	       strcmp(name, "feeds") == 0 || strcmp(name, "rows") == 0 ||
	       strcmp(name, "events") == 0;
}

static int on_array(void *ctx)
{
	struct wire_reader *reader = ctx;
	struct tape *tape = &reader->parameters;
	const char *name;

	if (reader->place == ROWS && reader->arrays)
		return begin_row(reader);
	if (reader->place == START || reader->place == ROWS)
		return misplace(reader);
	if (reader->place == PARAMETERS && tape->depth == 0) {
		name = tape->text + tape->key;
		if (is_rows(name)) {
			snprintf(reader->list, sizeof(reader->list), "%s", name);
			reader->arrays = strcmp(name, "arrays") == 0;
			if (reader->arrays)
				take_names(reader);
			tape->key = tape->key_length = 0;
			reader->place = ROWS;
			return 0;
		}
	}
	return nest(reader, WIRE_ARRAY);
}

static int on_array_end(void *ctx)
{
	struct wire_reader *reader = ctx;

	if (unnest(reader))
		return 0;
	if (reader->place == ROW)
		return end_row(reader);
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

struct wire_reader *wire_reader_new(const struct wire_listener *listener, void *ctx)
{
	struct wire_reader *reader = MEM_NEW(struct wire_reader);

	reader->listener = listener;
	reader->ctx = ctx;
	return reader;
}

void wire_reader_free(struct wire_reader *reader)
{
	if (reader == NULL)
		return;
	json_reader_free(reader->json);
	tape_release(&reader->parameters);
	tape_release(&reader->row);
	free(reader->names);
	free(reader->error);
	free(reader);
}

static void begin_message(struct wire_reader *reader)
{
	reader->json = json_reader_new(&events, reader, DEPTH_MAX);
	reader->place = START;
	reader->skipped = 0;
	reader->continues = false;
	reader->misplaced = false;
	free(reader->error);
	reader->error = NULL;
	tape_clear(&reader->parameters);
}

static int tell_message(struct wire_reader *reader)
{
	const struct wire_listener *listener = reader->listener;
	struct wire_row parameters = tape_row(&reader->parameters);
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
