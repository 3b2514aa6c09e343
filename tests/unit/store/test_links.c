#include "world.h"

#include <locale.h>

/* What is known by its link alone, however that is spelled. */

/* Neither guid nor date. */
static void a_link_that_is_spelled_anew_is_the_same(void **state)
{
	static const char *const spellings[] = { "https://e.org/caf%C3%A9?a=%2F",
		"https://e.org/caf\xc3\xa9?a=%2F", "https://e.org/caf%c3%a9?a=%2f",
		"https://e.org/%63af%c3%a9?a=%2F&mtm_campaign=feed",
		"https://e.org/caf%C3%A9?source=rss&a=%2F", "https://%65.org/caf%C3%A9?a=%2F" };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[] = {
		{ .title = "Caf\xc3\xa9", .text = "<p>coffee" },
		{ .url = "https://e.org/tea", .title = "Tea", .text = "<p>tea" },
	};
	size_t i;

	for (i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		items[0].url = spellings[i];
		INGEST(w, feed, items);
		assert_int_equal(w->delta.fresh, i == 0 ? 2 : 0);
		assert_int_equal(w->delta.changed, 0);
	}
	assert_int_equal(world_count(w, NULL), 2);
	/* A slash in a value is another page. */
	items[0].url = "https://e.org/caf%C3%A9?a=/";
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 1);
}

static void a_host_is_the_same_in_letters_of_its_own(void **state)
{
	static const char *const links[] = { "https://b\xc3\xbc"
					     "cher.example/1",
		"https://xn--bcher-kva.example/1", "http://b%C3%BCcher.example/1",
		"https://www.B\xc3\x9c"
		"CHER.example/1" };
	struct words item = { .title = "Book", .text = "<p>pages" };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	size_t i, k;

	for (i = 0; i < 4; i++) {
		item.url = links[i];
		world_ingest(w, feed, &item, 1);
		assert_int_equal(w->delta.fresh, i == 0);
		assert_int_equal(w->delta.changed, 0);
		for (k = 0; k < 4; k++) {
			world_mark(w, k % 2 == 0 ? STORE_STAR : STORE_UNSTAR, links[k], NULL);
			assert_int_equal(w->number, 1);
		}
	}
	assert_int_equal(world_count(w, NULL), 1);
}

/* Items that have nothing but a link and a text; `title` is their name, or NULL. */
static void say(struct world *w, int64_t feed, const char *format, const char *title, size_t from,
	size_t to)
{
	struct words items[16];
	char links[16][64], texts[16][64];
	size_t i;

	memset(items, 0, sizeof(items));
	for (i = from; i < to; i++) {
		snprintf(links[i], 64, format, (int)i);
		snprintf(texts[i], 64, "<p>note number %d, in some words", (int)i);
		items[i].url = links[i];
		items[i].text = texts[i];
		items[i].title = title;
	}
	world_ingest(w, feed, items + from, to - from);
}

/* Scheme, "www." and trailing slash, as of an id. */
static void what_has_no_id_has_its_link_for_one(void **state)
{
	static const char *const formats[][4] = {
		{ "http://e.org/%d", "https://e.org/%d", "https://www.e.org/%d",
			"https://www.e.org/%d/" },
		{ "http://e.org/log#%d", "https://e.org/log#%d", "https://www.e.org/log#%d",
			"http://www.e.org/log#%d" },
	};
	static const char *const titles[] = { NULL, "Note" };
	struct world *w = *state;
	char url[32];
	size_t i, k;

	for (i = 0; i < 4; i++) {
		snprintf(url, sizeof(url), "https://e.org/feed-%zu", i);
		world_add(w, url);
		for (k = 0; k < 4; k++) {
			say(w, w->id, formats[i / 2][k], titles[i % 2], 0, 12);
			assert_int_equal(w->delta.fresh, k == 0 ? 12 : 0);
			assert_int_equal(w->delta.rekeyed, k == 0 ? 0 : 12);
			assert_int_equal(w->delta.changed, 0);
			if (k == 0)
				world_mark_all(w, STORE_MARK_READ, NULL, 1000);
		}
		say(w, w->id, formats[i / 2][3], titles[i % 2], 0, 13);
		assert_int_equal(w->delta.fresh, 1);
		assert_string_equal(
			world_sql(w, "SELECT unread FROM feed ORDER BY id DESC LIMIT 1"), "1");
		world_mark_all(w, STORE_MARK_READ, NULL, 1000);
	}
}

