#include "settle.h"

/*
 * Pages of which rows may come in any order: they are those of a listing that tells
 * them in theirs.
 */

#define PLACES 64

/* A page as its reader keeps it. */
struct sheet {
	struct world *w;
	char *lines[PLACES]; /* by place */
	unsigned told, enough;
	bool disordered;
	int64_t last_id;
};

static int on_place(void *ctx, const struct store_item *item)
{
	struct sheet *sheet = ctx;
	struct world *w = sheet->w;

	assert_true(item->place < PLACES);
	assert_null(sheet->lines[item->place]);
	w->text[0] = '\0';
	on_row(w, item);
	sheet->lines[item->place] = mem_strdup(w->text);
	sheet->disordered = sheet->disordered || item->place != sheet->told;
	return ++sheet->told >= sheet->enough;
}

static void on_sheet(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	on_page(((struct sheet *)ctx)->w, rows, more, err);
}

/* Adds the page's lines; how many there are. */
static uint64_t take_lines(struct sheet *sheet, struct buf *lines)
{
	uint64_t count = 0;

	for (size_t i = 0; i < PLACES; i++) {
		if (sheet->lines[i] != NULL && i < sheet->w->position.places) {
			assert_int_equal(buf_add_text(lines, sheet->lines[i]), 0);
			count++;
		}
		free(sheet->lines[i]);
		sheet->lines[i] = NULL;
	}
	sheet->told = 0;
	return count;
}

/* enough: rows a page, whatever its limit.  The text is the caller's to free(). */
static char *list(struct world *w, struct store_page *page, unsigned enough, bool *out_disordered)
{
	struct sheet sheet = { .w = w, .enough = enough };
	struct buf lines;

	buf_init(&lines, 1 << 20);
	assert_int_equal(buf_add_text(&lines, ""), 0);
	store_position_release(&w->position);
	page->position = &w->position;
	do {
		store_items(w->store, page, on_place, on_sheet, &sheet);
		world_wait(w);
		if (w->failed)
			fail_msg("%s", w->err.text);
		assert_int_equal(take_lines(&sheet, &lines), w->rows);
	} while (w->more);
	*out_disordered = sheet.disordered;
	return buf_take(&lines, NULL);
}

static void assert_same(struct world *w, const struct store_filter *filter, bool disordered)
{
	static const unsigned limits[] = { 1, 2, 5, 60 };
	static const unsigned enough[] = { 1, 3, PLACES };
	bool was, any = false;

	for (unsigned i = 0; i < 4 * 3 * 2; i++) {
		struct store_page page = { .filter = filter,
			.sort = STORE_BY_DATE,
			.reverse = i % 2 == 1,
			.line = i % 3 == 1,
			.limit = limits[i / 6] };
		char *wanted = list(w, &page, PLACES, &was), *lines;

		assert_false(was);
		page.any_order = true;
		lines = list(w, &page, enough[i / 2 % 3], &was);
		any = any || was;
		assert_string_equal(lines, wanted);
		free(lines);
		free(wanted);
	}
	assert_int_equal(any, disordered);
}

/* Ids and dates go different ways, and neighbours by date are of different feeds. */
static void ingest_scattered(struct world *w, int64_t feed, int first)
{
	struct words items[12];
	char texts[12][3][40];

	memset(items, 0, sizeof(items));
	for (int i = 0; i < 12; i++) {
		snprintf(texts[i][0], sizeof(texts[i][0]), "id-%d-%d", first, i);
		snprintf(texts[i][1], sizeof(texts[i][1]), "Item %d of %d", i, first);
		snprintf(texts[i][2], sizeof(texts[i][2]), "https://e%d.org/%d", first, i);
		items[i] = (struct words){ .guid = texts[i][0],
			.title = texts[i][1],
			.url = texts[i][2],
			.published_s = NOW - 100 * DAY + (i * 5 + first) % 12 / 2 };
	}
	INGEST(w, feed, items);
}

static void fill(struct world *w)
{
	ingest_scattered(w, world_add(w, "https://e.org/1"), 1);
	ingest_scattered(w, world_add(w, "https://e.org/2"), 4);
	ingest_scattered(w, world_add(w, "https://e.org/3"), 7);
	world_mark(w, STORE_MARK_READ, "3", NULL);
	world_mark(w, STORE_MARK_READ, "17", NULL);
	world_mark(w, STORE_STAR, "18", NULL);
	settle(w);
}

