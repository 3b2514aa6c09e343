/* Values of header fields, as servers really write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/given.h"
#include "daemon/fetch/fetch.h"
#include "daemon/fetch/head.h"

#define NOW_S INT64_C(784111777) /* Sun, 06 Nov 1994 08:49:37 GMT */
#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

static void dates_come_in_three_forms(void **state)
{
	static const struct {
		const char *text;
		int64_t want; /* -1: none */
	} rows[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", NOW_S },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", NOW_S },
		{ "Sun Nov  6 08:49:37 1994", NOW_S },
		{ "Sun Nov 16 08:49:37 1994", NOW_S + 864000 },
		{ "sun, 6 nov 1994 8:49:37 gmt", NOW_S },
		{ "06 Nov 1994 08:49:37", NOW_S },
		{ "Tue, 29 Feb 2028 00:00:00 GMT", 1835395200 },
		{ "Fri, 31 Dec 9999 23:59:59 GMT", INT64_C(253402300799) },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "Mon, 01-Jan-68 00:00:00 GMT", INT64_C(3092601600) },
		{ "0", -1 },
		{ "-1", -1 },
		{ "", -1 },
		{ "never", -1 },
		{ "Sun, 06 Nov 1994", -1 },
		{ "Sun, 06 Nov 1994 25:00:00 GMT", -1 },
		{ "Sun, 00 Nov 1994 08:49:37 GMT", -1 },
		{ "Sun, 06 Foo 1994 08:49:37 GMT", -1 },
		{ "1994-11-06T08:49:37Z", -1 },
		{ "99999999999999999999", -1 },
	};
	int64_t when;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		bool found = header_date(rows[i].text, strlen(rows[i].text), &when);

		if (found != (rows[i].want >= 0) || (found && when != rows[i].want))
			fail_msg("%s: %lld", rows[i].text, found ? (long long)when : -1);
	}
}

static struct head head_of(const char *const *lines)
{
	struct head head;
	struct err err;

	head_init(&head, 65536);
	assert_int_equal(head_line(&head, "HTTP/1.1 200 OK\r\n", 17, &err), 0);
	for (; *lines != NULL; lines++)
		assert_int_equal(head_line(&head, *lines, strlen(*lines), &err), 0);
	assert_int_equal(head_line(&head, "\r\n", 2, &err), 0);
	return head;
}

static void a_lifetime_is_max_age_else_expires_less_age(void **state)
{
#define DATE "Date: Sun, 06 Nov 1994 08:49:37 GMT"
#define EXPIRES "Expires: Sun, 06 Nov 1994 09:49:37 GMT"
	static const struct {
		const char *lines[5];
		int64_t want; /* -1: nothing was said */
	} rows[] = {
		{ { NULL }, -1 },
		{ { DATE }, -1 },
		{ { "Age: 10" }, -1 },
		{ { "Cache-Control: public" }, -1 },
		{ { "Cache-Control: s-maxage=9" }, -1 },
		{ { "Cache-Control: max-age=600" }, 600 },
		{ { "cache-control: public, MAX-AGE=600 , immutable" }, 600 },
		{ { "Cache-Control: max-age=\"600\"" }, 600 },
		{ { "Cache-Control: x=\"a, max-age=5\", max-age=600" }, 600 },
		{ { "Cache-Control: x=\"a\\\"b, max-age=5\", max-age=600" }, 600 },
		{ { "Cache-Control: public,", "\tmax-age=600" }, 600 },
		{ { "Cache-Control: max-age=600", "Age: 100" }, 500 },
		{ { "Cache-Control: max-age=600", "Age: 1000" }, 0 },
		{ { "Cache-Control: max-age=600", "Age: x" }, 600 },
		{ { "Cache-Control: max-age=600, max-age=700" }, 0 },
		{ { "Cache-Control: max-age=600", "Cache-Control: max-age=600" }, 600 },
		{ { "Cache-Control: max-age=-1" }, 0 },
		{ { "Cache-Control: max-age=" }, 0 },
		{ { "Cache-Control: max-age" }, 0 },
		{ { "Cache-Control: max-age=9999999999999999999999" }, INT64_C(2147483648) },
		{ { "Cache-Control: no-cache" }, 0 },
		{ { "Cache-Control: no-store, no-cache=\"x\"" }, 0 },
		{ { DATE, EXPIRES }, 3600 },
		{ { EXPIRES }, 3600 }, /* against our own clock */
		{ { "Date: x", EXPIRES }, 3600 },
		{ { DATE, EXPIRES, "Age: 600" }, 3000 },
		{ { DATE, EXPIRES, "Cache-Control: max-age=60" }, 60 },
		{ { DATE, "Expires: 0" }, 0 },
		{ { DATE, "Expires: -1" }, 0 },
		{ { DATE, "Expires: Sun, 06 Nov 1994 08:00:00 GMT" }, 0 },
		{ { DATE, EXPIRES, "Expires: 0" }, 0 },
	};
	struct fetch_cache cache;
	struct head head;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		head = head_of(rows[i].lines);
		cache = header_lifetime(&head.freshness, NOW_S);
		if (cache.said != (rows[i].want >= 0) || cache.lifetime_s != rows[i].want)
			fail_msg("row %zu (%s): %lld", i, rows[i].lines[0],
				(long long)cache.lifetime_s);
		head_release(&head);
	}
}

