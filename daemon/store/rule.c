#include "daemon/store/rule.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/rule_action.h"
#include "daemon/store/where_sql.h"

#define RULES_MAX 1000

struct rule {
	int64_t id;
	char *expr, *actions;
};

struct rules {
	struct rule *rows;
	size_t count;
};

static int read_rules(struct db *db, struct rules *rules, struct err *err)
{
	sqlite3_stmt *list = db_use(db, STATEMENT_RULE_LIST);
	int found;

	while ((found = db_step(db, list, err)) > 0 && rules->count < RULES_MAX) {
		struct rule *rule;

		rules->rows = mem_realloc_array(
			rules->rows, rules->count + 1, sizeof(*rules->rows));
		rule = &rules->rows[rules->count++];
		rule->id = db_int(list, 0);
		rule->expr = db_text_copy(list, 1);
		rule->actions = db_text_copy(list, 2);
	}
	sqlite3_reset(list);
	return found < 0 ? -1 : 0;
}

static void rules_release(struct rules *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		free(rules->rows[i].expr);
		free(rules->rows[i].actions);
	}
	free(rules->rows);
}

int rule_check_room(struct db *db, struct err *err)
{
	int64_t count = 0;

	if (db_get(db, db_use(db, STATEMENT_RULE_COUNT), &count, err) < 0)
		return -1;
	return count < RULES_MAX
		       ? 0
		       : err_set(err, ERR_REFUSED, "there are no more than %d rules", RULES_MAX);
}

/* ----------------------------------------------------------- matching ---- */

static int fill_probe(struct writer *writer, int64_t first, int64_t last, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_PROBE_FILL);

	db_bind_int(put, 1, first);
	db_bind_int(put, 2, last);
	return db_run(&writer->db, put, err);
}

static int select_ids(
	struct writer *writer, const struct query *query, struct ids *out, struct err *err)
{
	sqlite3_stmt *rows;
	int found;

	if (query_prepare(query, &writer->db, &rows, err) < 0)
		return -1;
	while ((found = db_step(&writer->db, rows, err)) > 0)
		ids_add(out, db_int(rows, 0));
	query_done(&writer->db, rows);
	return found;
}

static int match(struct writer *writer, const struct where_node *node, int64_t first, int64_t last,
	int64_t now_s, struct ids *out, struct err *err)
{
	struct query query;
	int result;

	query_init(&query);
	query_add(&query, "SELECT i.id FROM item i NOT INDEXED WHERE i.id BETWEEN ? AND ? AND ");
	query_int(&query, first);
	query_int(&query, last);
	result = where_sql_in(node, now_s, WHERE_WORDS_PROBE, &query, err);
	if (result == 0)
		result = select_ids(writer, &query, out, err);
	query_release(&query);
	return result;
}

/* ------------------------------------------------------------ judging ---- */

static int hit(struct writer *writer, int64_t rule_id, size_t count, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_RULE_HIT);

	db_bind_int(put, 1, rule_id);
	db_bind_int(put, 2, (int64_t)count);
	return db_run(&writer->db, put, err);
}

/* Without those that are settled. */
static void spare(struct ids *ids, const struct ids *settled)
{
	size_t i, kept = 0;

	for (i = 0; i < ids->count && settled->count != 0; i++)
		if (!ids_have(settled, ids->values[i]))
			ids->values[kept++] = ids->values[i];
	if (settled->count != 0)
		ids->count = kept;
}

/* What is judged: the items of a document. */
struct judged {
	int64_t first, last;
	const struct ids *settled;
	int64_t now_s, batch;
	bool probed; /* their words are where rules look for them */
};

/* What matches one rule, of what the earlier ones have not dropped. */
static int judge_by(
	struct writer *writer, const struct rule *rule, struct judged *judged, struct err *err)
{
	struct undo_author author = { rule->id, judged->batch };
	struct ids ids = { NULL, 0, 0 };
	struct where_node *node;
	uint64_t changed = 0;
	int result = 0;

	if (where_parse(rule->expr, &node, err) < 0)
		return -1;
	if (where_matches(node) && !judged->probed) {
		result = fill_probe(writer, judged->first, judged->last, err);
		judged->probed = true;
	}
	if (result == 0)
		result = match(writer, node, judged->first, judged->last, judged->now_s, &ids, err);
	spare(&ids, judged->settled);
	if (result == 0 && ids.count != 0) {
		result = rule_action_do(
			writer, rule->actions, &ids, judged->now_s, &author, &changed, err);
		if (result == 0)
			result = hit(writer, rule->id, ids.count, err);
	}
	where_free(node);
	ids_release(&ids);
	return result;
}

int rule_judge(struct writer *writer, int64_t first, int64_t last, const struct ids *settled,
	int64_t now_s, uint64_t *out_dropped, struct err *err)
{
	struct rules rules = { NULL, 0 };
	int64_t items = writer->counters.items;
	struct judged judged = { first, last, settled, now_s,
		(int64_t)writer->counters.seq, /* no other document's */
		false };
	struct err why;
	int result;
	size_t i;

	*out_dropped = 0;
	if (last < first)
		return 0;
	result = read_rules(&writer->db, &rules, err);
	for (i = 0; i < rules.count && result == 0; i++) {
		result = judge_by(writer, &rules.rows[i], &judged, &why);
		if (result == 0)
			continue;
		if (why.code == ERR_USAGE) { /* another feedd took it: items come all the same */
			result = 0;
			continue;
		}
		*err = why;
		err_prefix(err, "rule %lld", (long long)rules.rows[i].id);
	}
	if (result == 0 && rules.count != 0)
		result = undo_log_trim(writer, err);
	rules_release(&rules);
	if (result == 0 && judged.probed)
		result = db_run(&writer->db, db_use(&writer->db, STATEMENT_PROBE_CLEAR), err);
	*out_dropped = (uint64_t)(items - writer->counters.items);
	return result < 0 ? -1 : 0;
}
