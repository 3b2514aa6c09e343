#include "world.h"

/*
 * Under another id: which of link, title, text, date and enclosure have to be what they
 * were for it to be the same item, alone in its feed, at its place among others, or at
 * another one?  All of them, in each combination.
 */

enum part { EQUAL, OTHER, NONE };
enum place { ALONE, AMONG_OTHERS, ON_TOP, PLACES };

struct combination {
	enum part link, title, text, date, enclosure;
	enum place place;
};

/*
 * Title and date are enough; and so is the same link, or the same enclosure, with the
 * same title, unless date and text say that it is the next of a feed of one.  Where there
 * are no titles the text stands for them.
 */
static bool is_same_item(const struct combination *c)
{
	bool title = c->title == EQUAL, date = c->date == EQUAL, text = c->text == EQUAL;
	bool next = c->place == ALONE && c->date == OTHER;

	if (title && date)
		return true;
	if (c->link == EQUAL && (title || c->title == NONE))
		return text || (title && !next);
	if (c->link == NONE && c->title == NONE)
		return text && (date || c->enclosure == EQUAL);
	return title && c->enclosure == EQUAL && (!next || (text && c->link == NONE));
}

/* Among others a page of one moment may get another title, a note another text; and where
 * there is no title, text and file may get another page. */
static bool may_be_edited(const struct combination *c)
{
	bool text = c->text == EQUAL;

	if (c->place == ALONE || c->date != EQUAL)
		return false;
	return (c->link == EQUAL && (c->title == NONE || text)) ||
	       (c->title == NONE && text && c->enclosure == EQUAL);
}

static void fill(const struct combination *c, bool later, struct words *item)
{
	static const char *const links[] = { "https://e.org/1", "https://e.org/2" };
	static const char *const titles[] = { "Monday show", "Tuesday show" };
	static const char *const texts[] = { "<p>one", "<p>two" };
	static const char *const files[] = { "https://e.org/live.mp3", "https://e.org/2.mp3" };

	memset(item, 0, sizeof(*item));
	item->guid = later ? "2" : "1";
	item->url = c->link != NONE ? links[later && c->link == OTHER] : NULL;
	item->title = c->title != NONE ? titles[later && c->title == OTHER] : NULL;
	item->text = texts[later && c->text == OTHER];
	if (c->date != NONE)
		item->published_s = NOW - DAY + (later && c->date == OTHER ? HOUR : 0);
	item->enclosure = c->enclosure != NONE ? files[later && c->enclosure == OTHER] : NULL;
}

static void ingest(struct world *w, int64_t feed, const struct words *item, enum place place)
{
	const struct words first = { .guid = "a", .url = "https://e.org/a", .title = "A" };
	const struct words last = { .guid = "b", .url = "https://e.org/b", .title = "B" };
	struct words items[3];

	if (place == ALONE) {
		world_ingest(w, feed, item, 1);
		return;
	}
	items[0] = place == ON_TOP ? *item : first;
	items[1] = place == ON_TOP ? first : *item;
	items[2] = last;
	world_ingest(w, feed, items, 3);
}

static void assert_combination(struct world *w, const struct combination *c)
{
	static const char *const places[] = { "alone", "among others", "on top" };
	static const char parts[] = { '=', '!', '-' };
	bool wanted = is_same_item(c) || may_be_edited(c);
	struct words item;
	char url[64];
	int64_t feed;

	snprintf(url, sizeof(url), "https://e.org/%d%d%d%d%d%d", c->link, c->title, c->text,
		c->date, c->enclosure, c->place);
	feed = world_add(w, url);
	fill(c, false, &item);
	ingest(w, feed, &item, c->place == ON_TOP ? AMONG_OTHERS : c->place);
	fill(c, true, &item);
	ingest(w, feed, &item, c->place);
	if (w->delta.fresh == !wanted && w->delta.rekeyed == wanted)
		return;
	fail_msg("link%c title%c text%c date%c enclosure%c %s: %u new, %u rekeyed", parts[c->link],
		parts[c->title], parts[c->text], parts[c->date], parts[c->enclosure],
		places[c->place], w->delta.fresh, w->delta.rekeyed);
}

/* Whatever the number, what it is made of. */
static struct combination combination(unsigned number)
{
	struct combination c;

	c.link = number % 3;
	c.title = number / 3 % 3;
	c.text = number / 9 % 2;
	c.date = number / 18 % 3;
	c.enclosure = number / 54 % 3;
	c.place = number / 162;
	return c;
}

static void what_is_the_same_tells_which_item_it_is(void **state)
{
	unsigned number;

	for (number = 0; number < 162 * PLACES; number++) {
		struct combination c = combination(number);

		assert_combination(*state, &c);
	}
}

