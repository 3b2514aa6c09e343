#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/feed/document.h"
#include "daemon/feed/feed.h"

#define DECLARED(encoding) "<?xml version='1.0' encoding='" encoding "'?>"
#define FEED(title) "<rss><channel><title>" title "</title></channel></rss>"

static int set_up(void **state)
{
	*state = feed_charsets_open();
	return 0;
}

static int tear_down(void **state)
{
	feed_charsets_free(*state);
	return 0;
}

struct row {
	const char *content_type;
	const char *body;
	const char *name; /* of the encoding; of what is refused, what the error must say */
};

static int parse(struct feed_charsets *charsets, enum feed_kind kind, const struct row *row,
	struct feed_doc **out_doc, struct err *err)
{
	struct feed_source source = { .body = row->body,
		.length = strlen(row->body),
		.url = "",
		.content_type = row->content_type,
		.content_location = "" };
	struct feed_limits limits;

	feed_limits_default(&limits);
	return feed_parse(charsets, kind, &source, &limits, out_doc, err);
}

static void a_feed_in_nothing_but_an_unknown_name_is_refused(void **state)
{
	static const struct row rows[] = {
		{ "", DECLARED("x-foo") FEED("Caf\xE9"), "the XML declaration says \"x-foo\"" },
		{ "", DECLARED("x\x1B[2J") FEED("Caf\xE9"),
			"the XML declaration says no encoding" },
		{ "text/xml; charset=x-foo", FEED("Caf\xE9"), "the HTTP header says \"x-foo\"" },
		{ "text/xml; charset=x-foo", DECLARED("utf-16") FEED("\xE9"),
			"the HTTP header says \"x-foo\"" },
	};
	struct feed_doc *doc;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse(*state, FEED_KIND_FEED, &rows[i], &doc, &err), -1);
		assert_int_equal(err.code, ERR_ENCODING);
		assert_ptr_equal(strstr(err.text, rows[i].name), err.text);
		assert_null(strchr(err.text, '\x1B'));
	}
}

static void what_is_known_beside_it_counts(void **state)
{
	static const struct row rows[] = {
		{ "", DECLARED("x-foo") FEED("plain"), "UTF-8" },
		{ "", DECLARED("x-foo") FEED("Caf\xC3\xA9"), "UTF-8" },
		{ "text/xml; charset=iso-8859-2", DECLARED("x-foo") FEED("\xB9koda"),
			"ISO-8859-2" },
		{ "text/xml; charset=x-foo", DECLARED("iso-8859-2") FEED("\xB9koda"),
			"ISO-8859-2" },
		{ "", "\xEF\xBB\xBF" DECLARED("x-foo") FEED("Caf\xE9"), "windows-1252" },
	};
	struct feed_doc *doc;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse(*state, FEED_KIND_FEED, &rows[i], &doc, &err), 0);
		assert_string_equal(feed_doc_text(doc, doc->encoding), rows[i].name);
		assert_int_equal(doc->flags, FEED_COMPLETE | FEED_RECOVERED);
		free(doc);
	}
}

static void a_blank_is_no_name(void **state)
{
	static const struct row rows[] = {
		{ "", DECLARED(" \t") FEED("Caf\xE9"), "windows-1252" },
		{ "text/xml; charset=\" \"", DECLARED("") FEED("Caf\xE9"), "windows-1252" },
	};
	struct feed_doc *doc;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse(*state, FEED_KIND_FEED, &rows[i], &doc, &err), 0);
		assert_string_equal(feed_doc_text(doc, doc->encoding), rows[i].name);
		free(doc);
	}
}

static void a_page_is_one_in_spite_of_it(void **state)
{
	static const struct row page = { "text/html; charset=x-foo", "<html>Caf\xE9", "" };
	struct feed_doc *doc;
	struct err err;

	assert_int_equal(parse(*state, FEED_KIND_FEED, &page, &doc, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FEED);
	assert_int_equal(parse(*state, FEED_KIND_PAGE, &page, &doc, &err), 0);
	free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_feed_in_nothing_but_an_unknown_name_is_refused),
		cmocka_unit_test(what_is_known_beside_it_counts),
		cmocka_unit_test(a_blank_is_no_name),
		cmocka_unit_test(a_page_is_one_in_spite_of_it),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
