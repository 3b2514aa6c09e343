#include "daemon/store/dump_expr.h"

#include <string.h>

#define FEEDS_MAX (1u << 20) /* bytes of their addresses */

void dump_expr_init(struct dump_expr *said)
{
	buf_init(&said->text, WHERE_TEXT_MAX);
	buf_init(&said->feeds, FEEDS_MAX);
}

void dump_expr_release(struct dump_expr *said)
{
	buf_release(&said->text);
	buf_release(&said->feeds);
}

/* ---------------------------------------------------------- writing ---- */

struct writing {
	struct db *db;
	struct buf *feeds;
	int64_t place; /* of the last one */
	int result;
	struct err *err;
};

static int write_feed(void *ctx, int64_t *number)
{
	struct writing *writing = ctx;
	sqlite3_stmt *get = db_use(writing->db, STATEMENT_FEED_URL);

	db_bind_int(get, 1, *number);
	writing->result = db_step(writing->db, get, writing->err);
	if (writing->result <= 0)
		return -1;
	if (strchr(db_text(get, 0), ' ') != NULL ||
		buf_printf(writing->feeds, "%s%s", writing->place > 0 ? " " : "", db_text(get, 0)) <
			0)
		writing->result = 0;
	sqlite3_reset(get);
	*number = ++writing->place;
	return writing->result > 0 ? 0 : -1;
}

int dump_expr_write(struct db *db, const char *expr, struct dump_expr *out_said, struct err *err)
{
	struct writing writing = { .db = db, .feeds = &out_said->feeds, .err = err };
	struct where_node *node;
	struct err ignored;

	/* An older version's may be none any more. */
	if (where_parse(expr, &node, &ignored) < 0)
		return 0;
	if (where_ids(node) == WHERE_FEEDS && where_each_feed(node, write_feed, &writing) == 0 &&
		where_print(node, &out_said->text) < 0)
		writing.result = 0;
	where_free(node);
	return writing.result;
}

/* ---------------------------------------------------------- reading ---- */

struct reading {
	char *rest;
	int64_t place;
	dump_expr_find *find;
	void *ctx;
	const char **out_why;
	struct err *err;
	int result;
};

static int read_feed(void *ctx, int64_t *number)
{
	struct reading *reading = ctx;
	const char *url = strsep(&reading->rest, " ");

	reading->result = 0;
	*reading->out_why = "a line of another shape";
	if (url == NULL || *number != ++reading->place)
		return -1;
	*reading->out_why = "a feed that it means is not here";
	reading->result = reading->find(reading->ctx, url, number, reading->err);
	return reading->result > 0 ? 0 : -1;
}

int dump_expr_read(struct where_node *node, char *feeds, dump_expr_find *find, void *ctx,
	const char **out_why, struct err *err)
{
	struct reading reading = {
		.rest = feeds, .find = find, .ctx = ctx, .out_why = out_why, .err = err
	};

	*out_why = "a line of another shape";
	if (where_ids(node) != WHERE_FEEDS || where_each_feed(node, read_feed, &reading) < 0)
		return reading.result;
	return reading.rest == NULL ? 1 : 0;
}
