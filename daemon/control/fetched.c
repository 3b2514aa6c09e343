#include "daemon/control/fetched.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "daemon/control/rows_feed.h"
#include "daemon/url.h"

#define BYTES_MAX ((size_t)128 << 20)

struct place_of {
	int64_t feed_id;
	size_t offset;  /* of its JSON, ended by a NUL */
	size_t blocked; /* 0, or where its URL stands, of which no look is let go */
};

struct fetched_rows {
	struct call *call;
	fetched_done *done;
	struct store_feed_filter filter;
	struct buf json;
	struct place_of *places;
	size_t count;
	struct rows_moment moment;
};

static void fetched_release(void *what)
{
	struct fetched_rows *rows = what;

	fetch_holds_free(rows->moment.holds);
	free(rows->places);
	buf_release(&rows->json);
}

/* A call may tell of thousands, one by one for hours: it keeps one page of them. */
static struct fetched_rows *begin(struct call *call, size_t count)
{
	struct fetched_rows *rows = call->fetched;

	if (rows == NULL) {
		rows = call->fetched = call_keep(call, 1, sizeof(*rows));
		call_at_end(call, fetched_release, rows);
	} else {
		fetched_release(rows);
	}
	*rows = (struct fetched_rows){ .call = call, .places = MEM_ARRAY(count, struct place_of) };
	rows->moment.now_s = clock_now_s();
	rows->moment.holds = refresh_holds(call->parts->refresh, rows->moment.now_s);
	buf_init(&rows->json, BYTES_MAX);
	return rows;
}

static int on_feed(void *ctx, const struct store_feed_row *feed)
{
	struct fetched_rows *rows = ctx;
	struct place_of *place = &rows->places[rows->count];
	struct json_writer w;

	if (rows->count == rows->filter.count)
		return 1;
	*place = (struct place_of){ .feed_id = feed->id, .offset = rows->json.length };
	rows->count++;
	json_begin(&w, &rows->json);
	rows_put_feed(&w, feed, &rows->moment, rows_mask_always(OBJECT_FEED));
	if (buf_add_byte(&rows->json, '\0') < 0 || !json_ok(&w))
		return 1;
	if (!refresh_is_blocked(rows->call->parts->refresh, feed->url, feed->settings))
		return 0;
	place->blocked = rows->json.length;
	return buf_add(&rows->json, feed->url, strlen(feed->url) + 1) < 0;
}

struct mention {
	int64_t feed_id;
	size_t at; /* in the list */
};

static int by_mention(const void *a, const void *b)
{
	const struct mention *left = a, *right = b;

	if (left->feed_id != right->feed_id)
		return left->feed_id < right->feed_id ? -1 : 1;
	return left->at < right->at ? -1 : left->at > right->at;
}

size_t fetched_once(int64_t *ids, size_t count)
{
	struct mention *all = MEM_ARRAY(count + 1, struct mention);
	size_t i, kept = 0;

	for (i = 0; i < count; i++)
		all[i] = (struct mention){ ids[i], i };
	qsort(all, count, sizeof(*all), by_mention);
	for (i = 1; i < count; i++)
		if (all[i].feed_id == all[i - 1].feed_id)
			ids[all[i].at] = 0;
	for (i = 0; i < count; i++)
		if (ids[i] != 0)
			ids[kept++] = ids[i];
	free(all);
	return kept;
}

static int by_id(const void *a, const void *b)
{
	const struct place_of *left = a, *right = b;

	return left->feed_id < right->feed_id ? -1 : left->feed_id > right->feed_id;
}

static void on_read(void *ctx, uint64_t count, bool more, const struct err *err)
{
	struct fetched_rows *rows = ctx;
	struct call *call = rows->call;

	(void)count;
	(void)more;
	if (call_read_failed(call, err))
		return;
	qsort(rows->places, rows->count, sizeof(*rows->places), by_id);
	rows->done(call, rows);
}

void fetched_start(struct call *call, const int64_t *ids, size_t count, fetched_done *done)
{
	struct fetched_rows *rows = begin(call, count);

	rows->done = done;
	rows->filter.ids = ids;
	rows->filter.count = count;
	if (count == 0)
		on_read(rows, 0, false, NULL);
	else
		call->read = store_feeds(
			call->parts->store, &rows->filter, NULL, count, on_feed, on_read, rows);
}

static const struct place_of *find(const struct fetched_rows *rows, int64_t feed_id)
{
	const struct place_of key = { .feed_id = feed_id };

	return bsearch(&key, rows->places, rows->count, sizeof(*rows->places), by_id);
}

void fetched_put(const struct fetched_rows *rows, struct json_writer *w, int64_t feed_id)
{
	const struct place_of *place = find(rows, feed_id);

	if (place != NULL)
		json_put_raw(w, rows->json.data + place->offset);
}

void fetched_put_note(const struct fetched_rows *rows, struct json_writer *w, int64_t feed_id)
{
	const struct place_of *place = find(rows, feed_id);
	char *url, *note;

	if (place == NULL || place->blocked == 0)
		return;
	url = url_redact(rows->json.data + place->blocked);
	note = mem_printf("%s is a private address, and no look at it is let go but with "
			  "`feedctl set %lld private=yes` or the setting allow",
		url, (long long)feed_id);
	json_put_string(w, note);
	free(note);
	free(url);
}