static void rows_are_those_of_an_ordered_listing(void **state)
{
	struct world *w = *state;
	struct store_filter filter;

	fill(w);
	filter_any(&filter);
	assert_same(w, &filter, true);
	filter.read = STORE_UNREAD;
	assert_same(w, &filter, true);
	filter.since_s = NOW - 100 * DAY + 2;
	filter.until_s = NOW - 100 * DAY + 4;
	assert_same(w, &filter, true);
	filter.since_s = filter.until_s;
	assert_same(w, &filter, false); /* there is none */
}

/* Others are read in order. */
static void so_it_is_with_other_filters_and_items_that_wait(void **state)
{
	struct world *w = *state;
	struct store_filter filter;

	fill(w);
	filter_any(&filter);
	filter.starred = 1;
	assert_same(w, &filter, false);
	filter.starred = -1;
	filter.where = "title != \"none\"";
	assert_same(w, &filter, false);
	filter.where = NULL;
	ingest_scattered(w, world_add(w, "https://e.org/4"), 9);
	assert_same(w, &filter, false);
	settle(w);
	assert_same(w, &filter, true);
}

/* Of the rows of a story the first is shown, which may be on another page, or read
 * behind others of its own. */
static void a_story_is_told_once(void **state)
{
	struct words one = { .guid = "s1",
		.title = "The same story in three feeds",
		.url = "https://e.org/story",
		.published_s = NOW - 100 * DAY + 3 };
	struct words two = one, three = one;
	struct world *w = *state;
	struct store_filter filter;
	struct store_page page = {
		.filter = &filter, .line = true, .limit = 60, .any_order = true
	};
	bool disordered;
	char *lines;

	fill(w);
	two.guid = "s2";
	two.published_s += 1;
	three.guid = "s3";
	three.published_s -= 2;
	world_ingest(w, world_add(w, "https://e.org/4"), &one, 1);
	world_ingest(w, world_add(w, "https://e.org/5"), &two, 1);
	world_ingest(w, world_add(w, "https://e.org/6"), &three, 1);
	assert_string_equal(
		world_sql(w, "SELECT count(*) FROM item WHERE cluster IS NOT NULL"), "3");
	settle(w);
	filter_any(&filter);
	assert_same(w, &filter, true);
	filter.cluster = true;
	assert_same(w, &filter, true);
	lines = list(w, &page, 5, &disordered);
	assert_true(disordered);
	assert_non_null(strstr(lines, "39 N The same story"));
	assert_null(strstr(strstr(lines, "The same story") + 1, "The same story"));
	free(lines);
}

/* What came while a listing was under way is none of it. */
static void a_listing_ends_where_it_began(void **state)
{
	struct words late[2] = { { .guid = "l1", .title = "Late", .published_s = NOW - 100 * DAY },
		{ .guid = "l2", .title = "Later", .published_s = NOW - 100 * DAY + 9 } };
	struct world *w = *state;
	struct sheet sheet = { .w = w, .enough = PLACES };
	struct store_filter filter;
	struct store_page page = { .filter = &filter,
		.line = true,
		.limit = 10,
		.any_order = true,
		.position = &w->position };
	struct buf lines;
	uint64_t count = 0;

	fill(w);
	buf_init(&lines, 1 << 20);
	filter_any(&filter);
	do {
		store_items(w->store, &page, on_place, on_sheet, &sheet);
		world_wait(w);
		assert_false(w->failed);
		count += take_lines(&sheet, &lines);
		if (count == 10) {
			world_ingest(w, world_add(w, "https://e.org/4"), late, 2);
			settle(w);
		}
	} while (w->more);
	assert_int_equal(count, 36);
	assert_null(strstr(lines.data, "Late"));
	assert_true(sheet.disordered);
	buf_release(&lines);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, awake_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_are_those_of_an_ordered_listing),
		TEST(so_it_is_with_other_filters_and_items_that_wait),
		TEST(a_story_is_told_once),
		TEST(a_listing_ends_where_it_began),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
