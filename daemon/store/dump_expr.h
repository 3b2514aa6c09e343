#ifndef STORE_DUMP_EXPR_H
#define STORE_DUMP_EXPR_H

#include "common/buf.h"
#include "daemon/store/db.h"
#include "daemon/store/where.h"

/*
 * Expressions in a dump.  A feed's number is this store's alone: there each of them is the
 * place, from 1 on, of the feed's address in a list beside the expression, parted by
 * blanks.
 */
struct dump_expr {
	struct buf text, feeds;
};
void dump_expr_init(struct dump_expr *said);
void dump_expr_release(struct dump_expr *said);

/* 1; 0: it has no such number, or more than addresses can say (an order of them, a feed
 * that is gone, an item's number), and stands in the dump as it is. */
int dump_expr_write(
	struct db *db, const char *expr, struct dump_expr *out_said, struct err *err) MUST_USE;

/* This store's number of the feed of an address: 1; 0: there is none. */
typedef int dump_expr_find(void *ctx, const char *url, int64_t *out_id, struct err *err);

/* The other way, in the tree of such an expression; the list is taken apart.  1; 0, with
 * *out_why (static): it can't be done; the tree is of no use then. */
int dump_expr_read(struct where_node *node, char *feeds, dump_expr_find *find, void *ctx,
	const char **out_why, struct err *err) MUST_USE;

#endif
