#include "daemon/store/item_state.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/mark.h"
#include "daemon/store/tag.h"

struct state {
	bool read, starred;
	const char **tags; /* sorted, each once; into text */
	size_t tag_count;
	char *text;
};

static void state_release(struct state *state)
{
	free(state->tags);
	free(state->text);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_tags(struct state *state)
{
	size_t kept = 0, i;

	if (state->tag_count > 1)
		qsort(state->tags, state->tag_count, sizeof(*state->tags), by_text);
	for (i = 0; i < state->tag_count; i++)
		if (kept == 0 || strcmp(state->tags[kept - 1], state->tags[i]) != 0)
			state->tags[kept++] = state->tags[i];
	state->tag_count = kept;
}

static int take_tag(struct state *state, const char *tag, struct err *err)
{
	if (tag_check(tag, err) < 0)
		return -1;
	state->tags = mem_realloc_array(state->tags, state->tag_count + 1, sizeof(*state->tags));
	state->tags[state->tag_count++] = tag;
	return 0;
}

static int take_word(struct state *state, const char *word, struct err *err)
{
	if (strncmp(word, "tag:", 4) == 0)
		return take_tag(state, word + 4, err);
	if (strcmp(word, "read") == 0)
		state->read = true;
	else if (strcmp(word, "starred") == 0)
		state->starred = true;
	else if (word[0] != '\0')
		return err_set(err, ERR_USAGE, "this feedd does not know such states");
	return 0;
}

static void parse(const char *words, struct state *out)
{
	char *rest, *word;
	struct err ignored;

	memset(out, 0, sizeof(*out));
	rest = out->text = mem_strdup(words);
	while ((word = strsep(&rest, ",")) != NULL)
		(void)!take_word(out, word, &ignored);
	sort_tags(out);
}

/* An item that is being marked, and whether that has changed it. */
struct target {
	struct writer *writer;
	int64_t item_id, at_s;
	bool changed;
};

static int mark(struct target *target, enum store_mark what, const char *tag, struct err *err)
{
	int changed = mark_item(target->writer, target->item_id, what, tag, target->at_s, err);

	target->changed = target->changed || changed > 0;
	return changed < 0 ? -1 : 0;
}

static int put_on(struct target *target, const struct state *state, struct err *err)
{
	int result = 0;
	size_t i;

	if (state->read)
		result = mark(target, STORE_MARK_READ, NULL, err);
	if (state->starred && result == 0)
		result = mark(target, STORE_STAR, NULL, err);
	for (i = 0; i < state->tag_count && result == 0; i++)
		result = mark(target, STORE_TAG, state->tags[i], err);
	return result;
}

int item_state_check(const char *word, struct err *err)
{
	struct state state = { 0 };
	int result = take_word(&state, word, err);

	state_release(&state);
	return result;
}

int item_state_add(
	struct writer *writer, int64_t item_id, const char *words, int64_t at_s, struct err *err)
{
	struct target target = { writer, item_id, at_s, false };
	sqlite3_stmt *later = db_use(&writer->db, STATEMENT_RESTORE_LATER);
	struct state state;
	int result;

	db_bind_int(later, 1, item_id);
	db_bind_int(later, 2, at_s);
	if (db_get(&writer->db, later, &target.at_s, err) < 0)
		return -1;
	parse(words, &state);
	result = put_on(&target, &state, err);
	state_release(&state);
	return result < 0 ? -1 : target.changed;
}

int item_state_date(struct writer *writer, int64_t item_id, int64_t at_s, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_RESTORE_DATE);

	db_bind_int(put, 1, item_id);
	db_bind_int(put, 2, at_s);
	return db_run(&writer->db, put, err);
}

char *item_state_join(const char *a, const char *b)
{
	char *both = mem_printf("%s,%s", a, b), *out;
	struct state state;
	struct buf text;
	size_t i;

	parse(both, &state);
	buf_init(&text, strlen(both) + 2);
	if (state.read)
		(void)!buf_add_text(&text, ",read");
	if (state.starred)
		(void)!buf_add_text(&text, ",starred");
	for (i = 0; i < state.tag_count; i++)
		(void)!buf_printf(&text, ",tag:%s", state.tags[i]);
	out = mem_strdup(text.length > 0 ? text.data + 1 : "");
	buf_release(&text);
	state_release(&state);
	free(both);
	return out;
}
