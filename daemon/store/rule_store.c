#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/find.h"
#include "daemon/store/internal.h"
#include "daemon/store/mark.h"
#include "daemon/store/rows_job.h"
#include "daemon/store/rule.h"
#include "daemon/store/rule_action.h"

/* Rules as they are kept, listed, and applied to what is there. */

struct rule_job {
	struct job job;
	int64_t id, now_s, last_id;
	uint64_t bound_seq;
	char *expr;
	struct buf actions;
	struct ids ids;     /* to be applied to */
	struct err refused; /* an action that is none */
	bool is_refused;
	uint64_t changed;
	store_rule_done *added;
	store_rule_ready *ready;
	store_changed *done;
	void *ctx;
};

static void rule_release(struct job *job)
{
	struct rule_job *rule = (struct rule_job *)job;

	free(rule->expr);
	buf_release(&rule->actions);
	ids_release(&rule->ids);
	free(rule);
}

static void rule_done(struct job *job, const struct err *err)
{
	struct rule_job *rule = (struct rule_job *)job;

	if (rule->added != NULL)
		rule->added(rule->ctx, rule->id, err);
	else if (rule->ready != NULL)
		rule->ready(rule->ctx, rule->expr, rule->bound_seq, err);
	else
		rule->done(rule->ctx, rule->changed, err);
}

static struct rule_job *new_job(
	int (*run)(struct job *job, struct writer *writer, struct err *err), void *ctx)
{
	struct rule_job *rule = MEM_NEW(struct rule_job);

	rule->job.run = run;
	rule->job.asked = rule->job.large = true;
	rule->job.done = rule_done;
	rule->job.release = rule_release;
	rule->ctx = ctx;
	buf_init(&rule->actions, 64u << 10);
	return rule;
}

/* --------------------------------------------------------------- add ---- */

static int add_run(struct job *job, struct writer *writer, struct err *err)
{
	struct rule_job *rule = (struct rule_job *)job;
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_RULE_ADD);

	if (rule->is_refused) {
		*err = rule->refused;
		return -1;
	}
	if (store_where_check(rule->expr, err) < 0 || rule_check_room(&writer->db, err) < 0)
		return -1;
	db_bind_text(put, 1, rule->expr);
	db_bind_text(put, 2, rule->actions.data);
	db_bind_int(put, 3, rule->now_s);
	if (db_run(&writer->db, put, err) < 0)
		return -1;
	rule->id = sqlite3_last_insert_rowid(writer->db.handle);
	return 0;
}

void store_rule_add(struct store *store, const char *expr, const char *const *actions,
	int64_t now_s, store_rule_done *done, void *ctx)
{
	struct rule_job *rule = new_job(add_run, ctx);
	size_t i;

	rule->expr = mem_strdup(expr);
	rule->now_s = now_s;
	rule->added = done;
	for (i = 0; actions[i] != NULL && !rule->is_refused; i++) {
		rule->is_refused = rule_action_check(actions[i], &rule->refused) < 0;
		if (buf_printf(&rule->actions, "%s%s", i == 0 ? "" : "\n", actions[i]) < 0) {
			err_set(&rule->refused, ERR_USAGE, "too many actions");
			rule->is_refused = true;
		}
	}
	if (i == 0) {
		err_set(&rule->refused, ERR_USAGE, "a rule without an action does nothing");
		rule->is_refused = true;
	}
	queue_push(store->queue, &rule->job);
}

/* ------------------------------------------------------------ remove ---- */

static int remove_run(struct job *job, struct writer *writer, struct err *err)
{
	struct rule_job *rule = (struct rule_job *)job;
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_RULE_DELETE);

	db_bind_int(put, 1, rule->id);
	if (db_run(&writer->db, put, err) < 0)
		return -1;
	rule->changed = db_changes(&writer->db);
	return 0;
}

void store_rule_remove(struct store *store, int64_t rule_id, store_changed *done, void *ctx)
{
	struct rule_job *rule = new_job(remove_run, ctx);

	rule->id = rule_id;
	rule->done = done;
	queue_push(store->queue, &rule->job);
}