static void a_retry_after_is_seconds_or_a_date(void **state)
{
	static const struct {
		const char *text;
		bool skewed; /* the server's clock is an hour ahead of ours */
		int64_t want;
	} rows[] = {
		{ "120", false, 120 },
		{ " 120 ", false, 120 },
		{ "1.5", false, 2 },
		{ "120.0", false, 120 },
		{ "0.001", false, 1 },
		{ "99999999999999999999.5", false, INT64_C(2147483648) },
		{ "0", false, 0 },
		{ "-5", false, -1 },
		{ "99999999999999999999", false, INT64_C(2147483648) },
		{ "Sun, 06 Nov 1994 08:51:37 GMT", false, 120 },
		{ "Sunday, 06-Nov-94 08:51:37 GMT", false, 120 },
		{ "Sun Nov  6 08:51:37 1994", false, 120 },
		{ "Sun, 06 Nov 1994 09:51:37 GMT", true, 120 },
		{ "Sun, 06 Nov 1994 08:00:00 GMT", false, 0 },
		{ "soon", false, -1 },
		{ "", false, -1 },
		{ "12 minutes", false, -1 },
		{ "120, 90", false, 120 }, /* of two lines, by a proxy */
		{ "soon, 120", false, 120 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct header_freshness freshness = { .date_said = rows[i].skewed,
			.date_s = NOW_S + 3600 };
		int64_t wait = header_retry_after(
			rows[i].text, strlen(rows[i].text), &freshness, NOW_S);

		if (wait != rows[i].want)
			fail_msg("%s: %lld", rows[i].text, (long long)wait);
	}
}

static void a_reset_is_a_delay_or_a_time(void **state)
{
	(void)state;
	assert_int_equal(header_reset("57", 2, NOW_S), 57);
	assert_int_equal(header_reset("57.3", 4, NOW_S), 58);
	assert_int_equal(header_reset("57.0", 4, NOW_S), 57);
	assert_int_equal(header_reset("1795000060.5", 12, 1795000000), 61);
	assert_int_equal(header_reset("1795000060", 10, 1795000000), 60);
	assert_int_equal(header_reset("1795000060", 10, 1795000100), 0);
	assert_int_equal(header_reset("1795000060000", 13, 1795000000), 60);
	assert_int_equal(header_reset("1795000059001", 13, 1795000000), 60);
	assert_int_equal(header_reset("1795000000000", 13, 1795000000), 0);
	assert_int_equal(header_reset("1795086400000", 13, 1795000000), 86400);
	assert_in_range(header_reset("1795086401000", 13, 1795000000), 2592000, INT64_MAX);
	assert_int_equal(header_reset("1794999940000", 13, 1795000000), 0);
	assert_int_equal(header_reset(" 1795000060000.5 ", 17, 1795000000), 60);
	assert_in_range(header_reset("17950000600000", 14, 1795000000), 2592000, INT64_MAX);
	assert_int_equal(header_reset("x", 1, NOW_S), -1);
}

static void an_exhausted_limit_is_one_with_nothing_left(void **state)
{
	static const char *const spent[] = { "X-RateLimit-Remaining: 0.0", "x-ratelimit-reset: 9",
		NULL };
	static const char *const left[] = { "X-RateLimit-Remaining: 1", "X-RateLimit-Reset: 9",
		NULL };
	struct head head = head_of(spent);

	(void)state;
	assert_true(head.exhausted);
	assert_string_equal(head_text(&head, HEAD_RESET), "9");
	head_release(&head);
	head = head_of(left);
	assert_false(head.exhausted);
	head_release(&head);
}

static void only_what_was_offered_counts_as_known(void **state)
{
	static const struct {
		const char *text;
		unsigned count;
		enum coding coding;
		bool known;
	} rows[] = {
		{ "gzip", 1, CODING_GZIP, true },
		{ "GZIP", 1, CODING_GZIP, true },
		{ "x-gzip", 1, CODING_GZIP, true },
		{ "br", 1, CODING_BROTLI, true },
		{ "deflate", 1, CODING_DEFLATE, true },
		{ "identity", 0, CODING_NONE, true },
		{ "none", 0, CODING_NONE, true },
		{ "", 0, CODING_NONE, true },
		{ "gzip, identity", 1, CODING_GZIP, true },
		{ "gzip, gzip", 2, CODING_GZIP, true },
		{ "zstd", 1, CODING_NONE, false },
		{ "gzip,,br", 2, CODING_BROTLI, true },
		{ "nothing", 1, CODING_NONE, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		enum coding coding = CODING_NONE;
		bool known = true;

		assert_int_equal(
			header_codings(rows[i].text, strlen(rows[i].text), &coding, &known),
			rows[i].count);
		assert_int_equal(coding, rows[i].coding);
		assert_int_equal(known, rows[i].known);
	}
}

static void an_interim_answer_and_a_trailer_say_nothing(void **state)
{
	struct head head;
	struct err err;
	static const char *const lines[] = { "HTTP/1.1 103 Early Hints\r\n", "ETag: \"no\"\r\n",
		"\r\n", "HTTP/2 200 \r\n", "etag: \"yes\"  \r\n", "\r\n", "ETag: \"late\"\r\n" };
	size_t i;

	(void)state;
	head_init(&head, 1000);
	for (i = 0; i < COUNT(lines); i++)
		assert_int_equal(head_line(&head, lines[i], strlen(lines[i]), &err), 0);
	assert_int_equal(head.status, 200);
	assert_true(head.whole);
	assert_string_equal(head_text(&head, HEAD_ETAG), "\"yes\"");
	head_release(&head);
}

/* RFC 9112, 5.2: what begins with a blank goes on with the line before, a blank in
 * the fold's place. */
static void folded_lines_are_one_field(void **state)
{
	struct head head;
	struct err err;
	static const char *const lines[] = { "HTTP/1.1 200 OK\r\n", " of no field\r\n",
		"ETag: W/\r\n", " \t\"a\r\n", "  b\" \r\n", " \t\r\n", "Retry-After:\r\n",
		"\t70\r\n", "Content-Type: text/xml\r\n", "Location:\r\n", " /there\r\n", "\r\n" };
	size_t i;

	(void)state;
	head_init(&head, 1000);
	for (i = 0; i < COUNT(lines); i++)
		assert_int_equal(head_line(&head, lines[i], strlen(lines[i]), &err), 0);
	assert_true(head.whole);
	assert_string_equal(head_text(&head, HEAD_ETAG), "W/ \"a b\"");
	assert_string_equal(head_text(&head, HEAD_RETRY_AFTER), "70");
	assert_string_equal(head_text(&head, HEAD_CONTENT_TYPE), "text/xml");
	assert_string_equal(head_text(&head, HEAD_LOCATION), "/there");
	head_release(&head);
}

static void a_head_ends_at_its_limit(void **state)
{
	struct head head;
	struct err err;

	(void)state;
	head_init(&head, 20);
	assert_int_equal(head_line(&head, "HTTP/1.1 200\r\n", 14, &err), 0);
	assert_int_equal(head_line(&head, "A: bcd\r\n", 8, &err), -1);
	assert_int_equal(err.code, ERR_TOO_BIG);
	head_release(&head);
}

/* RFC 9110: 5.6.2 of names, 7.6.1 of what belongs to a connection. */
static void a_header_of_ones_own_leaves_feedds_alone(void **state)
{
	static const struct {
		const char *line;
		int want;
	} rows[] = {
		{ "X-Token: s3cret", 0 },
		{ "Cookie: a=1; b=2", 0 },
		{ "User-Agent: mine/1", 0 },
		{ "Accept-Language:\tde, en", 0 },
		{ "Hostess: x", 0 },
		{ "Host: example.org", -1 },
		{ "hOsT:example.org", -1 },
		{ "Content-Length: 5", -1 },
		{ "Transfer-Encoding: chunked", -1 },
		{ "Connection: close", -1 },
		{ "Keep-Alive: 5", -1 },
		{ "Proxy-Connection: close", -1 },
		{ "TE: trailers", -1 },
		{ "Trailer: X", -1 },
		{ "Upgrade: h2c", -1 },
		{ "Expect: 100-continue", -1 },
		{ "If-None-Match: \"a\"", -1 },
		{ "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", -1 },
		{ "Range: bytes=0-99", -1 },
		{ "User-Agent:", -1 },
		{ "Accept-Encoding: \t ", -1 },
		{ "", -1 },
		{ ": x", -1 },
		{ "X-Token", -1 },
		{ "X Token: x", -1 },
		{ "X-Token : x", -1 },
		{ "X-Token: a\r\nHost: b", -1 },
		{ "X-Token: a\x7f", -1 },
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int got = given_check_header(rows[i].line, &err);

		if (got != rows[i].want || (got < 0 && err.code != ERR_USAGE))
			fail_msg("%s: %d", rows[i].line, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_come_in_three_forms),
		cmocka_unit_test(a_lifetime_is_max_age_else_expires_less_age),
		cmocka_unit_test(a_retry_after_is_seconds_or_a_date),
		cmocka_unit_test(a_reset_is_a_delay_or_a_time),
		cmocka_unit_test(an_exhausted_limit_is_one_with_nothing_left),
		cmocka_unit_test(only_what_was_offered_counts_as_known),
		cmocka_unit_test(an_interim_answer_and_a_trailer_say_nothing),
		cmocka_unit_test(folded_lines_are_one_field),
		cmocka_unit_test(a_head_ends_at_its_limit),
		cmocka_unit_test(a_header_of_ones_own_leaves_feedds_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
