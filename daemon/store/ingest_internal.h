#ifndef STORE_INGEST_INTERNAL_H
#define STORE_INGEST_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/store/identity.h"
#include "daemon/store/ingest.h"
#include "daemon/store/item.h"
#include "daemon/store/shown.h"

/*
 * What the ways of a document into the store share: ingest.c has its items,
 * ingest_stored.c those that we have, ingest_feed.c what it says of the feed itself.
 */

/* The feed's row, as it was. */
struct feed_row {
	char *url, *own_title, *site_url;
	int64_t initial_s; /* DATE_NONE: this is the first document */
	enum ident_policy policy;
	int64_t last_item_s;
	int64_t total;
	int64_t last_ok_s;
	int64_t every_s; /* -1: as the setting says */
};

/*
 * One document on its way in.
 *
 *	feed row, shown  ->  policy  ->  incoming  ->  keys  ->  aliases
 *	   ->  items written  ->  shown, feed, poll, validators, log
 */
struct scene {
	struct writer *writer;
	struct store_ingest *in;
	struct store_delta *delta;
	struct feed_row feed;
	struct incoming *incoming;
	size_t count;
	struct shown_list shown; /* by the last document */
	bool shown_renamed;      /* its keys are those of another policy */
	bool shown_otherwise;    /* of what that showed this one says something else */
	struct stored *stored;   /* all live items, by item_id, once somebody asked */
	size_t stored_count;
	bool stored_read;
	struct item_rows rows;
	bool initial;
	bool backfill;
	unsigned unread; /* of those that were inserted */
};

/* NULL: no key of it has an ident. */
int ingest_stored_find(
	struct scene *scene, int64_t item_id, struct stored **out_stored, struct err *err) MUST_USE;
/* From now on that key of the item has its ident, and that one. */
void ingest_stored_renew(struct scene *scene, const struct incoming *in);
/* Whether the item that we have has the same title, or the document leaves it out, and a
 * link that leads to the same page, but for white space and queries: 1, 0, -1.  `old` is
 * its ident. */
int ingest_stored_is_named(struct scene *scene, const struct incoming *in, const struct ident *old,
	struct err *err) MUST_USE;
/* What is new by its key may be known by an alias. */
int ingest_stored_alias(struct scene *scene, struct err *err) MUST_USE;

/* ERR_NOT_FOUND if the feed is gone, ERR_CANCELLED if it was asked for elsewhere. */
int ingest_read_feed(struct scene *scene, struct err *err) MUST_USE;
/* Its name and dates; then its validators, its schedule, unless that stays, and its log. */
int ingest_write_feed(struct scene *scene, struct err *err) MUST_USE;
int ingest_write_poll(struct scene *scene, struct err *err) MUST_USE;
int ingest_write_log(struct scene *scene, struct err *err) MUST_USE;

#endif
