#include "daemon/store/restore_rules.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/internal.h"
#include "daemon/store/rule.h"
#include "daemon/store/rule_action.h"
#include "daemon/store/store_items.h"

/* A rule that was there before, and means feeds by their numbers. */
struct known_rule {
	int64_t id;
	char *actions;
	struct where_node *node;
};

void restore_rules_init(
	struct restore_rules *rules, struct restore *restore, dump_expr_find *find, void *ctx)
{
	memset(rules, 0, sizeof(*rules));
	rules->restore = restore;
	rules->find = find;
	rules->ctx = ctx;
}

void restore_rules_release(struct restore_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->known_count; i++) {
		free(rules->known[i].actions);
		where_free(rules->known[i].node);
	}
	free(rules->known);
}

/* ------------------------------------------------------ expressions ---- */

/* An expression as this store is to have it. */
struct expr {
	struct where_node *node;
	struct buf text;
	bool said;    /* the dump says which feeds its numbers mean */
	bool foreign; /* it has numbers, and the dump does not */
};

static void expr_release(struct expr *expr)
{
	where_free(expr->node);
	buf_release(&expr->text);
}

/* 1; 0: it is refused.  feeds: beside it in the line, or NULL. */
static int read_expr(struct restore_rules *rules, const char *what, const char *text, char *feeds,
	struct expr *out, struct err *err)
{
	const char *why_not = NULL;
	struct err why;
	int found = 1;

	if (store_where_check(text, &why) < 0 || where_parse(text, &out->node, &why) < 0)
		return restore_refuse(rules->restore, what, why.text);
	out->said = feeds != NULL;
	out->foreign = feeds == NULL && where_ids(out->node) != WHERE_NO_IDS;
	if (feeds != NULL)
		found = dump_expr_read(out->node, feeds, rules->find, rules->ctx, &why_not, err);
	if (found <= 0)
		return found < 0 ? -1 : restore_refuse(rules->restore, what, why_not);
	if ((feeds != NULL ? where_print(out->node, &out->text) : buf_add_text(&out->text, text)) <
		0)
		return restore_refuse(rules->restore, what, "it is too long with the numbers here");
	return 1;
}

/* A number would be another feed's or item's, or nobody's. */
static int refuse_foreign(struct restore_rules *rules, const char *what)
{
	return restore_refuse(rules->restore, what,
		"it means a feed or an item by a number of the store that it is from; add it with "
		"rssurl, feedtitle or guid in place of that");
}

static bool means(const char *text, const struct where_node *node)
{
	struct where_node *other;
	struct err ignored;
	bool same;

	if (where_parse(text, &other, &ignored) < 0)
		return false;
	same = where_equal(other, node);
	where_free(other);
	return same;
}

/* ---------------------------------------------------------- queries ---- */

/* Whether the one of that name stays as it is: 1 or 0.  A query has no time: nobody can
 * say that the dump's is later than one that is there. */
static int keeps_query(
	struct restore_rules *rules, const char *name, const struct expr *expr, struct err *err)
{
	struct db *db = &rules->restore->writer->db;
	sqlite3_stmt *get = db_use(db, STATEMENT_QUERY_GET);
	bool keeps;
	int found;

	db_bind_text(get, 1, name);
	found = db_step(db, get, err);
	if (found <= 0)
		return found;
	keeps = rules->restore->newer || strcmp(db_text(get, 0), expr->text.data) == 0 ||
		(expr->said && means(db_text(get, 0), expr->node));
	sqlite3_reset(get);
	return keeps;
}

static int put_query(
	struct restore_rules *rules, const char *name, const struct expr *expr, struct err *err)
{
	struct db *db = &rules->restore->writer->db;
	sqlite3_stmt *put;
	int keeps = keeps_query(rules, name, expr, err);

	if (keeps != 0)
		return keeps < 0 ? -1 : 0;
	if (expr->foreign)
		return refuse_foreign(rules, name);
	put = db_use(db, STATEMENT_QUERY_PUT);
	db_bind_text(put, 1, name);
	db_bind_text(put, 2, expr->text.data);
	return db_run(db, put, err);
}

int restore_rules_query(struct restore_rules *rules, char **fields, size_t count, struct err *err)
{
	struct expr expr = { 0 };
	int result;

	if (count != 3 && count != 4)
		return restore_refuse(rules->restore, "query", "a line of another shape");
	if (!store_is_query_name(fields[1]))
		return restore_refuse(rules->restore, fields[1], "no query has such a name");
	buf_init(&expr.text, WHERE_TEXT_MAX);
	result = read_expr(rules, fields[1], fields[2], count == 4 ? fields[3] : NULL, &expr, err);
	if (result > 0)
		result = put_query(rules, fields[1], &expr, err);
	expr_release(&expr);
	return result;
}

