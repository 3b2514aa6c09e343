#ifndef STORE_NAMES_H
#define STORE_NAMES_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/store/ident.h"

/*
 * What rows say of their feed, kept between pages: a listing of a million items
 * looks each of a thousand feeds up once.  Bounded; forgets all when the epoch
 * changes.  Belongs to one connection.
 */

struct name {
	int64_t feed_id;
	const char *title; /* the user's, the feed's own, or the URL */
	const char *url;
	const char *tags_json;
	enum ident_policy policy; /* how its items are told apart */
};

struct name_slot {
	struct name name;
	char *memory;
};

struct names {
	struct name_slot *slots; /* NULL until the first use */
	uint64_t epoch;
};

struct db;

void names_init(struct names *names);
void names_release(struct names *names);
/* Forget all if this is another epoch. */
void names_check(struct names *names, uint64_t epoch);

/* *out lives until the next call.  A feed that is not there has empty names. */
int names_find(struct names *names, struct db *db, int64_t feed_id, const struct name **out,
	struct err *err) MUST_USE;

#endif