/* A station has one stream, and some have one date for the day. */
static void the_next_show_of_a_stream_is_new(void **state)
{
	static const struct words monday[] = {
		{ .guid = "1",
			.url = "https://e.org/1",
			.title = "Monday show",
			.text = "one",
			.enclosure = "https://e.org/live.mp3",
			.published_s = NOW - DAY },
	};
	static const struct words tuesday[] = {
		{ .guid = "2",
			.url = "https://e.org/2",
			.title = "Tuesday show",
			.text = "two",
			.enclosure = "https://e.org/live.mp3",
			.published_s = NOW - DAY },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, monday);
	w->now_s += HOUR;
	INGEST(w, feed, tuesday);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.rekeyed, 0);
	assert_int_equal(world_count(w, NULL), 2);
}

/* Episodes without pages, whose ids are of chance. */
static void renamed_files_are_known_where_all_ids_change(void **state)
{
	static const struct words before[] = {
		{ .guid = "a1",
			.title = "One",
			.enclosure = "https://e.org/1.mp3",
			.published_s = NOW - 2 * DAY },
		{ .guid = "a2",
			.title = "Two",
			.enclosure = "https://e.org/2.mp3",
			.published_s = NOW - DAY },
	};
	static const struct words after[] = {
		{ .guid = "b1",
			.title = "1. One",
			.enclosure = "https://e.org/1.mp3",
			.published_s = NOW - 2 * DAY },
		{ .guid = "b2",
			.title = "2. Two",
			.enclosure = "https://e.org/2.mp3",
			.published_s = NOW - DAY },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, before);
	INGEST(w, feed, after);
	assert_int_equal(w->delta.rekeyed, 2);
	assert_int_equal(world_count(w, NULL), 2);
}

/* Notes without titles, a page for all of a day, and the names of their places change. */
static void notes_are_known_at_other_places_of_their_page(void **state)
{
	static const struct words before[] = {
		{ .guid = "https://e.org/1#item1",
			.url = "https://e.org/1#item1",
			.text = "<p>one",
			.published_s = NOW - DAY },
		{ .guid = "https://e.org/2#item2",
			.url = "https://e.org/2#item2",
			.text = "<p>two",
			.published_s = NOW - HOUR },
		{ .guid = "x", .url = "https://e.org/x", .text = "<p>x" },
	};
	static const struct words after[] = {
		{ .guid = "https://e.org/1#note1",
			.url = "https://e.org/1#note1",
			.text = "<p>one",
			.published_s = NOW - DAY },
		{ .guid = "https://e.org/2#note3",
			.url = "https://e.org/2#note3",
			.text = "<p>three",
			.published_s = NOW - HOUR },
		{ .guid = "x", .url = "https://e.org/x", .text = "<p>x" },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, before);
	INGEST(w, feed, after);
	assert_int_equal(w->delta.rekeyed, 1);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(world_count(w, NULL), 4);
}

/* A page whose item got another title with another id; and both change at each poll. */
static void assert_once_retitled(struct world *w, const struct words *item, const char *title)
{
	static const char *const guids[] = { "1", "2", "3", "4" };
	struct words items[2] = { *item, { .guid = "b", .url = "https://e.org/b", .title = "B" } };
	int64_t feed = world_add(w, "https://e.org/feed");
	unsigned poll;

	for (poll = 0; poll < 4; poll++) {
		items[0].guid = guids[poll];
		items[0].title = poll == 0 ? item->title : title;
		items[0].published_s = NOW + poll * HOUR;
		w->now_s += HOUR;
		world_ingest(w, feed, items, 2);
		if (poll == 0)
			continue;
		assert_int_equal(w->delta.fresh, poll == 1);
		assert_int_equal(w->delta.rekeyed, poll > 1);
		assert_int_equal(w->delta.changed, 0);
	}
	assert_int_equal(world_count(w, NULL), 3);
}

static void a_retitled_page_is_new_once(void **state)
{
	static const struct words story = { .url = "https://e.org/5", .title = "5", .text = "dek" };

	assert_once_retitled(*state, &story, "Five");
}

static void a_retitled_page_without_a_text_is_new_once(void **state)
{
	static const struct words story = { .url = "https://e.org/5", .title = "5" };

	assert_once_retitled(*state, &story, "Five");
}

static void a_retitled_file_is_new_once(void **state)
{
	static const struct words show = {
		.title = "5", .text = "dek", .enclosure = "https://e.org/5.mp3"
	};

	assert_once_retitled(*state, &show, "Five");
}

#define STATUS(id, name, said, at)                                                                 \
	{                                                                                          \
		.guid = (id), .url = "https://e.org/status", .title = (name), .text = (said),      \
		.published_s = NOW + (at)*HOUR                                                     \
	}

/* All three are told, though the last says what the first did. */
static void what_a_page_says_once_more_is_new(void **state)
{
	static const struct words first[] = { STATUS("1", "Up", "u", 1),
		STATUS("2", "Down", "d", 2) };
	static const struct words then[] = { STATUS("2", "Down", "d", 2),
		STATUS("3", "Up", "u", 3) };
	static const struct words last[] = { STATUS("4", "Down", "d", 4) };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, first);
	INGEST(w, feed, then);
	assert_int_equal(w->delta.fresh, 1);
	INGEST(w, feed, last);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(world_count(w, NULL), 4);
}

