/*
 * Saved queries and rules.  (RuleTest is in cmd_items.c: it lists.)
 */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "daemon/control/call.h"
#include "daemon/store/store_items.h"

/* ----------------------------------------------------------- queries ---- */

/* For both of its ways; `removed` counts, or the query is told as it is now. */
static void on_query_put(void *ctx, const struct err *err)
{
	struct call *call = ctx;
	const char *expr = call_text(call, "expr");
	struct json_writer *w;

	if (call_commit_failed(call, err))
		return;
	w = call_reply(call);
	json_put_key(w, expr != NULL ? "name" : "removed");
	if (expr != NULL) {
		json_put_string(w, call_text(call, "name"));
		json_put_key(w, "expr");
		json_put_string(w, expr);
		json_put_key(w, "error");
		json_put_null(w); /* it could be read just now */
	} else {
		json_put_int(w, 1);
	}
	call_end(call);
}

void cmd_QUERY_ADD(struct call *call)
{
	const char *name = call_text(call, "name"), *expr = call_text(call, "expr");
	struct err err;

	if (!store_is_query_name(name)) {
		call_refuse(call, ERR_USAGE,
			"a query's name has no blank, control character, comma or colon, and at "
			"most 100 bytes");
		return;
	}
	if (store_where_check(expr, &err) < 0) {
		call_fail(call, &err);
		return;
	}
	call->committed = true;
	store_query_put(call->parts->store, name, expr, on_query_put, call);
}

void cmd_QUERY_REMOVE(struct call *call)
{
	call->committed = true;
	store_query_put(call->parts->store, call_text(call, "name"), NULL, on_query_put, call);
}

static int on_query(void *ctx, const char *name, const char *expr, const char *why)
{
	struct json_writer *w = &((struct call *)ctx)->w;

	json_put_object(w);
	json_put_key(w, "name");
	json_put_string(w, name);
	json_put_key(w, "expr");
	json_put_string(w, expr);
	json_put_key(w, "error");
	json_put_string(w, why);
	json_put_object_end(w);
	return 0;
}

void cmd_QUERY_LIST(struct call *call)
{
	call_begin_rows(call);
	call->read = store_queries(call->parts->store, on_query, call_end_rows, call);
}

/* ------------------------------------------------------------- rules ---- */

struct new_rule {
	struct call *call;
	const char **actions; /* NULL-ended */
	int64_t id;
};

static int on_rule(
	void *ctx, int64_t id, const char *expr, const char *action, uint64_t hits, const char *why)
{
	struct json_writer *w = &((struct call *)ctx)->w;

	json_put_object(w);
	json_put_key(w, "id");
	json_put_int(w, id);
	json_put_key(w, "expr");
	json_put_string(w, expr);
	json_put_key(w, "action");
	json_put_string(w, action);
	json_put_key(w, "hits");
	json_put_uint(w, hits);
	json_put_key(w, "error");
	json_put_string(w, why);
	json_put_object_end(w);
	return 0;
}

void cmd_RULE_LIST(struct call *call)
{
	call_begin_rows(call);
	call->read = store_rules(call->parts->store, on_rule, call_end_rows, call);
}

/* The new rule alone of all that there are. */
static int on_new_rule(
	void *ctx, int64_t id, const char *expr, const char *action, uint64_t hits, const char *why)
{
	struct new_rule *rule = ctx;

	return id == rule->id ? on_rule(rule->call, id, expr, action, hits, why) : 0;
}

static void on_new_rules(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct new_rule *rule = ctx;

	call_end_rows(rule->call, rows, more, err);
}

static void on_rule_added(void *ctx, int64_t rule_id, const struct err *err)
{
	struct new_rule *rule = ctx;
	struct call *call = rule->call;

	if (call_commit_failed(call, err))
		return;
	rule->id = rule_id;
	call_begin_rows(call);
	call->read = store_rules(call->parts->store, on_new_rule, on_new_rules, rule);
}

/* "tag" and the word behind it are one action, whether they came as one word
 * or as two. */
static void join_actions(struct call *call, struct new_rule *rule)
{
	size_t count, i, n = 0;
	const char *const *words = call_words(call, "actions", &count);

	rule->actions = call_keep(call, count + 1, sizeof(*rule->actions));
	for (i = 0; i < count; i++) {
		char *joined;

		if (strcmp(words[i], "tag") != 0 || i + 1 == count) {
			rule->actions[n++] = words[i];
			continue;
		}
		joined = call_keep(call, strlen(words[i + 1]) + sizeof("tag "), 1);
		strcpy(joined, "tag ");
		strcat(joined, words[++i]);
		rule->actions[n++] = joined;
	}
}

void cmd_RULE_ADD(struct call *call)
{
	struct new_rule *rule = call_keep(call, 1, sizeof(*rule));
	const char *expr = call_text(call, "expr");
	struct err err;

	rule->call = call;
	if (store_where_check(expr, &err) < 0) {
		call_fail(call, &err);
		return;
	}
	join_actions(call, rule);
	if (rule->actions[0] == NULL) {
		call_refuse(call, ERR_USAGE, "which action? mark-read, star, tag T, drop");
		return;
	}
	call->committed = true;
	store_rule_add(call->parts->store, expr, rule->actions, clock_now_s(), on_rule_added, rule);
}

static void on_rule_removed(void *ctx, uint64_t changed, const struct err *err)
{
	struct call *call = ctx;

	if (call_commit_failed(call, err))
		return;
	if (changed > 0)
		call_end_counted(call, changed);
	else
		call_refuse(call, ERR_NOT_FOUND, "there is no rule %llu",
			(unsigned long long)call_count(call, "rule", 0));
}

static int64_t rule_id(const struct call *call)
{
	return (int64_t)call_count(call, "rule", 0);
}

void cmd_RULE_REMOVE(struct call *call)
{
	call->committed = true;
	store_rule_remove(call->parts->store, rule_id(call), on_rule_removed, call);
}

/* As of marks by an expression, the items are read before. */
struct applied {
	struct call *call;
	struct store_filter filter;
};

static void on_rule_items(void *ctx, const int64_t *ids, size_t count, const struct err *err)
{
	const struct applied *applied = ctx;
	struct call *call = applied->call;

	if (call_read_failed(call, err))
		return;
	call_commits(call);
	store_rule_apply(call->parts->store, rule_id(call), ids, count, applied->filter.now_s,
		call_changed_items, call);
}

static void on_rule_ready(void *ctx, const char *expr, uint64_t bound_seq, const struct err *err)
{
	struct applied *applied = ctx;
	struct call *call = applied->call;

	if (call_commit_failed(call, err) || !call_only_reads(call))
		return;
	applied->filter.where = expr;
	call->read = store_select(
		call->parts->store, &applied->filter, bound_seq, on_rule_items, applied);
	applied->filter.where = NULL; /* it was copied, and ends here */
}

void cmd_RULE_APPLY(struct call *call)
{
	struct applied *applied = call_keep(call, 1, sizeof(*applied));
	struct store_filter *filter = &applied->filter;
	struct err err;

	applied->call = call;
	filter->read = STORE_ANY;
	filter->starred = -1;
	filter->since_s = filter->added_since_s = INT64_MIN;
	filter->until_s = INT64_MAX;
	filter->now_s = clock_now_s();
	if (call_time(call, "since", &filter->since_s, &filter->since_seq, &err) < 0) {
		call_fail(call, &err);
		return;
	}
	call->committed = true;
	store_rule_wait(call->parts->store, rule_id(call), on_rule_ready, applied);
}
