#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/control/item_page.h"

/* The snippet is the last of the texts. */
#define ALL (ITEM_TEXT(snippet) | (ITEM_TEXT(snippet) - 1))

static void same_text(const char *kept, const char *text)
{
	if (text == NULL)
		assert_null(kept);
	else
		assert_string_equal(kept, text);
}

static void same_item(const struct store_item *kept, const struct store_item *item)
{
	assert_int_equal(kept->id, item->id);
	assert_int_equal(kept->feed_id, item->feed_id);
	assert_int_equal(kept->date_s, item->date_s);
	assert_int_equal(kept->published_s, item->published_s);
	assert_int_equal(kept->seq, item->seq);
	assert_int_equal(kept->cluster, item->cluster);
	assert_int_equal(kept->read, item->read);
	assert_int_equal(kept->starred, item->starred);
	assert_int_equal(kept->changed, item->changed);
	same_text(kept->guid, item->guid);
	same_text(kept->feed_title, item->feed_title);
	same_text(kept->url, item->url);
	same_text(kept->title, item->title);
	same_text(kept->summary, item->summary);
	same_text(kept->tags_json, item->tags_json);
	same_text(kept->content_html, item->content_html);
	same_text(kept->snippet, item->snippet);
}

static struct store_item item_of(int64_t n, const char *title)
{
	struct store_item item = { .id = n,
		.feed_id = -n,
		.date_s = INT64_MIN,
		.published_s = n * 1000,
		.seq = (uint64_t)n + 1,
		.cluster = n % 3,
		.read = n % 2 == 0,
		.starred = n % 2 != 0,
		.changed = n % 5 == 0,
		.title = title };

	item.guid = n % 2 == 0 ? "urn:even" : NULL;
	item.feed_title = n % 3 == 0 ? "" : "A feed";
	item.url = n % 7 == 0 ? NULL : "https://example.org/";
	item.tags_json = n % 4 == 0 ? "[\"a\"]" : NULL;
	item.snippet = n % 11 == 0 ? "the last of all texts" : NULL;
	return item;
}

/* The texts that were told are gone by then. */
static void items_come_back_as_they_were_told(void **state)
{
	struct item_page page;
	struct store_item item, kept;
	char title[64];
	size_t place, size;
	int64_t n, round;

	(void)state;
	item_page_init(&page);
	place = 0;
	assert_false(item_page_next(&page, &place, &kept));
	for (round = 0; round < 2; round++) {
		for (n = 1; n <= 3000; n++) {
			memset(title, 't', sizeof(title));
			title[n % 63] = '\0';
			item = item_of(n, title);
			item.place = (size_t)n - 1;
			item_page_add(&page, &item, ALL);
		}
		size = item_page_size(&page);
		assert_true(size > 3000 * sizeof(int64_t));
		place = 0;
		for (n = 1; n <= 3000; n++) {
			memset(title, 't', sizeof(title));
			title[n % 63] = '\0';
			item = item_of(n, title);
			assert_true(item_page_next(&page, &place, &kept));
			same_item(&kept, &item);
		}
		assert_false(item_page_next(&page, &place, &kept));
		item_page_clear(&page);
		assert_int_equal(item_page_size(&page), 0);
		place = 0;
		assert_false(item_page_next(&page, &place, &kept));
	}
	item_page_release(&page);
}

/* Told in any order; what was told beyond the end of the page is none of it. */
static void items_come_back_in_order_of_their_places(void **state)
{
	static const size_t told[] = { 7, 0, 300, 5, 2, 1 };
	static const int64_t places[] = { 0, 1, 2, 5, 7 };
	struct item_page page;
	struct store_item item, kept;
	size_t i, place = 0;

	(void)state;
	item_page_init(&page);
	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		item = item_of((int64_t)told[i] + 1, "title");
		item.place = told[i];
		item_page_add(&page, &item, ALL);
	}
	item_page_cut(&page, 300);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		item = item_of(places[i] + 1, "title");
		assert_true(item_page_next(&page, &place, &kept));
		same_item(&kept, &item);
	}
	assert_false(item_page_next(&page, &place, &kept));
	item_page_clear(&page);
	place = 0;
	assert_false(item_page_next(&page, &place, &kept));
	item_page_release(&page);
}

static void an_article_of_megabytes_is_kept_whole(void **state)
{
	size_t length = (size_t)3 << 20, place = 0;
	char *text = mem_alloc(length + 1);
	struct store_item item = item_of(1, ""), kept;
	struct item_page page;

	(void)state;
	memset(text, 'x', length);
	text[length] = '\0';
	item.content_html = text;
	item_page_init(&page);
	item_page_add(&page, &item, ALL);
	item.place = 1;
	item_page_add(&page, &item, ALL);
	item.place = 0;
	assert_true(item_page_next(&page, &place, &kept));
	same_item(&kept, &item);
	assert_true(item_page_next(&page, &place, &kept));
	same_item(&kept, &item);
	assert_false(item_page_next(&page, &place, &kept));
	item_page_release(&page);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_come_back_as_they_were_told),
		cmocka_unit_test(items_come_back_in_order_of_their_places),
		cmocka_unit_test(an_article_of_megabytes_is_kept_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
