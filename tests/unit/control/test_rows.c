#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/control/item_page.h"
#include "daemon/control/rows.h"

/* An item of which each text is another; an article's parts are there, too. */
static struct store_item full_item(void)
{
	return (struct store_item){ .id = 7,
		.feed_id = 3,
		.date_s = 1,
		.published_s = 2,
		.modified_s = 3,
		.received_s = 4,
		.changed_s = 5,
		.starred = true,
		.guid = "urn:seven",
		.feed_title = "A feed",
		.feed_url = "https://example.org/feed",
		.url = "https://example.org/7",
		.external_url = "https://example.net/",
		.title = "Seven",
		.summary = "In short",
		.language = "nl",
		.image = "https://example.org/7.png",
		.fallback_title = "First words of it",
		.authors_json = "[\"author\"]",
		.categories_json = "[\"category\"]",
		.attachments_json = "[\"attachment\"]",
		.tags_json = "[\"tag\"]",
		.feed_tags_json = "[\"feed tag\"]",
		.also_in_json = "[\"also\"]",
		.event = "new",
		.content_html = "<p>Seven</p>",
		.content_text = "Seven words",
		.previous_json = "[\"previous\"]",
		.uid = "uid-7",
		.snippet = "a snippet" };
}

static void put(struct buf *out, const struct store_item *item, enum field_id field)
{
	struct json_writer w;

	buf_clear(out);
	json_begin(&w, out);
	rows_put_item(&w, NULL, item, rows_mask_bit(field));
	assert_true(json_ok(&w));
	assert_int_equal(buf_add_byte(out, '\0'), 0);
}

/* What is put aside is written later as it would have been at once. */
static void same_later(const struct store_item *item, enum field_id field)
{
	struct rows_texts texts = rows_texts_of(rows_mask_bit(field));
	struct store_item kept;
	struct item_page page;
	struct buf now, later;
	size_t place = 0;

	buf_init(&now, 1u << 16);
	buf_init(&later, 1u << 16);
	item_page_init(&page);
	item_page_add(&page, item, rows_texts_kept(&texts, item));
	assert_true(item_page_next(&page, &place, &kept));
	put(&now, item, field);
	put(&later, &kept, field);
	assert_string_equal(later.data, now.data);
	item_page_release(&page);
	buf_release(&later);
	buf_release(&now);
}

static void each_field(const struct store_item *item)
{
	size_t count;
	const struct field *fields = object_fields(&object_table[OBJECT_ITEM], &count);

	assert_true(count > 20);
	for (size_t i = 0; i < count; i++) {
		enum field_id field = (enum field_id)(&fields[i] - field_table);

		if (field != FIELD_ITEM_CURSOR) /* needs a store; no text */
			same_later(item, field);
	}
}

static void rows_that_are_kept_are_written_as_they_were(void **state)
{
	static const char *const blank[] = { "", "\xE2\x80\x8B", NULL };
	struct store_item item = full_item();

	(void)state;
	each_field(&item);
	for (size_t i = 0; i < sizeof(blank) / sizeof(blank[0]); i++) {
		item = full_item();
		item.feed_title = item.title = blank[i];
		each_field(&item);
		item.fallback_title = blank[i];
		each_field(&item);
		item.url = blank[i];
		each_field(&item);
		item.guid = blank[i];
		each_field(&item);
	}
}

/* Of a page of titles no addresses are copied. */
static void texts_that_are_not_written_are_not_kept(void **state)
{
	struct store_item item = full_item();
	rows_mask mask = rows_mask_bit(FIELD_ITEM_LABEL) | rows_mask_bit(FIELD_ITEM_FEED_LABEL) |
			 rows_mask_bit(FIELD_ITEM_DATE);
	struct rows_texts texts = rows_texts_of(mask);

	(void)state;
	assert_int_equal(rows_texts_kept(&texts, &item), ITEM_TEXT(title) | ITEM_TEXT(feed_title));
	item.title = " ";
	assert_int_equal(rows_texts_kept(&texts, &item), ITEM_TEXT(title) | ITEM_TEXT(feed_title) |
								 ITEM_TEXT(url) | ITEM_TEXT(guid) |
								 ITEM_TEXT(fallback_title));
	item.title = "Seven";
	item.feed_title = NULL;
	assert_int_equal(rows_texts_kept(&texts, &item),
		ITEM_TEXT(title) | ITEM_TEXT(feed_title) | ITEM_TEXT(feed_url));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_that_are_kept_are_written_as_they_were),
		cmocka_unit_test(texts_that_are_not_written_are_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
