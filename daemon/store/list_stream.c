#include "daemon/store/list_stream.h"

#include <string.h>

#include "daemon/store/row.h"

void list_stream_init(struct list_stream *stream, bool reverse)
{
	unsigned i;

	memset(stream, 0, sizeof(*stream));
	stream->reverse = reverse;
	for (i = 0; i < LIST_STREAM_MAX; i++)
		query_init(&stream->of[i].query);
}

void list_stream_release(struct list_stream *stream, struct db *db)
{
	unsigned i;

	for (i = 0; i < LIST_STREAM_MAX; i++) {
		query_done(db, stream->of[i].rows);
		query_release(&stream->of[i].query);
	}
}

static bool is_before(sqlite3_stmt *a, sqlite3_stmt *b, bool reverse)
{
	int64_t a_s = db_int(a, ROW_DATE_S), b_s = db_int(b, ROW_DATE_S);
	bool before = a_s != b_s ? a_s < b_s : db_int(a, ROW_ID) < db_int(b, ROW_ID);

	return before != reverse;
}

static void choose(struct list_stream *stream)
{
	if (stream->of[0].ready && stream->of[1].ready)
		stream->next = !is_before(stream->of[0].rows, stream->of[1].rows, stream->reverse);
	else
		stream->next = stream->of[1].ready;
}

static int step(struct list_stream *stream, unsigned which, struct db *db, struct err *err)
{
	int found = db_step(db, stream->of[which].rows, err);

	stream->of[which].ready = found > 0;
	return found < 0 ? -1 : 0;
}

int list_stream_begin(struct list_stream *stream, struct db *db, struct err *err)
{
	unsigned i;

	for (i = 0; i < LIST_STREAM_MAX; i++)
		if (stream->of[i].rows != NULL && step(stream, i, db, err) < 0)
			return -1;
	choose(stream);
	return 0;
}

sqlite3_stmt *list_stream_row(const struct list_stream *stream)
{
	return stream->of[stream->next].ready ? stream->of[stream->next].rows : NULL;
}

int list_stream_advance(struct list_stream *stream, struct db *db, struct err *err)
{
	if (step(stream, stream->next, db, err) < 0)
		return -1;
	choose(stream);
	return 0;
}