/* One title and the front page, and each week another text; alone or not. */
static void the_next_of_a_series_on_one_page_is_new(void **state)
{
	static const struct words first[] = { STATUS("1", "Up", "a", 1),
		STATUS("2", "Up", "b", 2) };
	static const struct words then[] = { STATUS("2", "Up", "b", 2), STATUS("3", "Up", "c", 3) };
	static const struct words last[] = { STATUS("4", "Up", "d", 4) };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, first);
	INGEST(w, feed, then);
	assert_int_equal(w->delta.fresh, 1);
	INGEST(w, feed, last);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.rekeyed, 0);
}

/* Two that differ in nothing but the id, and then one of the same. */
static void of_equal_ones_it_is_the_newest(void **state)
{
	static const struct words first[] = { STATUS("1", "Up", "u", 1),
		STATUS("2", "Up", "u", 2) };
	static const struct words then[] = { STATUS("3", "Up", "u", 3),
		{ .guid = "b", .title = "B" } };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, first);
	INGEST(w, feed, then);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.rekeyed, 1);
	assert_string_equal(
		world_sql(w, "SELECT count(*), max(id) FROM item WHERE title = 'Up'"
			     " AND id = (SELECT max(id) FROM item WHERE published_s = 1780010800)"),
		"1|2");
}

/* The front page is the link of all, and ids and dates are made anew each time. */
static void items_of_one_page_are_known_where_all_ids_change(void **state)
{
	static const struct words first[] = { STATUS("1", "A", "a", 1), STATUS("2", "B", "b", 2) };
	static const struct words then[] = { STATUS("3", "A", "a", 3), STATUS("4", "B", "b", 4),
		STATUS("5", "C", "c", 5) };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, first);
	INGEST(w, feed, then);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.rekeyed, 2);
}

static void ingest_unedited(
	struct world *w, int64_t feed, const struct words *item, bool is_all_of_it)
{
	struct store_ingest in = { .feed_id = feed,
		.now_s = w->now_s,
		.doc = words_doc(item, 1),
		.absence = is_all_of_it,
		.unedited = true,
		.status = 200 };

	store_ingest(w->store, &in, on_ingested, w);
	world_wait(w);
	assert_false(w->failed);
}

/* Not even a title of its own is left to tell it by, now that its link leads elsewhere; but
 * there is one item that the last document showed. */
static void what_nobody_edited_is_not_new_at_another_address(void **state)
{
	static const struct words shown[][2] = {
		{ { .url = "https://e.org/1", .title = "Daily" },
			{ .url = "https://e.org/2", .title = "Daily" } },
		{ { .url = "https://e.org/1", .text = "one", .published_s = NOW - 2 },
			{ .url = "https://e.org/2", .text = "two", .published_s = NOW - 1 } },
	};
	struct world *w = *state;
	struct words moved;
	size_t i;

	for (i = 0; i < 2; i++) {
		int64_t feed = world_add(w, i == 0 ? "https://e.org/a" : "https://e.org/b");

		world_ingest(w, feed, &shown[i][0], 1);
		world_ingest(w, feed, &shown[i][1], 1);
		moved = shown[i][1];
		moved.url = "https://e.net/2";
		ingest_unedited(w, feed, &moved, true);
		assert_int_equal(w->delta.fresh, 0);
		assert_int_equal(w->delta.changed, 0);
		assert_string_equal(world_sql(w, "SELECT url FROM item ORDER BY id DESC LIMIT 2"),
			"https://e.net/2\nhttps://e.org/1");
	}
}

/* As long as it was, it is cut where it was. */
static void nor_is_it_where_the_document_is_too_long(void **state)
{
	static const struct words shown[] = { { .url = "https://e.org/1", .title = "One" } };
	static const struct words moved = { .url = "https://e.net/1", .title = "One" };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_ingest_doc(w, feed, words_doc(shown, 1), false);
	ingest_unedited(w, feed, &moved, false);
	assert_int_equal(w->delta.fresh, 0);
	assert_string_equal(world_sql(w, "SELECT url FROM item"), "https://e.net/1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_the_same_tells_which_item_it_is, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			the_next_show_of_a_stream_is_new, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			renamed_files_are_known_where_all_ids_change, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			notes_are_known_at_other_places_of_their_page, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_retitled_page_is_new_once, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_retitled_page_without_a_text_is_new_once, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_retitled_file_is_new_once, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_a_page_says_once_more_is_new, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			the_next_of_a_series_on_one_page_is_new, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			of_equal_ones_it_is_the_newest, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(what_nobody_edited_is_not_new_at_another_address,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			nor_is_it_where_the_document_is_too_long, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(items_of_one_page_are_known_where_all_ids_change,
			world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
