#include "daemon/control/call.h"

#include <stdio.h>

#include "common/time.h"

/* What a call says, as its handler asks for it: the table's types were checked before. */

static const json_t *value_of(const struct call *call, const char *name)
{
	const json_t *value = json_object_get(call->parameters, name);

	return value != NULL && !json_is_null(value) ? value : NULL;
}

const char *call_text(const struct call *call, const char *name)
{
	const json_t *value = value_of(call, name);

	return value != NULL ? json_string_value(value) : NULL;
}

bool call_flag(const struct call *call, const char *name)
{
	return json_is_true(json_object_get(call->parameters, name));
}

bool call_has(const struct call *call, const char *name)
{
	return value_of(call, name) != NULL;
}

uint64_t call_count(const struct call *call, const char *name, uint64_t absent)
{
	const json_t *value = value_of(call, name);

	return value != NULL ? (uint64_t)json_integer_value(value) : absent;
}

/* A string as it is; a number as its digits, written to *digits. */
static const char *word_of(const json_t *value, char **digits)
{
	char *word = *digits;

	if (json_is_string(value))
		return json_string_value(value);
	*digits += sprintf(word, "%" JSON_INTEGER_FORMAT, json_integer_value(value)) + 1;
	return word;
}

const char *const *call_words(struct call *call, const char *name, size_t *out_count)
{
	const json_t *value = value_of(call, name);
	size_t count = json_is_array(value) ? json_array_size(value) : value != NULL;
	const char **words = call_keep(call, count + 1, sizeof(*words));
	size_t i, numbers = 0;
	char *digits;

	for (i = 0; i < count; i++)
		numbers += json_is_integer(json_is_array(value) ? json_array_get(value, i) : value);
	digits = call_keep(call, numbers + 1, 24);
	for (i = 0; i < count; i++)
		words[i] = word_of(
			json_is_array(value) ? json_array_get(value, i) : value, &digits);
	if (out_count != NULL)
		*out_count = count;
	return words;
}

int call_time(const struct call *call, const char *name, int64_t *out_s, uint64_t *out_seq,
	struct err *err)
{
	const char *text = call_text(call, name);

	if (text == NULL)
		return 0;
	if (text[0] == 'c' && store_cursor_parse(call->parts->store, text, out_seq, err) < 0)
		return err_prefix(err, "%s", name);
	if (text[0] != 'c' && time_parse(text, out_s) < 0)
		return err_set(err, ERR_USAGE, "%s: neither a time of RFC 3339 nor a cursor", name);
	return 0;
}
