/* Documents in many encodings, which are no part of this repository (FEEDD_CORPUS). */
#include <stdio.h>

#include "common/strip.h"
#include "tests/unit/feed/charsets.h"

static char *slurped(const char *path, size_t *out_length)
{
	FILE *file = fopen(path, "rb");
	char *data;
	long size;

	if (file == NULL)
		return NULL;
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	rewind(file);
	data = mem_alloc((size_t)size + 1);
	*out_length = fread(data, 1, (size_t)size, file);
	data[*out_length] = '\0';
	fclose(file);
	return data;
}

/* The string of `"key": "…"` in a line of flat JSON, unescaped, the caller's to
 * free(); NULL if it is null or not there. */
static char *member(const char *line, const char *key)
{
	char *start = mem_printf("\"%s\": \"", key);
	const char *at = strstr(line, start);
	struct buf value;

	buf_init(&value, 65536);
	if (at != NULL)
		at += strlen(start);
	free(start);
	if (at == NULL)
		return NULL;
	for (; *at != '"'; at++) {
		if (*at == '\\')
			at++;
		assert_int_equal(buf_add_byte(&value, *at), 0);
	}
	return buf_take(&value, NULL);
}

/* Copy without the marks of CDATA. */
static void add_without(struct buf *out, const char *text)
{
	while (*text != '\0') {
		if (strncmp(text, "<![CDATA[", 9) == 0)
			text += 9;
		else if (strncmp(text, "]]>", 3) == 0)
			text += 3;
		else
			assert_int_equal(buf_add_byte(out, *text++), 0);
	}
}

/* Without declaration, CDATA and references: these differ by charset. */
static char *essence(const char *text)
{
	const char *end = strncmp(text, "<?xml", 5) == 0 ? strstr(text, "?>") : NULL;
	struct buf once, twice;

	if (end != NULL)
		text = end + 2;
	text += strspn(text, " \r\n");
	buf_init(&once, TEXT_MAX);
	buf_init(&twice, TEXT_MAX);
	add_without(&once, text);
	assert_int_equal(strip_decode(once.data, once.length, false, &twice), 0);
	buf_clear(&once);
	assert_int_equal(strip_decode(twice.data, twice.length, false, &once), 0);
	buf_release(&twice);
	return buf_take(&once, NULL);
}

static void check_line(struct feed_charsets *charsets, const char *line)
{
	static const char *const keys[] = { "title", "item_title", "content_text" };
	char *file = member(line, "file"), *type = member(line, "content_type");
	char *same_as = member(line, "same_as");
	char *path = mem_printf("%s/encodings/%s", CORPUS_DIR, file);
	size_t length, i;
	char *bytes = slurped(path, &length), *text, *got;
	const char *name;

	assert_non_null(bytes);
	text = decoded(charsets, bytes, length, type != NULL ? type : "", &name);
	got = essence(text);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char *wanted = member(line, keys[i]);

		if (wanted != NULL && strstr(got, wanted) == NULL)
			fail_msg("%s (%s): no \"%s\"", file, name, wanted);
		free(wanted);
	}
	if (same_as != NULL) {
		char *real_path = mem_printf("%s/%s", CORPUS_DIR, same_as);
		char *real = slurped(real_path, &length), *want;

		assert_non_null(real);
		free(text);
		text = decoded(charsets, real, length, "", &name);
		want = essence(text);
		if (strcmp(want, got) != 0)
			fail_msg("%s differs from %s", file, same_as);
		free(want);
		free(real);
		free(real_path);
	}
	free(got);
	free(text);
	free(bytes);
	free(path);
	free(same_as);
	free(type);
	free(file);
}

static void every_encoding_of_the_corpus_gives_its_text(void **state)
{
	size_t length;
	char *manifest = slurped(CORPUS_DIR "/encodings/MANIFEST.jsonl", &length);
	char *line, *rest;

	if (manifest == NULL) {
		print_message("there is no corpus at " CORPUS_DIR "\n");
		skip();
	}
	for (line = strtok_r(manifest, "\n", &rest); line != NULL;
		line = strtok_r(NULL, "\n", &rest))
		check_line(*state, line);
	free(manifest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_encoding_of_the_corpus_gives_its_text),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
