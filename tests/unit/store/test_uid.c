#include "many.h"

#include "daemon/store/uid.h"

/* What an item is called outside of any store. */

static const char *uid(const struct store_item *item, enum ident_policy policy)
{
	static char words[4][UID_MAX];
	static unsigned next;
	char *out = words[next++ % 4];

	uid_of(item, policy, out);
	assert_int_equal(strlen(out), UID_MAX - 1);
	return out;
}

static void an_id_outlives_edits_and_the_way_to_https(void **state)
{
	struct store_item item = { .feed_url = "http://e.org/feed", .guid = "7", .id = 1 };
	struct store_item edited = { .feed_url = "https://e.org/feed",
		.guid = "7",
		.id = 2,
		.url = "https://e.org/7",
		.title = "t",
		.published_s = 9 };

	(void)state;
	assert_string_equal(uid(&item, POLICY_ID), uid(&edited, POLICY_ID));
	edited.feed_url = "https://f.org/feed";
	assert_string_not_equal(uid(&item, POLICY_ID), uid(&edited, POLICY_ID));
}

static void ids_that_are_shared_are_told_apart_as_the_store_does(void **state)
{
	struct store_item one = { .feed_url = "https://e.org/feed",
		.guid = "same",
		.url = "https://e.org/",
		.title = "One",
		.published_s = 9 };
	struct store_item two = one, bare = { .feed_url = "https://e.org/feed", .title = "One" };
	struct store_item other = bare;

	(void)state;
	two.title = "Two";
	assert_string_equal(uid(&one, POLICY_ID_LINK_DATE), uid(&two, POLICY_ID_LINK_DATE));
	assert_string_not_equal(
		uid(&one, POLICY_ID_LINK_DATE_TITLE), uid(&two, POLICY_ID_LINK_DATE_TITLE));
	two.published_s = 8;
	assert_string_not_equal(uid(&one, POLICY_ID_LINK_DATE), uid(&two, POLICY_ID_LINK_DATE));
	two.url = "https://e.org/2";
	assert_string_not_equal(uid(&one, POLICY_ID_LINK), uid(&two, POLICY_ID_LINK));
	/* Neither guid nor link. */
	other.title = "Other";
	assert_string_not_equal(uid(&bare, POLICY_ID), uid(&other, POLICY_ID));
}

static int on_uid(void *ctx, const struct store_item *item)
{
	struct world *w = ctx;

	strcat(strcat(w->text, item->uid), "\n");
	return 0;
}

static void a_feed_whose_ids_are_all_one_has_as_many_uids_as_items(void **state)
{
	struct world *w = *state;
	struct store_filter any;
	struct store_page page = { .filter = &any, .limit = 10, .full = true };
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[10];
	char memory[10][4][64];
	size_t i, k;

	many(items, memory, 10, "same", "https://e.org/%d", 0);
	world_list(w, NULL); /* what is known of the feed is known by now */
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 10);
	filter_any(&any);
	store_position_release(&w->position);
	page.position = &w->position;
	w->text[0] = '\0';
	store_items(w->store, &page, on_uid, on_page, w);
	world_wait(w);
	assert_int_equal(strlen(w->text), (size_t)10 * UID_MAX);
	for (i = 0; i < 10; i++)
		for (k = 0; k < i; k++)
			assert_memory_not_equal(
				w->text + i * UID_MAX, w->text + k * UID_MAX, UID_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(an_id_outlives_edits_and_the_way_to_https),
		TEST(ids_that_are_shared_are_told_apart_as_the_store_does),
		TEST(a_feed_whose_ids_are_all_one_has_as_many_uids_as_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
