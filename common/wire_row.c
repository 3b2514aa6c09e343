#include "common/wire.h"

#include <stdio.h>
#include <string.h>

const struct wire_value *wire_row_next(const struct wire_row *row, const struct wire_value *before)
{
	const struct wire_value *next = before != NULL ? before + 1 + before->inside : row->values;

	return row->count > 0 && next < row->values + row->count ? next : NULL;
}

const struct wire_value *wire_row_get(const struct wire_row *row, const char *key)
{
	size_t length = strlen(key);
	const struct wire_value *value = NULL;

	while ((value = wire_row_next(row, value)) != NULL) {
		if (value->key_length == length && memcmp(value->key, key, length) == 0)
			break;
	}
	return value;
}

struct wire_row wire_row_in(const struct wire_value *value)
{
	struct wire_row row = { NULL, 0 };

	if (value != NULL) {
		row.values = value + 1;
		row.count = value->inside;
	}
	return row;
}

/* Recursion is no deeper than a reader lets values be. */
void wire_put_value(struct json_writer *w, const struct wire_value *value)
{
	struct wire_row inside;
	const struct wire_value *one = NULL;

	switch (value->kind) {
	case WIRE_NULL:
		json_put_null(w);
		return;
	case WIRE_STRING:
		json_put_text(w, value->text, value->length);
		return;
	case WIRE_OBJECT:
		inside = wire_row_in(value);
		wire_put_row(w, &inside);
		return;
	case WIRE_ARRAY:
		inside = wire_row_in(value);
		json_put_array(w);
		while ((one = wire_row_next(&inside, one)) != NULL)
			wire_put_value(w, one);
		json_put_array_end(w);
		return;
	case WIRE_FALSE:
	case WIRE_TRUE:
	case WIRE_NUMBER:
	default:
		json_put_raw(w, value->text);
		return;
	}
}

void wire_put_row(struct json_writer *w, const struct wire_row *row)
{
	const struct wire_value *value = NULL;

	json_put_object(w);
	while ((value = wire_row_next(row, value)) != NULL) {
		json_put_key_text(w, value->key, value->key_length);
		wire_put_value(w, value);
	}
	json_put_object_end(w);
}

int wire_put_call(struct buf *out, const char *method, const char *parameters, unsigned flags)
{
	size_t before = out->length;
	struct json_writer w;
	char name[100];

	snprintf(name, sizeof(name), "%s%s", strchr(method, '.') == NULL ? WIRE_INTERFACE "." : "",
		method);
	json_begin(&w, out);
	json_put_object(&w);
	json_put_key(&w, "method");
	json_put_string(&w, name);
	if (parameters != NULL) {
		json_put_key(&w, "parameters");
		json_put_raw(&w, parameters);
	}
	if ((flags & WIRE_MORE) != 0) {
		json_put_key(&w, "more");
		json_put_bool(&w, true);
	}
	if ((flags & WIRE_ONEWAY) != 0) {
		json_put_key(&w, "oneway");
		json_put_bool(&w, true);
	}
	json_put_object_end(&w);
	if (json_ok(&w) && buf_add_byte(out, '\0') == 0)
		return 0;
	buf_cut(out, before);
	return -1;
}
