#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/conf.h"

/* Write the text to a file of its own and load it. */
static int load(
	const char *text, char *const *overrides, size_t count, struct conf *conf, struct err *err)
{
	char path[] = "/tmp/feedd-test-conf.XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");
	int rc;

	fputs(text, file);
	fclose(file);
	rc = conf_load(path, overrides, count, conf, err);
	unlink(path);
	return rc;
}

static void defaults_are_those_of_the_table(void **state)
{
	struct conf conf;

	(void)state;
	conf_init(&conf);
	assert_int_equal(conf.poll_interval_ms, 3600000);
	assert_int_equal(conf.poll_start_delay.least_ms, 2000);
	assert_int_equal(conf.poll_start_delay.most_ms, 10000);
	assert_int_equal(conf.fetch_body_max, 16 << 20);
	assert_int_equal(conf.fetch_in_flight, 64);
	assert_null(conf.fetch_proxy);
	assert_int_equal(conf.fetch_allow.count, 0);
	assert_true(conf.store_keep_unread_ms == CONF_FOREVER);
	assert_true(conf.poll_avoid_hot);
	assert_false(conf.manners_private);
	conf_release(&conf);
}

static void a_file_sets_what_it_names(void **state)
{
	struct conf conf;
	struct err err;

	(void)state;
	assert_int_equal(load("# a comment\n[poll]\ninterval = 0.25\nstart-delay = 1s\n"
			      "[fetch]\nbody-max = 64K\nproxy = socks5h://127.0.0.1:9050\n"
			      "allow = 10.0.0.0/8 127.0.0.1/32:8080\nallow = [::1]/128:8080\n"
			      "\t192.168.0.0/16\n[store]\nkeep-unread = 1w\n[log]\nlevel = debug\n",
				 NULL, 0, &conf, &err),
		0);
	assert_int_equal(conf.poll_interval_ms, 250);
	assert_int_equal(conf.poll_start_delay.least_ms, 1000);
	assert_int_equal(conf.poll_start_delay.most_ms, 1000);
	assert_int_equal(conf.fetch_body_max, 65536);
	assert_string_equal(conf.fetch_proxy, "socks5h://127.0.0.1:9050");
	assert_int_equal(conf.fetch_allow.count, 4);
	assert_string_equal(conf.fetch_allow.words[3], "192.168.0.0/16");
	assert_int_equal(conf.store_keep_unread_ms, 604800000);
	assert_int_equal(conf.log_level, LOG_LEVEL_DEBUG);
	conf_release(&conf);
}

static void the_last_of_a_single_key_wins(void **state)
{
	struct conf conf;
	struct err err;

	(void)state;
	assert_int_equal(
		load("[poll]\ninterval=1h\n[poll]\ninterval=2h\n", NULL, 0, &conf, &err), 0);
	assert_int_equal(conf.poll_interval_ms, 7200000);
	conf_release(&conf);
}

static void an_override_replaces_a_list(void **state)
{
	char *overrides[] = { (char *)"fetch.allow=::1/128", (char *)"poll.interval=5s" };
	struct conf conf;
	struct err err;

	(void)state;
	assert_int_equal(
		load("[fetch]\nallow = 10.0.0.0/8 127.0.0.0/8\n", overrides, 2, &conf, &err), 0);
	assert_int_equal(conf.fetch_allow.count, 1);
	assert_string_equal(conf.fetch_allow.words[0], "::1/128");
	assert_int_equal(conf.poll_interval_ms, 5000);
	conf_release(&conf);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "[poll]\nintervall = 1h\n", ":2: there is no setting \"intervall\" in [poll]" },
		{ "[polls]\ninterval = 1h\n", ":1: there is no section [polls]" },
		{ "[nothing]\n", ":1: there is no section [nothing]" },
		{ "interval = 1h\n", ":1: \"interval\" stands in no [section]" },
		{ "[poll\ninterval = 1h\n", ":1: neither [section] nor key = value" },
		{ "[poll] interval = 1h\n", ":1: behind [poll] stands something" },
		{ "[poll]\n\ninterval = soon\n", ":3: [poll] interval: \"soon\"" },
		{ "[poll]\njitter = 2\n", ":2: [poll] jitter: 2 is not between 0 and 1" },
		{ "[poll]\nstart-delay = 5s..1s\n", "ends before it begins" },
		{ "[poll]\nfloor = 500d\n", "500d is not between 0s and 366d" },
		{ "[fetch]\ntimeout = 2h\n", "2h is not between 0.001s and 1h" },
		{ "[fetch]\nbody-max = 1\n", "1 is not between 1K and 1G" },
		{ "[fetch]\nbody-max = 999999999999G\n", "is not between 1K and 1G" },
		{ "[control]\ngroup = no such group\n",
			":2: [control] group: there is no group \"no such group\"" },
		{ "[fetch]\nin-flight = 0\n", "not between 1 and" },
		{ "[fetch]\nin-flight = -1\n", "no whole number" },
		{ "[fetch]\nbody-max = 16X\n", "no size" },
		{ "[fetch]\nallow = nonsense\n", ":2: [fetch] allow" },
		{ "[fetch]\nproxy = ftp://x\n", "it must begin with" },
		{ "[fetch]\nmemory-max = 1M\n", "memory-max is less than body-max" },
		{ "[poll]\navoid-hot = maybe\n", "neither yes nor no" },
		{ "[log]\nlevel = loud\n", "none of error" },
		{ "[poll]\ninterval\n", ":2: neither [section] nor key = value" },
	};
	struct conf conf;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(load(rows[i].text, NULL, 0, &conf, &err), -1);
		assert_int_equal(err.code, ERR_USAGE);
		if (strstr(err.text, rows[i].words) == NULL)
			fail_msg("%s: %s", rows[i].text, err.text);
	}
}

