#include "daemon/control/list_queries.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/store_items.h"

void list_queries_release(struct list_queries *queries)
{
	size_t i;

	for (i = 0; i < queries->count; i++) {
		free(queries->rows[i].word);
		free(queries->rows[i].name);
		free(queries->rows[i].expr);
	}
	free(queries->rows);
}

int list_queries_add(struct list_queries *queries, const char *word, const char *name,
	const char *expr, struct err *err)
{
	struct list_query *row;

	if (!store_is_query_name(name))
		return err_set(err, ERR_REFUSED, "its name can't be one here");
	if (store_where_check(expr, err) < 0)
		return -1;
	if (queries->count == LIST_QUERIES_MAX)
		return err_set(err, ERR_TOO_BIG, "a list has at most %u queries", LIST_QUERIES_MAX);
	queries->rows = mem_realloc_array(
		queries->rows, queries->count + 1, sizeof(*queries->rows));
	row = &queries->rows[queries->count++];
	row->word = mem_strdup(word);
	row->name = mem_strdup(name);
	row->expr = mem_strdup(expr);
	row->refused = false;
	return 0;
}

static void save_next(struct list_queries *queries);

static void on_saved(void *ctx, const struct err *err)
{
	struct list_queries *queries = ctx;
	struct list_query *row = &queries->rows[queries->at++];

	row->refused = err != NULL;
	if (err != NULL)
		row->err = *err;
	save_next(queries);
}

static void save_next(struct list_queries *queries)
{
	if (queries->at == queries->count)
		queries->done(queries->ctx);
	else
		store_query_add(queries->store, queries->rows[queries->at].name,
			queries->rows[queries->at].expr, on_saved, queries);
}

void list_queries_save(
	struct list_queries *queries, struct store *store, void (*done)(void *ctx), void *ctx)
{
	queries->store = store;
	queries->done = done;
	queries->ctx = ctx;
	save_next(queries);
}

void list_queries_put_notes(const struct list_queries *queries, struct json_writer *w)
{
	size_t i;

	for (i = 0; i < queries->count; i++) {
		char *note;

		if (queries->rows[i].refused)
			continue;
		note = mem_printf(
			"query:%s is saved: %s", queries->rows[i].name, queries->rows[i].expr);
		json_put_string(w, note);
		free(note);
	}
}
