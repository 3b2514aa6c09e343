#include "daemon/store/repack.h"

#include <string.h>

#include "daemon/store/bundle.h"
#include "daemon/store/writer.h"

#define QUIET_S (7 * 86400) /* most edits come sooner, and would undo it */
#define TOGETHER_MIN 8      /* fewer of a feed wait for more */
#define SCAN_AT_ONCE 500    /* rows a step */
#define ROWS_MAX 100000     /* that are known at a time */
#define LEVEL 9             /* of zstd; 48 KiB take it a millisecond */

void repack_init(struct repack *repack)
{
	memset(repack, 0, sizeof(*repack));
}

void repack_release(struct repack *repack)
{
	by_feed_release(&repack->loose);
	repack_init(repack);
}

/* ---------------------------------------------------------- looking ---- */

/* Ids rise with the arrival: the first one that is too young ends it. */
static int look_on(struct writer *writer, int64_t now_s, struct err *err)
{
	struct repack *repack = &writer->repack;
	sqlite3_stmt *list = db_use(&writer->db, STATEMENT_LOOSE_LIST);
	size_t before = repack->loose.count;
	int found;

	db_bind_int(list, 1, repack->seen_id);
	db_bind_int(list, 2, SCAN_AT_ONCE);
	while ((found = db_step(&writer->db, list, err)) > 0) {
		if (db_int(list, 2) > now_s - QUIET_S)
			break;
		repack->seen_id = db_int(list, 0);
		by_feed_add(&repack->loose, db_int(list, 1), repack->seen_id);
	}
	sqlite3_reset(list);
	if (found < 0)
		return -1;
	repack->at_end = repack->loose.count - before < SCAN_AT_ONCE;
	if (repack->at_end || repack->loose.count >= ROWS_MAX)
		by_feed_sort(&repack->loose);
	return 0;
}

/* ---------------------------------------------------------- packing ---- */

/* What becomes one bundle. */
struct run {
	struct bundle_draft draft;
	int64_t items[BUNDLE_ARTICLES_MAX];
	size_t count;
};

enum taken { TAKE_FAILED = -1, TAKE_FULL, TAKE_GONE, TAKE_DONE };

/* The article of an item, as it lies there now. */
static enum taken take_article(
	struct writer *writer, int64_t item_id, struct run *run, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_LOOSE_GET);
	enum taken taken = TAKE_DONE;
	const char *html, *text;
	const void *bytes;
	size_t length;
	int found;

	db_bind_int(get, 1, item_id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found < 0 ? TAKE_FAILED : TAKE_GONE;
	bytes = db_bytes(get, 1, &length);
	if (content_unpack(
		    &writer->unpacker, (int)db_int(get, 0), bytes, length, &html, &text, err) < 0)
		taken = TAKE_FAILED;
	else if (!bundle_draft_add(&run->draft, html, text))
		taken = TAKE_FULL;
	if (taken == TAKE_DONE)
		run->items[run->count++] = item_id;
	sqlite3_reset(get);
	return taken;
}

/* A bundle's id must never have been one, and any of these items may have named the
 * bundle that its article was in; so it is one that no item gets. */
static int put_bundle(
	struct writer *writer, const struct run *run, int64_t *out_id, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_BUNDLE_PUT);
	struct content_packer packer;
	const void *bytes;
	size_t length;
	int result;

	*out_id = writer->counters.next_item_id++;
	content_packer_init(&packer);
	packer.level = LEVEL;
	db_bind_int(put, 1, *out_id);
	db_bind_int(put, 2, (int64_t)run->count);
	db_bind_int(put, 3, bundle_draft_pack(&run->draft, &packer, &bytes, &length));
	db_bind_bytes(put, 4, bytes, length);
	result = db_run(&writer->db, put, err);
	content_packer_release(&packer);
	return result;
}

static int move_articles(
	struct writer *writer, const struct run *run, int64_t bundle, struct err *err)
{
	size_t i;

	for (i = 0; i < run->count; i++) {
		sqlite3_stmt *point = db_use(&writer->db, STATEMENT_LOOSE_BUNDLED);
		sqlite3_stmt *drop = db_use(&writer->db, STATEMENT_CONTENT_DELETE);

		db_bind_int(point, 1, run->items[i]);
		db_bind_int(point, 2, bundle_place(bundle, i));
		db_bind_int(drop, 1, run->items[i]);
		if (db_run(&writer->db, point, err) < 0 || db_run(&writer->db, drop, err) < 0)
			return -1;
	}
	return 0;
}

/* From loose.at on, as many of one feed as a bundle holds. */
static int pack_run(struct writer *writer, struct run *run, size_t end, struct err *err)
{
	struct by_feed *loose = &writer->repack.loose;
	enum taken taken = TAKE_DONE;
	int64_t bundle;

	for (; loose->at < end && taken != TAKE_FULL; loose->at += taken != TAKE_FULL) {
		taken = take_article(writer, loose->rows[loose->at].item_id, run, err);
		if (taken == TAKE_FAILED)
			return -1;
		if (taken == TAKE_FULL && run->count == 0)
			taken = TAKE_GONE; /* too large for any company */
	}
	if (run->count < 2)
		return 0;
	return put_bundle(writer, run, &bundle, err) < 0 ? -1
							 : move_articles(writer, run, bundle, err);
}

/* The next feed that has enough; *out_end is where its rows end. */
static bool find_feed(struct by_feed *loose, size_t *out_end)
{
	while (loose->at < loose->count) {
		*out_end = by_feed_end(loose);
		if (*out_end - loose->at >= TOGETHER_MIN)
			return true;
		loose->at = *out_end;
	}
	return false;
}

static int pack_on(struct writer *writer, struct err *err)
{
	struct run run;
	size_t end;
	int result;

	if (!find_feed(&writer->repack.loose, &end))
		return 0;
	memset(&run, 0, sizeof(run));
	bundle_draft_init(&run.draft);
	result = pack_run(writer, &run, end, err);
	bundle_draft_release(&run.draft);
	return result < 0 ? -1 : 1;
}

int repack_step(struct writer *writer, int64_t now_s, struct err *err)
{
	struct repack *repack = &writer->repack;
	int more;

	if (!repack->at_end && repack->loose.count < ROWS_MAX) {
		if (look_on(writer, now_s, err) < 0)
			return -1;
		if (!repack->at_end || repack->loose.count >= TOGETHER_MIN)
			return 1;
	}
	more = pack_on(writer, err);
	if (more != 0)
		return more;
	if (repack->at_end) {
		repack_release(repack);
		return 0;
	}
	by_feed_clear(&repack->loose);
	return 1;
}