static void a_line_too_long_is_an_error_and_not_cut(void **state)
{
	char text[600];
	struct conf conf;
	struct err err;

	(void)state;
	memset(text, 0, sizeof(text));
	strcpy(text, "[fetch]\nallow =");
	memset(text + strlen(text), ' ', 400);
	strcat(text, "10.0.0.0/8\n");
	assert_int_equal(load(text, NULL, 0, &conf, &err), -1);
	assert_non_null(strstr(err.text, ":2: a line has at most 198 bytes"));
}

static void a_password_in_a_bad_proxy_is_not_repeated(void **state)
{
	static const char *const overrides[] = { "fetch.proxy=sock://me:geheim@host",
		"fetch.proxi=http://me:geheim@host", "proxy=http://me:geheim@host" };
	struct conf conf;
	struct err err;

	(void)state;
	assert_int_equal(
		load("[fetch]\nproxy = sock://me:geheim@host\n", NULL, 0, &conf, &err), -1);
	assert_null(strstr(err.text, "geheim"));
	for (size_t i = 0; i < sizeof(overrides) / sizeof(overrides[0]); i++) {
		char *override[] = { (char *)overrides[i] };

		assert_int_equal(conf_load(NULL, override, 1, &conf, &err), -1);
		assert_null(strstr(err.text, "geheim"));
	}
}

static void the_sample_loads_with_every_setting_uncommented(void **state)
{
	struct conf conf;
	struct buf sample;
	struct err err;

	(void)state;
	buf_init(&sample, 1 << 16);
	assert_int_equal(conf_write_sample(&sample), 0);
	assert_int_equal(load(sample.data, NULL, 0, &conf, &err), 0);
	conf_release(&conf);
	/* "#key" is a setting, "# word" a comment. */
	for (char *at = sample.data; (at = strstr(at, "\n#")) != NULL; at++)
		if (at[2] != ' ')
			at[1] = ' ';
	for (char *at = sample.data; (at = strstr(at, "\n ")) != NULL; at++)
		memmove(at + 1, at + 2, strlen(at + 2) + 1);
	assert_int_equal(load(sample.data, NULL, 0, &conf, &err), 0);
	conf_release(&conf);
	buf_release(&sample);
}

static void a_bad_override_names_itself(void **state)
{
	static const char *const rows[] = { "poll", "poll.interval", "poll=1", "poll.nothing=1",
		"poll.interval=x", "=", ".=" };
	struct conf conf;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *override[] = { (char *)rows[i] };

		assert_int_equal(conf_load(NULL, override, 1, &conf, &err), -1);
		assert_non_null(strstr(err.text, "--set"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_those_of_the_table),
		cmocka_unit_test(a_file_sets_what_it_names),
		cmocka_unit_test(the_last_of_a_single_key_wins),
		cmocka_unit_test(an_override_replaces_a_list),
		cmocka_unit_test(what_is_wrong_is_named_with_its_line),
		cmocka_unit_test(a_line_too_long_is_an_error_and_not_cut),
		cmocka_unit_test(a_password_in_a_bad_proxy_is_not_repeated),
		cmocka_unit_test(the_sample_loads_with_every_setting_uncommented),
		cmocka_unit_test(a_bad_override_names_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
