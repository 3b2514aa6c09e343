#ifndef STORE_RESTORE_RULES_H
#define STORE_RESTORE_RULES_H

#include "daemon/store/dump_expr.h"
#include "daemon/store/restore.h"

/* Saved queries and rules of a dump.  Knows no lines but theirs. */

struct restore_rules {
	struct restore *restore;
	dump_expr_find *find;
	void *ctx;
	int64_t last_id; /* of the rule that was read last; 0: none was */
	struct known_rule *known;
	size_t known_count;
	bool have_known;
};
void restore_rules_init(
	struct restore_rules *rules, struct restore *restore, dump_expr_find *find, void *ctx);
void restore_rules_release(struct restore_rules *rules);

/* A line's fields; what can't be put back is refused.  0, or -1. */
int restore_rules_query(
	struct restore_rules *rules, char **fields, size_t count, struct err *err) MUST_USE;
int restore_rules_rule(
	struct restore_rules *rules, char **fields, size_t count, struct err *err) MUST_USE;

#endif
