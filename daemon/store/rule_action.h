#ifndef STORE_RULE_ACTION_H
#define STORE_RULE_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/store/find.h"
#include "daemon/store/writer.h"

/* What a rule does to items: "mark-read", "star", "tag T", "drop", one a line. */

/* ERR_USAGE. */
int rule_action_check(const char *action, struct err *err) MUST_USE;

/*
 * Do all actions but drop, of which *out_drops tells.  rule_id: remember each
 * for undo; 0: do not.  *out_changed (or NULL) is how many items changed.
 */
int rule_action_do(struct writer *writer, const char *actions, const struct ids *ids, int64_t now_s,
	int64_t rule_id, bool *out_drops, uint64_t *out_changed, struct err *err) MUST_USE;

#endif
