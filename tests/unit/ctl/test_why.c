#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ctl/why.h"
#include "tests/unit/ctl/rows.h"

struct asked {
	void (*why)(const struct wire_row *feed, struct buf *out);
	const char *wanted;
};

static int on_feed(void *ctx, const struct wire_row *feed, struct err *err)
{
	const struct asked *asked = ctx;
	struct buf words;

	(void)err;
	buf_init(&words, 1000);
	asked->why(feed, &words);
	assert_string_equal(words.data, asked->wanted);
	buf_release(&words);
	return 0;
}

static void a_wait_is_told_in_words(void **state)
{
	static const struct {
		const char *feed;
		struct asked asked;
	} cases[] = {
		{ "{\"reason\":\"base\",\"every\":null,\"terms\":{\"base\":3600}}",
			{ why_next, "because every 60 min is the usual" } },
		{ "{\"reason\":\"base\",\"every\":1800,\"terms\":{\"base\":1800}}",
			{ why_next, "because it is to be every 30 min" } },
		{ "{\"reason\":\"base\",\"every\":null,\"terms\":{\"base\":0}}",
			{ why_next, "for the first time" } },
		{ "{\"reason\":\"adaptive\",\"items_per_week\":0.5}",
			{ why_next, "because new items come seldom (0.5 a week)" } },
		{ "{\"reason\":\"hint\",\"lifetime\":31536000,\"ttl\":7200,"
		  "\"terms\":{\"hint\":86400}}",
			{ why_next,
				"because the server said max-age=31536000, of which 24 h count" } },
		{ "{\"reason\":\"hint\",\"lifetime\":60,\"ttl\":7200,"
		  "\"terms\":{\"hint\":86400}}",
			{ why_next, "because the feed asks for 24 h between looks" } },
		{ "{\"reason\":\"hint\",\"lifetime\":3600,\"ttl\":null}",
			{ why_next, "because the server said max-age=3600" } },
		{ "{\"reason\":\"hint\",\"lifetime\":60,\"ttl\":7200}",
			{ why_next, "because the feed asks for 2 h between looks" } },
		{ "{\"reason\":\"backoff\",\"failures\":3}",
			{ why_next, "because the last 3 looks failed" } },
		{ "{\"reason\":\"backoff\",\"failures\":1}",
			{ why_next, "because the last look failed" } },
		{ "{\"reason\":\"hold\"}", { why_next, "because the site asked to wait" } },
		{ "{\"reason\":\"hold\",\"hold\":{\"site\":\"a\",\"reason\":\"429, Retry-After "
		  "60\"}}",
			{ why_next, "because the site asked to wait (429, Retry-After 60)" } },
		{ "{\"reason\":\"hold\",\"last_error\":{\"class\":\"parser_crash\"}}",
			{ why_next, "because it ended the parser again and again" } },
		{ "{\"reason\":\"hold\",\"hold\":{\"reason\":\"403 for several feeds within an "
		  "hour\"}}",
			{ why_next, "because the site refuses (403 for several feeds within an "
				    "hour)" } },
		{ "{\"reason\":\"hold\",\"last_error\":{\"class\":\"parser_crash\"},"
		  "\"hold\":{\"site\":\"a\",\"reason\":\"it ended the parser 3 times\"}}",
			{ why_next, "because it ended the parser 3 times" } },
		{ "{\"reason\":\"hold\",\"hold\":{\"site\":\"*\",\"reason\":\"the network "
		  "seems to be away\"}}",
			{ why_next, "because the network seems to be away" } },
		{ "{\"reason\":\"hold\",\"hold\":{\"site\":\"*\"}}",
			{ why_next, "because the site asked to wait" } },
		{ "{\"reason\":\"paused\",\"next_at\":null,\"hold\":"
		  "{\"until\":\"2026-06-03T11:00:00Z\",\"reason\":\"429\"}}",
			{ why_next, "because it is paused; `feedctl resume` goes on" } },
		{ "{\"conditional\":\"both\",\"etag\":\"a\",\"last_modified\":\"b\"}",
			{ why_asks, "by ETag and date" } },
		{ "{\"conditional\":\"both\",\"etag\":\"a\",\"last_modified\":null}",
			{ why_asks, "by ETag" } },
		{ "{\"conditional\":\"both\",\"etag\":null,\"last_modified\":\"b\"}",
			{ why_asks, "by date" } },
		{ "{\"conditional\":\"both\",\"succeeded_at\":null}", { why_asks, "" } },
		{ "{\"conditional\":\"both\",\"succeeded_at\":\"2026-06-03T11:00:00Z\","
		  "\"etag\":null,\"last_modified\":null}",
			{ why_asks, "it can't: the server gave neither ETag nor date" } },
		{ "{\"conditional\":\"lm_only\",\"etag\":\"a\",\"last_modified\":\"b\"}",
			{ why_asks, "by date: the server does not know its own ETag again" } },
		{ "{\"conditional\":\"useless\",\"etag\":\"a\",\"last_modified\":\"b\"}",
			{ why_asks, "in vain: the server sends all of it each time" } },
		{ "{\"reason\":\"new one\"}", { why_next, "" } },
		{ "{}", { why_next, "" } },
		{ "{\"recent\":[{\"status\":304},{\"status\":304},{\"status\":200}]}",
			{ why_answers, "the last 2 were 304 (not changed)" } },
		{ "{\"recent\":[{\"status\":200},{\"status\":304}]}",
			{ why_answers, "the last was 200" } },
		{ "{\"recent\":[{\"status\":null}]}",
			{ why_answers, "the last was no answer at all" } },
		{ "{\"recent\":[]}", { why_answers, "" } },
		{ "{\"terms\":{\"base\":3600,\"adaptive\":0,\"hint\":1800}}",
			{ why_waits, "60 min as usual, 30 min by the server or the feed" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct asked asked = cases[i].asked;
		struct err err;

		assert_int_equal(tell_row(cases[i].feed, on_feed, &asked, &err), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wait_is_told_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