/* Nor does what retention removed come again by it, in a part of a document as well. */
static void what_went_by_its_link_stays_away(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	say(w, feed, "http://e.org/%d", NULL, 0, 10);
	world_mark_all(w, STORE_MARK_READ, NULL, 1000);
	say(w, feed, "http://e.org/%d", NULL, 8, 10);
	w->now_s += 91 * DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 2);
	say(w, feed, "https://e.org/%d", NULL, 4, 10);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(w->delta.rekeyed, 2);
	assert_int_equal(world_count(w, NULL), 2);
}

static void two_links_of_one_document_are_two_items(void **state)
{
	static const struct words both[] = {
		{ .url = "http://e.org/1", .text = "<p>one" },
		{ .url = "https://e.org/1", .text = "<p>two" },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_ingest(w, feed, both, 1);
	INGEST(w, feed, both);
	assert_int_equal(w->delta.fresh, 1);
	INGEST(w, feed, both);
	assert_int_equal(w->delta.fresh + w->delta.rekeyed, 0);
	assert_int_equal(world_count(w, NULL), 2);
}

/* Of those that share a link one is left: the next at that page is not it. */
static void a_link_that_all_have_is_no_id(void **state)
{
	static const struct words shirts[] = {
		{ .url = "http://e.org/", .title = "Red", .published_s = NOW - 3 * HOUR },
		{ .url = "http://e.org/", .title = "Blue", .published_s = NOW - 2 * HOUR },
		{ .url = "https://e.org/", .title = "Green", .published_s = NOW - HOUR },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_ingest(w, feed, shirts, 2);
	assert_int_equal(w->delta.fresh, 2);
	world_mark(w, STORE_MARK_READ, "1", NULL);
	world_ingest(w, feed, &shirts[1], 1);
	w->now_s += 91 * DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 1);
	world_ingest(w, feed, &shirts[2], 1);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(world_count(w, NULL), 2);
}

/* Who has no ids and links to other sites may do so twice. */
static void a_link_is_no_id_of_what_has_another_name_and_another_date(void **state)
{
	static const struct words notes[] = {
		{ .url = "http://tool.example/", .title = "A tool", .published_s = NOW - 40 * DAY },
		{ .url = "https://e.org/1", .title = "One", .published_s = NOW - 30 * DAY },
		{ .url = "https://tool.example", .title = "It is 2.0", .published_s = NOW - DAY },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_ingest(w, feed, notes, 2);
	world_ingest(w, feed, &notes[1], 2);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.rekeyed, 0);
	assert_int_equal(world_count(w, NULL), 3);
}

/* Nor is that one buried with the first, which retention has removed. */
static void what_came_out_since_is_not_what_went_by_its_link(void **state)
{
	static const struct words first = {
		.url = "http://tool.example/", .title = "A tool", .published_s = NOW - 40 * DAY
	};
	struct words then[] = {
		{ .url = "https://e.org/1", .title = "One" },
		{ .url = "https://tool.example", .title = "It is 2.0" },
		{ .url = "https://www.tool.example", .title = "A tool", .published_s = NOW - DAY }
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_ingest(w, feed, &first, 1);
	world_ingest(w, feed, then, 1);
	world_mark_all(w, STORE_MARK_READ, NULL, 1000);
	w->now_s += 91 * DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 1);
	world_ingest(w, feed, &then[1], 1);
	world_ingest(w, feed, &then[2], 1);
	assert_int_equal(world_count(w, NULL), 1);
	then[1].published_s = w->now_s - HOUR;
	then[1].url = "https://tool.example/";
	world_ingest(w, feed, &then[1], 1);
	assert_int_equal(w->delta.fresh, 1);
	world_ingest(w, feed, &then[1], 1);
	assert_int_equal(world_count(w, NULL), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(a_link_that_is_spelled_anew_is_the_same),
		TEST(a_host_is_the_same_in_letters_of_its_own),
		TEST(what_has_no_id_has_its_link_for_one),
		TEST(what_went_by_its_link_stays_away),
		TEST(two_links_of_one_document_are_two_items),
		TEST(a_link_that_all_have_is_no_id),
		TEST(a_link_is_no_id_of_what_has_another_name_and_another_date),
		TEST(what_came_out_since_is_not_what_went_by_its_link),
	};

	setlocale(LC_CTYPE, "C.UTF-8"); /* as in the daemon, for names of hosts */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
