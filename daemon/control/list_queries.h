#ifndef CONTROL_LIST_QUERIES_H
#define CONTROL_LIST_QUERIES_H

#include <stddef.h>

#include "common/err.h"
#include "common/json.h"
#include "daemon/store/store.h"

/*
 * The queries of a list that is imported, which become saved queries here, one
 * after the other.  Knows nothing of feeds.
 */

/* Each is committed on its own, and a list may be of hundreds of megabytes. */
#define LIST_QUERIES_MAX 1000u

struct list_query {
	char *word; /* as it stands in the list */
	char *name, *expr;
	bool refused;   /* when it was to be saved */
	struct err err; /* why */
};

struct list_queries {
	struct list_query *rows;
	size_t count, at;
	struct store *store;
	void (*done)(void *ctx);
	void *ctx;
};
void list_queries_release(struct list_queries *queries);

/* -1: it can't be one here, or there are LIST_QUERIES_MAX; of it nothing is kept. */
int list_queries_add(struct list_queries *queries, const char *word, const char *name,
	const char *expr, struct err *err) MUST_USE;
/* `done` when each is saved or refused; at once where there is none. */
void list_queries_save(
	struct list_queries *queries, struct store *store, void (*done)(void *ctx), void *ctx);

/* Strings: what was saved under which name. */
void list_queries_put_notes(const struct list_queries *queries, struct json_writer *w);

#endif
