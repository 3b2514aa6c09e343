#ifndef STORE_RULE_H
#define STORE_RULE_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/store/find.h"
#include "daemon/store/writer.h"

/*
 * Rules: what is done by itself with items that match an expression.  Those
 * that come are judged inside the transaction that brings them, before anybody
 * sees them.  Knows the actions; what matches is where_sql.h's matter.
 *
 * Words of `match` in a rule are looked for in an index of the new items alone,
 * since the store's own has them only later.
 */

/* Before one is added: 0, or ERR_REFUSED, for there are as many as are judged by. */
int rule_check_room(struct db *db, struct err *err) MUST_USE;

/* Items first..last, all of one document, have just been written and counted: do
 * to them what the rules say, in the order of the rules, but to those of `settled`
 * nothing: they were judged in another store, and what a person made of them then
 * has come with a restore.  *out_dropped is how many of them are gone (dropped.h). */
int rule_judge(struct writer *writer, int64_t first, int64_t last, const struct ids *settled,
	int64_t now_s, uint64_t *out_dropped, struct err *err) MUST_USE;

#endif
