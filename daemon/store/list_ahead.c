#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/find.h"
#include "daemon/store/lent_table.h"
#include "daemon/store/list_job.h"
#include "daemon/store/visit.h"

/* Rows at once.  A page that was full before they were all there begins with half of
 * what it had room for, and goes on with an eighth more each time. */
#define AHEAD_MAX ((size_t)2048)   /* lines */
#define AHEAD_BRIEF ((size_t)1024) /* with summaries */

struct key {
	int64_t id;
	size_t place;
};

struct ahead {
	struct list_job *list;
	struct reader *reader;
	size_t first; /* place on the page of this part's first row */
	size_t count;
	size_t at;  /* keys before it are read, or came when the listing had begun */
	size_t end; /* places before it are known */
	bool more;  /* rows are behind them all */
	bool full;  /* the page is, or nobody waits for it */
	bool failed;
	struct err *err; /* why */
	struct lent lent;
	struct row_scratch scratch;
	struct {
		int64_t id, date_s;
		enum { UNTOLD, TOLD, OF_STORY } state;
	} rows[AHEAD_MAX + 1]; /* by place */
	struct key keys[AHEAD_MAX], spare[AHEAD_MAX];
	int64_t ids[AHEAD_MAX]; /* of the keys, in their order */
};

bool list_is_ahead(const struct list_job *list)
{
	return list->any_order && list->want <= ROW_BRIEF && list->position.found == NULL &&
	       (filter_is_read(&list->filter) || filter_is_dates(&list->filter));
}

static size_t most(const struct list_job *list)
{
	return list->want == ROW_LINE ? AHEAD_MAX : AHEAD_BRIEF;
}

static size_t room(const struct list_job *list)
{
	uint64_t left = list->limit - list->rows;
	size_t ahead = list->position.ahead != 0 ? list->position.ahead : most(list);

	return left < ahead ? (size_t)left : ahead;
}

/* By eight of their bits, lowest first; keys that are equal in them stay in order. */
static void deal(const struct key *from, struct key *to, size_t count, unsigned shift)
{
	size_t ends[257] = { 0 };

	for (size_t i = 0; i < count; i++)
		ends[(from[i].id >> shift & 0xFF) + 1]++;
	for (size_t digit = 1; digit < 257; digit++)
		ends[digit] += ends[digit - 1];
	for (size_t i = 0; i < count; i++)
		to[ends[from[i].id >> shift & 0xFF]++] = from[i];
}

/* By id, a page of thousands in microseconds: ids are no negative numbers, and differ
 * in two or three bytes. */
static void sort_keys(struct key *keys, struct key *spare, size_t count)
{
	struct key *from = keys, *to = spare, *swapped;
	int64_t differ = 0;

	for (size_t i = 1; i < count; i++)
		differ |= keys[i].id ^ keys[0].id;
	for (unsigned shift = 0; differ >> shift != 0; shift += 8) {
		if ((differ >> shift & 0xFF) == 0)
			continue;
		deal(from, to, count, shift);
		swapped = from;
		from = to;
		to = swapped;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof(*keys));
}

/* The first row of all stays in front: where texts are so long that the page is full
 * before they are all there, it goes on by one row at least. */
static void set_order(struct ahead *ahead)
{
	for (size_t i = 0; i < ahead->count; i++)
		ahead->keys[i] = (struct key){ ahead->rows[i].id, i };
	if (ahead->count > 0)
		sort_keys(ahead->keys + 1, ahead->spare, ahead->count - 1);
	for (size_t i = 0; i < ahead->count; i++)
		ahead->ids[i] = ahead->keys[i].id;
}

static int read_ids(struct ahead *ahead, const struct list_range *range, struct err *err)
{
	struct list_job *list = ahead->list;
	struct db *db = &ahead->reader->db;
	struct query query;
	sqlite3_stmt *rows = NULL;
	size_t wanted = room(list);
	int found = -1;

	query_init(&query);
	query_add(&query, "SELECT d.id, d.date_s FROM dated d WHERE 1");
	filter_dates(&query, &list->filter);
	list_add_position(&query, list, "d", range);
	list_add_order(&query, list, "d", range->reverse);
	query_add(&query, " LIMIT ?");
	query_int(&query, (int64_t)wanted + 1);
	if (query_prepare(&query, db, &rows, err) == 0) {
		for (; (found = db_step(db, rows, err)) > 0; ahead->count++) {
			ahead->rows[ahead->count].id = db_int(rows, 0);
			ahead->rows[ahead->count].date_s = db_int(rows, 1);
		}
	}
	query_done(db, rows);
	query_release(&query);
	ahead->more = ahead->count > wanted;
	if (ahead->more)
		ahead->count = wanted;
	return found < 0 ? -1 : 0;
}

static void tell(struct ahead *ahead, size_t place, struct store_item *item)
{
	struct list_job *list = ahead->list;

	ahead->full = true;
	if (!read_telling(&list->job))
		return;
	item->place = ahead->first + place;
	ahead->full = list->row(list->ctx, item) != 0;
	read_told(&list->job);
	ahead->rows[place].state = TOLD;
}

