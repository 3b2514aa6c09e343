/* The builder's block, and the check that believes nothing of one. */

#include "common/mem.h"
#include "tests/unit/feed/parsed.h"

static struct feed_doc *sample(void)
{
	return parsed(RSS("<link>https://example.org/</link><category>x</category>"
			  "<item><title>one</title><link>/1</link><category>a</category>"
			  "<author>j@example.org (J)</author><enclosure url='/a.mp3' "
			  "type='audio/mpeg'/></item>"
			  "<item><title>two</title><category>b</category></item>"));
}

static bool is_sound(const struct feed_doc *doc)
{
	struct err err;

	return feed_doc_check(doc, doc->size, &err) == 0;
}

static void a_copy_elsewhere_is_as_good(void **state)
{
	struct feed_doc *doc = sample(), *copy = mem_dup(doc, doc->size);

	(void)state;
	free(doc);
	assert_true(is_sound(copy));
	assert_string_equal(feed_doc_text(copy, feed_doc_item(copy, 1)->title), "two");
	assert_string_equal(feed_doc_text(copy, copy->title), "t");
	free(copy);
}

static void rows_of_items_and_feed_do_not_mix(void **state)
{
	struct feed_doc *doc = sample();
	const struct feed_item *two = feed_doc_item(doc, 1);

	(void)state;
	assert_int_equal(doc->categories.count, 1);
	assert_int_equal(two->categories.count, 1);
	assert_string_equal(
		feed_doc_text(doc, feed_doc_category(doc, doc->categories.first)->term), "x");
	assert_string_equal(
		feed_doc_text(doc, feed_doc_category(doc, two->categories.first)->term), "b");
	free(doc);
}

static void a_wrong_head_is_refused(void **state)
{
	struct feed_doc *doc = sample();
	struct err err;
	uint32_t size = doc->size;

	(void)state;
	assert_int_equal(feed_doc_check(doc, sizeof(*doc) - 1, &err), -1);
	assert_int_equal(feed_doc_check(doc, size - 1, &err), -1);
	doc->magic ^= 1;
	assert_false(is_sound(doc));
	doc->magic ^= 1;
	doc->version++;
	assert_false(is_sound(doc));
	doc->version--;
	doc->format = FEED_FORMATS;
	assert_false(is_sound(doc));
	doc->format = FEED_RSS_20;
	doc->flags |= 0x80;
	assert_false(is_sound(doc));
	free(doc);
}

static struct feed_item *first_item(struct feed_doc *doc)
{
	return (struct feed_item *)(void *)((char *)doc + doc->items.offset);
}

static void a_text_outside_or_split_is_refused(void **state)
{
	struct feed_doc *doc = sample();
	struct feed_text *title = &first_item(doc)->title, right = *title;

	(void)state;
	title->offset = doc->size - 1;
	title->length = 8;
	assert_false(is_sound(doc));
	title->offset = UINT32_MAX;
	assert_false(is_sound(doc));
	*title = right;
	title->length--; /* no NUL behind it */
	assert_false(is_sound(doc));
	title->length = right.length + 4; /* a NUL in it */
	assert_false(is_sound(doc));
	*title = right;
	((char *)doc)[title->offset] = (char)0xff;
	assert_false(is_sound(doc));
	free(doc);
}

static void a_range_or_table_outside_is_refused(void **state)
{
	struct feed_doc *doc = sample();

	(void)state;
	first_item(doc)->categories.count = 1000;
	assert_false(is_sound(doc));
	first_item(doc)->categories.count = 1;
	first_item(doc)->categories.first = UINT32_MAX;
	assert_false(is_sound(doc));
	first_item(doc)->categories.first = 1;
	assert_true(is_sound(doc));
	doc->items.count = UINT32_MAX;
	assert_false(is_sound(doc));
	doc->items.count = 2;
	doc->items.offset += 4;
	assert_false(is_sound(doc));
	free(doc);
}

static void rows_shared_by_all_items_are_refused(void **state)
{
	struct feed_doc *doc = sample();

	(void)state;
	first_item(doc)->categories.first = 0;
	first_item(doc)->categories.count = 3;
	assert_false(is_sound(doc));
	free(doc);
}

/* Every byte of a block turned over: an error, or accessors that are safe. */
static void no_flipped_byte_gets_past_the_check_and_hurts(void **state)
{
	struct feed_doc *doc = sample();
	uint32_t at, i, size = doc->size;
	size_t total = 0;

	(void)state;
	for (at = 0; at < size; at++) {
		unsigned char *byte = (unsigned char *)doc + at;
		struct err err;

		*byte ^= 0xff;
		if (feed_doc_check(doc, size, &err) == 0)
			for (i = 0; i < doc->items.count; i++)
				total += strlen(feed_doc_text(doc, feed_doc_item(doc, i)->title));
		*byte ^= 0xff;
	}
	assert_true(total > 0);
	free(doc);
}

static void a_document_that_grows_too_big_is_an_error(void **state)
{
	struct feed_limits limits;
	struct feed_doc *doc;
	struct err err;
	const char *body = ITEM(
		"<description>0123456789012345678901234567890123456789</description>");

	(void)state;
	feed_limits_default(&limits);
	limits.doc_max = (uint32_t)strlen(body) + 1;
	assert_int_equal(try_parse_bytes(body, strlen(body), &limits, &doc, &err), -1);
	assert_int_equal(err.code, ERR_TOO_BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_elsewhere_is_as_good),
		cmocka_unit_test(rows_of_items_and_feed_do_not_mix),
		cmocka_unit_test(a_wrong_head_is_refused),
		cmocka_unit_test(a_text_outside_or_split_is_refused),
		cmocka_unit_test(a_range_or_table_outside_is_refused),
		cmocka_unit_test(rows_shared_by_all_items_are_refused),
		cmocka_unit_test(no_flipped_byte_gets_past_the_check_and_hurts),
		cmocka_unit_test(a_document_that_grows_too_big_is_an_error),
	};

	return RUN(tests);
}
