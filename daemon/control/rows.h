#ifndef CONTROL_ROWS_H
#define CONTROL_ROWS_H

#include <stdint.h>

#include "common/err.h"
#include "common/json.h"
#include "common/object.h"
#include "daemon/fetch/fetch.h"
#include "daemon/refresh.h"
#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"
#include "daemon/store/store_items.h"

/*
 * What the store tells, as the objects of common/object.def.  Every key is
 * always there; secrets never are.  Safe on any thread.
 */

/* Which fields of an object are wanted, bit n is its n-th. */
typedef uint64_t rows_mask;

rows_mask rows_mask_always(enum object_id object);
rows_mask rows_mask_bit(enum field_id field);
/* Those named; ERR_USAGE for a name that it has not. */
int rows_mask_of(enum object_id object, const char *const *names, size_t count, rows_mask *out_mask,
	struct err *err) MUST_USE;

int rows_field_of(
	enum object_id object, const char *name, enum field_id *out_id, struct err *err) MUST_USE;

/* Fields in an order, the caller's. */
struct rows_fields {
	enum field_id *ids;
	size_t count;
};

/* Each writes one object; cursors are those of `store`. */
void rows_put_item(struct json_writer *w, const struct store *store, const struct store_item *item,
	rows_mask mask);
/* The values alone, as an array; and as a member of a reply what they are. */
void rows_put_item_values(struct json_writer *w, const struct store *store,
	const struct store_item *item, const struct rows_fields *fields);
void rows_put_names(struct json_writer *w, const struct rows_fields *fields);
/* What to keep of an item that is to be written later, as bits of ITEM_TEXT()
 * (item_page.h): of long listings most texts are read and not written. */
struct rows_texts {
	uint32_t asked;     /* written where they are there */
	uint32_t for_title; /* and these where its title shows nothing, */
	uint32_t for_feed;  /* or that of its feed */
};
struct rows_texts rows_texts_of(rows_mask mask);
uint32_t rows_texts_kept(const struct rows_texts *texts, const struct store_item *item);
void rows_put_log(
	struct json_writer *w, const struct store *store, const struct store_log_row *row);
void rows_put_refresh(struct json_writer *w, const struct refresh_row *row);
void rows_put_hold(struct json_writer *w, const struct fetch_hold *hold);

/* An HTTP status, null where there was none. */
void rows_put_status(struct json_writer *w, unsigned status);
/* A list as the store keeps it, JSON; none is an empty one. */
void rows_put_array(struct json_writer *w, const char *json);

#endif