/* Which row of a story is shown depends on those before it, which may not be read yet. */
static int tell_or_leave(struct ahead *ahead, size_t place, sqlite3_value **values, struct err *err)
{
	struct list_job *list = ahead->list;
	struct store_item item;

	if (row_read_values(ahead->reader, values, list->want, &ahead->scratch, &item, err) < 0)
		return -1;
	if (list->folds && item.cluster != 0)
		ahead->rows[place].state = OF_STORY;
	else
		tell(ahead, place, &item);
	return 0;
}

/* The statement ends where its ids do. */
static void on_row(void *ctx, sqlite3_value **values)
{
	struct ahead *ahead = ctx;
	int64_t id = sqlite3_value_int64(values[ROW_ID]);

	while (ahead->keys[ahead->at].id != id)
		ahead->at++;
	ahead->failed = tell_or_leave(ahead, ahead->keys[ahead->at++].place, values, ahead->err) <
			0;
	if (ahead->full || ahead->failed)
		ahead->lent.count = 0;
}

static int tell_by_id(struct ahead *ahead, struct err *err)
{
	struct list_job *list = ahead->list;
	struct db *db = &ahead->reader->db;
	struct visitor visitor = { on_row, ahead };
	struct query query;
	sqlite3_stmt *rows = NULL;
	int result = -1;

	ahead->lent = (struct lent){ ahead->count, ahead->ids };
	ahead->err = err;
	query_init(&query);
	query_add(&query, "SELECT visit(?, ");
	query_pointer(&query, &visitor, VISITOR);
	query_add(&query, row_columns(list->want));
	query_add(&query, ") FROM ids(?) CROSS JOIN item i NOT INDEXED ON i.id = value"
			  " WHERE i.added_seq <= ?");
	query_pointer(&query, &ahead->lent, lent_ids.name);
	query_int(&query, (int64_t)list->position.bound_seq);
	if (query_prepare(&query, db, &rows, err) == 0)
		result = db_run(db, rows, err);
	query_done(db, rows);
	query_release(&query);
	if (!ahead->full)
		ahead->at = ahead->count;
	return ahead->failed ? -1 : result;
}

/* The first place of which nobody knows the row. */
static size_t first_gap(const struct ahead *ahead)
{
	size_t gap = ahead->count;

	for (size_t i = ahead->at; i < ahead->count; i++)
		if (ahead->keys[i].place < gap)
			gap = ahead->keys[i].place;
	return gap;
}

static int tell_story(struct ahead *ahead, size_t place, struct err *err)
{
	struct list_job *list = ahead->list;
	struct db *db = &ahead->reader->db;
	sqlite3_stmt *get = db_use(db, list_item_one(list));
	struct store_item item;
	int result;

	db_bind_int(get, 1, ahead->rows[place].id);
	result = db_step(db, get, err);
	if (result > 0)
		result = row_read(ahead->reader, get, list->want, &ahead->scratch, &item, err);
	if (result == 0 && !list_is_folded(list, &item))
		tell(ahead, place, &item);
	sqlite3_reset(get);
	return result;
}

/* In order, those whose predecessors are all known now. */
static int tell_stories(struct ahead *ahead, struct err *err)
{
	size_t gap = first_gap(ahead);
	bool was_full = ahead->full;
	int result = 0;

	ahead->full = false; /* of a story there is a row or two */
	for (; result == 0 && !ahead->full && ahead->end < gap; ahead->end++)
		if (ahead->rows[ahead->end].state == OF_STORY)
			result = tell_story(ahead, ahead->end, err);
	ahead->full = ahead->full || was_full;
	return result;
}

/* What was told beyond the end is told again. */
static void end_part(struct ahead *ahead)
{
	struct store_position *position = &ahead->list->position;

	position->places = ahead->first + ahead->end;
	for (size_t i = 0; i < ahead->end; i++)
		ahead->list->rows += ahead->rows[i].state == TOLD;
	if (ahead->end == 0)
		return;
	position->started = true;
	position->sort_a = ahead->rows[ahead->end - 1].date_s;
	position->id = ahead->rows[ahead->end - 1].id;
}

static void set_next(struct ahead *ahead)
{
	struct store_position *position = &ahead->list->position;

	if (ahead->at < ahead->count)
		position->ahead = (ahead->at + 1) / 2;
	else if (position->ahead != 0)
		position->ahead += position->ahead / 8 + 1;
	if (position->ahead >= most(ahead->list))
		position->ahead = 0;
}

static int tell_part(struct ahead *ahead, const struct list_range *range, struct err *err)
{
	if (read_ids(ahead, range, err) < 0)
		return -1;
	set_order(ahead);
	if (tell_by_id(ahead, err) < 0 || tell_stories(ahead, err) < 0)
		return -1;
	end_part(ahead);
	set_next(ahead);
	if (!ahead->more && !ahead->full)
		return 0;
	ahead->list->more = true;
	return 1;
}

int list_tell_ahead(struct list_job *list, struct reader *reader, const struct list_range *range,
	struct err *err)
{
	struct ahead *ahead = MEM_NEW(struct ahead);
	int result;

	ahead->list = list;
	ahead->reader = reader;
	ahead->first = list->position.places;
	row_scratch_init(&ahead->scratch);
	result = tell_part(ahead, range, err);
	row_scratch_release(&ahead->scratch);
	free(ahead);
	return result;
}