/* ------------------------------------------------------------- apply ---- */

static int read_rule(struct rule_job *rule, struct writer *writer, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_RULE_GET);
	int found;

	db_bind_int(get, 1, rule->id);
	found = db_step(&writer->db, get, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no rule %lld", (long long)rule->id);
	if (found < 0)
		return -1;
	free(rule->expr);
	rule->expr = db_text_copy(get, 0);
	buf_clear(&rule->actions);
	found = buf_add_text(&rule->actions, db_text(get, 1));
	sqlite3_reset(get);
	return found;
}

static int wait_run(struct job *job, struct writer *writer, struct err *err)
{
	struct rule_job *rule = (struct rule_job *)job;
	struct store_filter words = { 0 };

	if (read_rule(rule, writer, err) < 0)
		return -1;
	words.where = rule->expr;
	return mark_waits(writer, &words, &rule->last_id, err);
}

void store_rule_wait(struct store *store, int64_t rule_id, store_rule_ready *done, void *ctx)
{
	struct rule_job *rule = new_job(wait_run, ctx);

	rule->id = rule_id;
	rule->bound_seq = store_seq(store);
	rule->ready = done;
	queue_push(store->queue, &rule->job);
}

static int apply_run(struct job *job, struct writer *writer, struct err *err)
{
	struct rule_job *rule = (struct rule_job *)job;
	const struct undo_author author = { rule->id, UNDO_BATCH_NEXT };
	sqlite3_stmt *hit;

	if (read_rule(rule, writer, err) < 0)
		return -1;
	if (rule->ids.count == 0)
		return 0;
	if (rule_action_do(writer, rule->actions.data, &rule->ids, rule->now_s, &author,
		    &rule->changed, err) < 0)
		return -1;
	if (rule->changed > 0 && undo_log_renew(writer, err) < 0)
		return -1;
	hit = db_use(&writer->db, STATEMENT_RULE_HIT);
	db_bind_int(hit, 1, rule->id);
	db_bind_int(hit, 2, (int64_t)rule->ids.count);
	return db_run(&writer->db, hit, err);
}

void store_rule_apply(struct store *store, int64_t rule_id, const int64_t *ids, size_t count,
	int64_t now_s, store_changed *done, void *ctx)
{
	struct rule_job *rule = new_job(apply_run, ctx);
	size_t i;

	rule->id = rule_id;
	for (i = 0; i < count; i++)
		ids_add(&rule->ids, ids[i]);
	rule->now_s = now_s;
	rule->done = done;
	queue_push(store->queue, &rule->job);
}

/* -------------------------------------------------------------- list ---- */

struct list_job {
	struct rows_job rows;
	store_rule_each *row;
};

/* Actions as a person writes them. */
static void join_lines(struct buf *out, const char *lines)
{
	for (; *lines != '\0'; lines++)
		(void)!(*lines == '\n' ? buf_add_text(out, ", ") : buf_add_byte(out, *lines));
}

static int tell_rule(struct rows_job *rows, sqlite3_stmt *row)
{
	struct list_job *list = (struct list_job *)rows;
	const char *expr = db_text(row, 1);
	struct buf actions;
	struct err why;
	bool works = store_where_check(expr, &why) == 0;
	int stop;

	buf_init(&actions, 128u << 10);
	join_lines(&actions, db_text(row, 2));
	stop = list->row(rows->ctx, db_int(row, 0), expr, actions.data, (uint64_t)db_int(row, 3),
		works ? NULL : why.text);
	buf_release(&actions);
	return stop;
}

struct store_read_job *store_rules(
	struct store *store, store_rule_each *row, store_page_done *done, void *ctx)
{
	struct list_job *list = MEM_NEW(struct list_job);

	list->rows.list = STATEMENT_RULE_LIST;
	list->rows.tell = tell_rule;
	list->row = row;
	return rows_start(store, &list->rows, done, ctx);
}
