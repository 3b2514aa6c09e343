#ifndef STORE_FIND_H
#define STORE_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/store/db.h"

/*
 * Items by what people call them: an id, or a link or guid, which means every
 * item that has it.
 */

struct ids {
	int64_t *values;
	size_t count, capacity;
};
void ids_add(struct ids *ids, int64_t id);
bool ids_have(const struct ids *ids, int64_t id); /* goes through them */
void ids_release(struct ids *ids);

/* Into their order, each once: how many are left. */
size_t ids_sort_once(int64_t *ids, size_t count);
void ids_sort(int64_t *ids, size_t count); /* with those that are there twice */

/* Append the items of a word, which is an id, else a link or a guid and means all
 * that have it as either: 1, 0 if there is none, -1. */
int find_word(struct db *db, const char *word, struct ids *ids, struct err *err) MUST_USE;

/* Whether a feed's title or URL has that part, case aside, in any script. */
bool find_part(const char *title, const char *url, const char *part);

/* The first id of what came behind a seq, be it there or not: ids and added_seq rise
 * together, so it is found by halving. */
int find_first_behind(struct db *db, uint64_t seq, int64_t *out_id, struct err *err) MUST_USE;

/* A decimal number: 1 and its value, or 0.  One that is too large for an id is
 * INT64_MAX; like 0, nothing has it. */
int find_number(const char *word, int64_t *out);

#endif