/* ------------------------------------------------------------ rules ---- */

/* Commas to line ends, each action checked. */
static int read_actions(char *actions, struct err *why)
{
	char *copy = mem_strdup(actions), *rest = copy, *action;
	int result = 0;

	while (result == 0 && (action = strsep(&rest, ",")) != NULL)
		result = rule_action_check(action, why);
	free(copy);
	for (; *actions != '\0'; actions++)
		if (*actions == ',')
			*actions = '\n';
	return result;
}

static void know_rule(struct restore_rules *rules, sqlite3_stmt *row)
{
	struct where_node *node;
	struct err ignored;

	if (where_parse(db_text(row, 1), &node, &ignored) < 0)
		return;
	if (where_ids(node) != WHERE_FEEDS) {
		where_free(node);
		return;
	}
	rules->known = mem_realloc_array(
		rules->known, rules->known_count + 1, sizeof(*rules->known));
	rules->known[rules->known_count++] = (struct known_rule){
		.id = db_int(row, 0), .actions = db_text_copy(row, 2), .node = node
	};
}

static int know_rules(struct restore_rules *rules, struct err *err)
{
	struct db *db = &rules->restore->writer->db;
	sqlite3_stmt *list;
	int found;

	if (rules->have_known)
		return 0;
	rules->have_known = true;
	list = db_use(db, STATEMENT_RULE_LIST);
	while ((found = db_step(db, list, err)) > 0)
		know_rule(rules, list);
	return found;
}

/* One that says the same in other words was written by a person here: 1, 0 or -1. */
static int find_alike(struct restore_rules *rules, const struct where_node *node,
	const char *actions, struct err *err)
{
	size_t i;

	if (know_rules(rules, err) < 0)
		return -1;
	for (i = 0; i < rules->known_count; i++)
		if (strcmp(rules->known[i].actions, actions) == 0 &&
			where_equal(rules->known[i].node, node)) {
			rules->last_id = rules->known[i].id;
			return 1;
		}
	return 0;
}

static int find_rule(
	struct restore_rules *rules, const struct expr *expr, const char *actions, struct err *err)
{
	struct db *db = &rules->restore->writer->db;
	sqlite3_stmt *find = db_use(db, STATEMENT_RESTORE_RULE_FIND);
	int found;

	db_bind_text(find, 1, expr->text.data);
	db_bind_text(find, 2, actions);
	found = db_get(db, find, &rules->last_id, err);
	return found != 0 || !expr->said ? found : find_alike(rules, expr->node, actions, err);
}

/* Behind the one before it, where one that was removed has left room: in that order they
 * are applied.  Else it is the last. */
static int add_rule(
	struct restore_rules *rules, const struct expr *expr, const char *actions, struct err *err)
{
	struct db *db = &rules->restore->writer->db;
	sqlite3_stmt *add;
	struct err why;

	if (rule_check_room(db, &why) < 0) {
		if (why.code == ERR_REFUSED)
			return restore_refuse(rules->restore, expr->text.data, why.text);
		*err = why;
		return -1;
	}
	add = db_use(db, STATEMENT_RESTORE_RULE);
	db_bind_text(add, 1, expr->text.data);
	db_bind_text(add, 2, actions);
	db_bind_int(add, 3, rules->restore->now_s);
	db_bind_int(add, 4, rules->last_id + 1);
	if (db_run(db, add, err) < 0)
		return -1;
	rules->last_id = sqlite3_last_insert_rowid(db->handle);
	return 0;
}

static int put_rule(
	struct restore_rules *rules, const struct expr *expr, const char *actions, struct err *err)
{
	int found = find_rule(rules, expr, actions, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	return expr->foreign ? refuse_foreign(rules, expr->text.data)
			     : add_rule(rules, expr, actions, err);
}

int restore_rules_rule(struct restore_rules *rules, char **fields, size_t count, struct err *err)
{
	struct expr expr = { 0 };
	struct err why;
	int result;

	if (count != 3 && count != 4)
		return restore_refuse(rules->restore, "rule", "a line of another shape");
	if (read_actions(fields[2], &why) < 0)
		return restore_refuse(rules->restore, fields[1], why.text);
	buf_init(&expr.text, WHERE_TEXT_MAX);
	result = read_expr(rules, fields[1], fields[1], count == 4 ? fields[3] : NULL, &expr, err);
	if (result > 0)
		result = put_rule(rules, &expr, fields[2], err);
	expr_release(&expr);
	return result;
}
