#include "ctl/input.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ctl/files.h"
#include "ctl/row.h"

#define INPUT_MAX ((size_t)512 << 20)
#define VALUE_MAX ((size_t)1 << 20)

static void add(struct words *words, char *word)
{
	if ((words->count & (words->count - 1)) == 0) {
		size_t room = words->count == 0 ? 1 : words->count * 2;

		words->list = mem_realloc_array(words->list, room, sizeof(char *));
	}
	words->list[words->count++] = word;
}

/* A list, an empty text or one with a NUL in it names nothing. */
static bool names_item(const struct wire_value *id)
{
	return (value_is_text(id) || value_is_number(id)) && id->length > 0 &&
	       memchr(id->text, '\0', id->length) == NULL;
}

static int on_object(void *ctx, const struct wire_row *object, bool continues)
{
	const struct wire_value *id = wire_row_get(object, "id");

	(void)continues;
	if (names_item(id) && *(char **)ctx == NULL)
		*(char **)ctx = mem_strndup(id->text, id->length);
	return 0;
}

/*
 * The id of a JSON object, written over its beginning; NULL if it has none that names
 * anything.  It is read as what it came as: the parameters of a reply.
 */
static char *id_of(char *record, size_t length)
{
	static const struct wire_listener listener = { .reply = on_object };
	static const char before[] = "{\"parameters\":", behind[] = "}"; /* and its NUL */
	char *id = NULL;
	struct wire_reader *reader = wire_reader_new(&listener, &id);
	struct err err;

	if (wire_read(reader, before, sizeof(before) - 1, &err) < 0 ||
		wire_read(reader, record, length, &err) < 0 ||
		wire_read(reader, behind, sizeof(behind), &err) < 0 || id == NULL)
		record = NULL;
	else
		memcpy(record, id, strlen(id) + 1); /* its JSON was longer */
	free(id);
	wire_reader_free(reader);
	return record;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static size_t blanks(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && is_blank(text[n]))
		n++;
	return n;
}

/* A NUL in a line is no end of its word: the word is none that is known, and is to
 * be told as that. */
static void show_nuls(char *word, size_t length)
{
	char *nul;

	while ((nul = memchr(word, '\0', length)) != NULL)
		*nul = '?';
}

void input_split(char *text, size_t length, bool null_ended, struct words *out_words)
{
	char *at = text, *end = text + length;

	memset(out_words, 0, sizeof(*out_words));
	out_words->data = text;
	while (at < end) {
		char *next = memchr(at, null_ended ? '\0' : '\n', (size_t)(end - at));
		size_t n = (size_t)((next != NULL ? next : end) - at);
		size_t from = blanks(at, n), to = from;
		char *word = NULL;

		if (from < n && at[from] == '{')
			word = id_of(at + from, n - from);
		if (word == NULL) {
			while (to < n && !is_blank(at[to]))
				to++;
			show_nuls(at + from, to - from);
			at[to] = '\0'; /* behind the end there is a NUL anyway */
			word = at + from;
		}
		if (word[0] != '\0')
			add(out_words, word);
		at += n + 1;
	}
}

int input_read(bool null_ended, struct words *out_words, struct err *err)
{
	char *text;
	size_t length;

	if (files_read("-", INPUT_MAX, &text, &length, err) < 0)
		return -1;
	input_split(text, length, null_ended, out_words);
	return 0;
}

void input_release(struct words *words)
{
	free(words->list);
	free(words->data);
	memset(words, 0, sizeof(*words));
}

/* What stood in a file; a pipe has it only once, and a call may be made of it in several
 * parts. */
struct kept {
	struct kept *next;
	char *name, *path, *text;
};
static struct kept *all_kept;

static const char *find_kept(const char *name, const char *path)
{
	const struct kept *kept = all_kept;

	while (kept != NULL && (strcmp(kept->path, path) != 0 || strcmp(kept->name, name) != 0))
		kept = kept->next;
	return kept != NULL ? kept->text : NULL;
}

static void keep(const char *name, const char *path, const char *text)
{
	struct kept *kept = MEM_NEW(struct kept);

	kept->name = mem_strdup(name);
	kept->path = mem_strdup(path);
	kept->text = mem_strdup(text);
	kept->next = all_kept;
	all_kept = kept;
}

int input_value(const char *name, const char *value, char **out_value, struct err *err)
{
	const char *known = value[0] == '@' ? find_kept(name, value + 1) : value;
	size_t length;

	if (known != NULL) {
		*out_value = mem_strdup(known);
		return 0;
	}
	if (files_read(value + 1, VALUE_MAX, out_value, &length, err) < 0)
		return -1;
	while (length > 0 && ((*out_value)[length - 1] == '\n' || (*out_value)[length - 1] == '\r'))
		(*out_value)[--length] = '\0';
	if (length > 0 && memchr(*out_value, '\0', length) == NULL) {
		keep(name, value + 1, *out_value);
		return 0;
	}
	free(*out_value);
	if (length == 0)
		return err_set(err, ERR_USAGE, "%s: nothing stands in %s", name,
			strcmp(value, "@-") == 0 ? "standard input" : value + 1);
	return err_set(err, ERR_USAGE, "what stands in %s has a NUL byte in it", value + 1);
}
