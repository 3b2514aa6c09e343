#ifndef STORE_RULE_ACTION_H
#define STORE_RULE_ACTION_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/store/find.h"
#include "daemon/store/undo_log.h"
#include "daemon/store/writer.h"

/* What a rule does to items: "mark-read", "star", "tag T", "drop", one a line. */

/* ERR_USAGE. */
int rule_action_check(const char *action, struct err *err) MUST_USE;

/* Do all of them and remember each for undo; *out_changed grows by how many
 * items changed.  What is starred is not dropped. */
int rule_action_do(struct writer *writer, const char *actions, const struct ids *ids, int64_t now_s,
	const struct undo_author *author, uint64_t *out_changed, struct err *err) MUST_USE;

#endif
