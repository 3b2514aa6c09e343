/* URLs as people type them, as they are stored, compared and shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/url.h"

static void what_is_typed_becomes_what_is_stored(void **state)
{
	static const struct {
		const char *typed, *url, *userinfo;
	} rows[] = {
		{ "https://example.org/feed", "https://example.org/feed", NULL },
		{ "  https://example.org/feed\n", "https://example.org/feed", NULL },
		{ "example.org/feed", "https://example.org/feed", NULL },
		{ "example.org:8080/feed", "https://example.org:8080/feed", NULL },
		{ "localhost:8080", "https://localhost:8080/", NULL },
		{ " example.org:8080\t\n", "https://example.org:8080/", NULL },
		{ "//example.org", "https://example.org/", NULL },
		{ "feed:https://example.org/a", "https://example.org/a", NULL },
		{ "feed://example.org/a", "http://example.org/a", NULL },
		{ "feed:http://example.org/a", "http://example.org/a", NULL },
		{ "HTTPS://Example.ORG/A", "https://example.org/A", NULL },
		{ "https://EXAMPLE.org:8443/%7euser/%C3?x=%2F&&y",
			"https://example.org:8443/%7euser/%C3?x=%2F&&y", NULL },
		{ "https://example.org/a/../b/./c", "https://example.org/a/../b/./c", NULL },
		{ "https://example.org?q=1", "https://example.org/?q=1", NULL },
		{ "https://example.org/feed#top", "https://example.org/feed", NULL },
		{ "https://b\xc3\xbc"
		  "cher.example/\xc3\xa4",
			"https://xn--bcher-kva.example/%C3%A4", NULL },
		{ "https://me:s%3Acret@example.org/x", "https://example.org/x", "me:s:cret" },
		{ "me:secret@example.org/x", NULL, NULL },
		{ "https://me@example.org/x", "https://example.org/x", "me:" },
		{ "http://[::1]:80/x", "http://[::1]/x", NULL },
		{ "http://[::1]:8080/x", "http://[::1]:8080/x", NULL },
		{ "http://example.org:80/x", "http://example.org/x", NULL },
		{ "http://example.org:/x", "http://example.org/x", NULL },
		{ "https://me@example.org:443/x", "https://example.org/x", "me:" },
		{ "http://example.org:443/x", "http://example.org:443/x", NULL },
		{ "https://example.org:80/x", "https://example.org:80/x", NULL },
		{ "http://2130706433/x", "http://127.0.0.1/x", NULL },
		{ "http://\u2060127.0.0.1/x", "http://127.0.0.1/x", NULL },
		{ "mailto:me@example.org", NULL, NULL },
		{ "file:///etc/passwd", NULL, NULL },
		{ "javascript:alert(1)", NULL, NULL },
		{ "socks5://example.org/", NULL, NULL },
		{ "|touch /tmp/x", NULL, NULL },
		{ "exec:ls", NULL, NULL },
		{ "/etc/passwd", NULL, NULL },
		{ "", NULL, NULL },
		{ "cats", NULL, NULL },
		{ "https://", NULL, NULL },
		{ "https:///feed", NULL, NULL },
		{ "https://example.org/a b", NULL, NULL },
		{ "https://example.org/a\x01", NULL, NULL },
		{ "https://example.org:99999/", NULL, NULL },
		{ "https://example.org:0/", NULL, NULL },
		{ "https://a%0d%0ab@example.org/", NULL, NULL },
		{ "https://a%01:b@example.org/", NULL, NULL },
		{ "https://example.org/\xff", NULL, NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *url = NULL, *userinfo = NULL;
		struct err err;
		int result = url_subscribe(rows[i].typed, &url, &userinfo, &err);

		if (rows[i].url == NULL) {
			if (result == 0)
				fail_msg("%s was taken as %s", rows[i].typed, url);
			assert_int_equal(err.code, ERR_BAD_URL);
			continue;
		}
		if (result < 0)
			fail_msg("%s: %s", rows[i].typed, err.text);
		assert_string_equal(url, rows[i].url);
		if (rows[i].userinfo == NULL)
			assert_null(userinfo);
		else
			assert_string_equal(userinfo, rows[i].userinfo);
		free(url);
		free(userinfo);
	}
}

/* Each of them, with those words in the reason. */
static void refuses(const char *const *typed, size_t count, const char *words)
{
	char *url, *userinfo;
	struct err err;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(url_subscribe(typed[i], &url, &userinfo, &err), -1);
		assert_int_equal(err.code, ERR_BAD_URL);
		if (strstr(err.text, words) == NULL)
			fail_msg("%s: %s", typed[i], err.text);
	}
}

/* U+202F is a space after IDN's mapping, U+FF0F a slash, U+FF20 an at sign,
 * U+24AF "(t)". */
static void a_host_that_idn_makes_another_is_refused(void **state)
{
	static const char *const typed[] = { "http\u202F", "http\u24AF",
		"https://e.org\u202Fx.example/", "https://e.org\uFF0Fx.example/",
		"https://e.org\uFF20x.example/", "https://e.org\uFF1Fx.example/", "e%7f.org",
		"https://e%0a.org/", "https://e%01.org/", "https://\u2060/", "https://\u20603/",
		"https://e.org.0x7f./" };

	(void)state;
	refuses(typed, sizeof(typed) / sizeof(typed[0]), "");
}

static void a_name_that_idn_refuses_is_called_so(void **state)
{
	static const char *const typed[] = { "\uFFFD", "http://-\u00FC.org/", "http://ex%00ample/",
		"\u00FCaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org" };
	char *url, *userinfo;
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		assert_int_equal(url_subscribe(typed[i], &url, &userinfo, &err), -1);
		assert_string_equal(err.text, "no host is called like that");
	}
}

static void a_proxy_has_a_host_and_a_port_that_can_be_asked(void **state)
{
	static const struct {
		const char *url;
		bool taken;
	} rows[] = { { "http://proxy.example", true }, { "socks5h://[::1]:9050", true },
		{ "HTTP://me:geheim@proxy.example:8080", true }, { "http://", false },
		{ "http://proxy.example:99999", false }, { "http://proxy.example:x", false },
		{ "http://proxy.example:0", false }, { "socks4://proxy.example", false } };
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((url_check_proxy(rows[i].url, &err) == 0) != rows[i].taken)
			fail_msg("%s", rows[i].url);
}

/* What is shown of it is a proxy, and the same one: a dump has no more of it. */
static void a_proxy_is_shown_with_its_host(void **state)
{
	static const struct {
		const char *proxy, *shown;
	} rows[] = { { "http://p.example:1", "http://p.example:1" },
		{ "socks5h://me:secret@[::1]:9050", "socks5h://[::1]:9050" },
		{ "http://me:pass%40word@p.example/", "http://p.example/" },
		{ "http://p.example:1/@q", "http://p.example:1/@q" },
		{ "http://me:secret@p.example/@q", "http://p.example/@q" },
		{ "http://p.example:1?@", "http://p.example:1?@" },
		{ "http://p.example#a@b", "http://p.example#a@b" },
		{ "http://me:sec/ret@p.example:1", "http://p.example:1" },
		{ "me:secret@p.example", "p.example" }, { "p.example", "p.example" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *shown = url_proxy_shown(rows[i].proxy);

		assert_string_equal(shown, rows[i].shown);
		free(shown);
	}
}

static void an_address_with_a_zone_is_not_taken_without_it(void **state)
{
	static const char *const typed[] = { "http://[fe80::1%25lo]:8080/feed",
		"[fe80::1%25eth0]/feed", "http://[fe80::1%eth0]/" };

	(void)state;
	refuses(typed, sizeof(typed) / sizeof(typed[0]), "with a zone");
}

static void a_url_beyond_the_limit_is_refused(void **state)
{
	char *url = mem_alloc(URL_MAX + 2), *out, *userinfo;
	struct err err;

	(void)state;
	memset(url, 'a', URL_MAX + 1);
	url[URL_MAX + 1] = '\0';
	memcpy(url, "https://e.org/", 14);
	assert_int_equal(url_subscribe(url, &out, &userinfo, &err), -1);
	assert_false(url_is_web(url, URL_MAX + 1));
	assert_true(url_is_web(url, URL_MAX));
	free(url);
}

static void a_split_keeps_the_target_byte_for_byte(void **state)
{
	struct url_parts parts;
	struct err err;

	(void)state;
	assert_int_equal(url_split("HTTPS://u:p@Ex%41mple.org/a/../%7e?x=%2f#f", &parts, &err), 0);
	assert_string_equal(parts.scheme, "https");
	assert_string_equal(parts.host, "example.org");
	assert_string_equal(parts.target, "/a/../%7e?x=%2f");
	assert_string_equal(parts.user, "u");
	assert_string_equal(parts.password, "p");
	assert_int_equal(parts.port, 443);
	assert_false(parts.is_address);
	assert_true(parts.has_userinfo);
	url_parts_release(&parts);
	assert_int_equal(url_split("http://@127.0.0.1/", &parts, &err), 0);
	assert_true(parts.has_userinfo && parts.is_address);
	url_parts_release(&parts);
	assert_int_equal(url_split("http://example.org/@?@", &parts, &err), 0);
	assert_false(parts.has_userinfo);
	url_parts_release(&parts);
}

static void a_copy_of_the_parts_outlives_them(void **state)
{
	struct url_parts parts, copy;
	struct err err;

	(void)state;
	assert_int_equal(url_split("http://u:p@example.org?x", &parts, &err), 0);
	url_parts_copy(&copy, &parts);
	memset(parts.text, '#', parts.length);
	url_parts_release(&parts);
	assert_string_equal(copy.scheme, "http");
	assert_string_equal(copy.user, "u");
	assert_string_equal(copy.password, "p");
	assert_string_equal(copy.host, "example.org");
	assert_string_equal(copy.target, "/?x");
	assert_int_equal(copy.port, 80);
	url_parts_release(&copy);
}

static void an_address_is_seen_in_every_spelling(void **state)
{
	static const char *const urls[] = { "http://127.0.0.1/", "http://2130706433/",
		"http://0x7f.1/", "http://0177.1/", "http://0x7f000001/" };
	struct url_parts parts;
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		assert_int_equal(url_split(urls[i], &parts, &err), 0);
		assert_string_equal(parts.host, "127.0.0.1");
		assert_true(parts.is_address);
		url_parts_release(&parts);
	}
	assert_int_equal(url_split("http://[::FFFF:1.2.3.4]:81", &parts, &err), 0);
	assert_true(parts.is_address);
	assert_string_equal(parts.target, "/");
	assert_int_equal(parts.port, 81);
	url_parts_release(&parts);
}

static void only_web_urls_leave_as_links(void **state)
{
	static const struct {
		const char *url;
		bool web;
	} rows[] = {
		{ "http://example.org", true },
		{ "HTTPS://example.org/x?y#z", true },
		{ "https://u@example.org:8/", true },
		{ "https://[::1]/", true },
		{ "https://b\xc3\xbc"
		  "cher.example/",
			true },
		{ "ftp://example.org/", false },
		{ "javascript:alert(1)", false },
		{ "//example.org/", false },
		{ "http:example.org", false },
		{ "http:///x", false },
		{ "http://:80/x", false },
		{ "http://u@/x", false },
		{ "http://example.org:http/", false },
		{ "http://[::1/", false },
		{ "http://example.org/a b", false },
		{ "http://example.org/\n", false },
		{ "http://example.org/\x7f", false },
		{ "http://example.org/\xe2\x80\xae", false },
		{ "http://example.org/\xc2\x9b", false },
		{ "-oProxyCommand=x", false },
		{ "", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (url_is_web(rows[i].url, strlen(rows[i].url)) != rows[i].web)
			fail_msg("%s", rows[i].url);
	}
	assert_false(url_is_web("http://a\0b/", 11));
}

static void what_only_looks_different_compares_equal(void **state)
{
	static const char *const same[][2] = {
		{ "http://www.Example.org/a/", "https://example.org/a" },
		{ "https://example.org:443/a", "http://example.org:80/a" },
		{ "https://example.org/a?utm_source=x&b=1&fbclid=9", "https://example.org/a?b=1" },
		{ "https://example.org/a/?UTM_Medium=x", "https://example.org/a" },
		{ "https://example.org/a?utm%5Fsource=x&%66bclid=9", "https://example.org/a" },
		{ "https://example.org/a?source=%72ss%2Dfeed", "https://example.org/a" },
		{ "https://example.org/#top", "https://example.org" },
		{ "https://example.org/caf%C3%A9", "https://example.org/caf%c3%a9" },
		{ "https://example.org/caf%C3%A9", "https://example.org/caf\xc3\xa9" },
		{ "https://example.org/?q=%C3%A9", "https://example.org/?q=\xc3\xa9" },
		{ "https://example.org/%7Ejoe/a%2db", "https://example.org/~joe/a-b" },
		{ "https://example.org/a%3ab", "https://example.org/a%3Ab" },
		{ "https://example.org/a?b=1&mtm_campaign=x&Piwik_kwd=y&matomo_source=z",
			"https://example.org/a?b=1" },
		{ "https://example.org/a?pk_campaign=x&pk_kwd=y", "https://example.org/a" },
		{ "https://example.org/a?CMP=rss&cmp=x", "https://example.org/a" },
		{ "https://example.org/a?source=rss&b=1", "https://example.org/a?b=1" },
		{ "https://example.org/a?source=rss----7f60cf5620c9---4", "https://example.org/a" },
		{ "https://example.org/a?ref=RSS&ref=atom-feed&ref=feed", "https://example.org/a" },
		{ "https://b\xc3\xbc"
		  "cher.example/a",
			"https://xn--bcher-kva.example/a" },
		{ "http://www.B\xc3\x9c"
		  "CHER.example:80/a",
			"https://xn--bcher-kva.example/a" },
		{ "https://b%c3%bccher.example:443/", "https://XN--bcher-kva.example" },
		{ "https://b\xc3\xbc"
		  "cher.example:81/",
			"https://xn--bcher-kva.example:81/" },
		{ "https://u@%65xample.org/", "https://example.org/" },
	};
	static const char *const other[][2] = {
		{ "https://example.org/A", "https://example.org/a" },
		{ "https://example.org/?a=1&b=2", "https://example.org/?b=2&a=1" },
		{ "https://example.org:81/", "https://example.org/" },
		{ "https://example.org/utm_x", "https://example.org/" },
		{ "https://example.org/a%2Fb", "https://example.org/a/b" },
		{ "https://example.org/a%3Fb", "https://example.org/a?b" },
		{ "https://example.org/a%23b", "https://example.org/a" },
		{ "https://example.org/?a=1%26b=2", "https://example.org/?a=1&b=2" },
		{ "https://example.org/?a%3D1", "https://example.org/?a=1" },
		{ "https://example.org/a%2541", "https://example.org/aA" },
		{ "https://example.org/a%25C3", "https://example.org/a%C3" },
		{ "https://example.org/a%4", "https://example.org/a" },
		{ "https://example.org/a%zz", "https://example.org/azz" },
		{ "https://example.org/a?ref=42", "https://example.org/a" },
		{ "https://example.org/a?source=Feedburner", "https://example.org/a" },
		{ "https://example.org/a?source=rssi", "https://example.org/a" },
		{ "https://example.org/a?source", "https://example.org/a" },
		{ "https://example.org/a?rss=source", "https://example.org/a" },
		{ "https://example.org/a?pk_id=1", "https://example.org/a" },
		{ "https://example.org/a?cmpid=1", "https://example.org/a" },
		{ "https://b\xc3\xbc"
		  "cher.example:81/",
			"https://xn--bcher-kva.example/" },
		{ "https://b\xc3\xbc"
		  "cher.example/",
			"https://bucher.example/" },
		/* Nobody is called like that. */
		{ "https://a%2Fb.example/", "https://a/b.example/" },
		{ "https://%20\xc3\xbc/", "https://\xc3\xbc/" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		char *a = url_normalise(same[i][0]), *b = url_normalise(same[i][1]);

		assert_string_equal(a, b);
		free(a);
		free(b);
	}
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		char *a = url_normalise(other[i][0]), *b = url_normalise(other[i][1]);

		assert_string_not_equal(a, b);
		free(a);
		free(b);
	}
	assert_null(url_normalise("mailto:x@example.org"));
}

static void what_is_compared_is_spelled_in_one_way(void **state)
{
	char *normal = url_normalise("https://u@B.example/%e2%82%ac\xe2\x82\xac/%41%2f%?%7e=%20+%");

	(void)state;
	assert_string_equal(normal, "b.example/%E2%82%AC%E2%82%AC/A%2F%?~=%20+%");
	free(normal);
}

static void what_is_refused_is_shown_without_a_password(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "", "" },
		{ "@", "@" },
		{ ":@", "@" },
		{ "u:SECRET@", "@" },
		{ "http://h/a b", "http://h/a b" },
		{ "ftp://u:SECRET@h/x?y#z", "ftp://h/x?y#z" },
		{ "http://SECRET@h/", "http://h/" },
		{ "http://u:SECRET@", "http://" },
		{ "filter:x:http://u:SECRET@h/", "filter:x:http://h/" },
		{ "exec:curl http://u:SECRET@h/", "exec:curl http://h/" },
		{ "exec:a http://u:SECRET@h/ ftp://v:SECRET@g/", "exec:a http://h/ ftp://g/" },
		{ "feed:ftp://u:SECRET@h/", "feed:ftp://h/" },
		{ "u:SECRET@h/f", "h/f" },
		{ "feed:u:SECRET@h/f", "h/f" },
		{ "exec:curl -u u:SECRET@h", "exec:curl -u h" },
		{ "http:/u:SECRET@h/", "http:/h/" },
		{ "http:///u:SECRET@h/", "http:///h/" },
		{ "file:///home/me@host/f", "file:///home/me@host/f" },
		{ "http://u:my SECRET@h/", "http://h/" },
		{ "http://u:SE/CRET@h/", "http://h/" },
		{ "http://u:SE?CRET@h/", "http://h/" },
		{ "http://u:SE//CRET@h/", "http://h/" },
		{ "http://u:SE@CRET@h/", "http://h/" },
		{ "https://social.example/@me.rss", "https://social.example/@me.rss" },
		{ "https://h/https://social.example/@me", "https://h/https://social.example/@me" },
		{ "query:x:author = \"a@b\"", "query:x:author = \"a@b\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *shown = url_hide_userinfo(rows[i].text);

		assert_string_equal(shown, rows[i].shown);
		free(shown);
	}
}

static void a_log_sees_neither_userinfo_nor_query(void **state)
{
	static const char *const rows[][2] = {
		{ "https://u:secret@example.org:8/a?token=secret#x",
			"https://example.org:8/a?\xe2\x80\xa6" },
		{ "https://example.org/a", "https://example.org/a" },
		{ "https://example.org", "https://example.org" },
		{ "mailto:x?secret", "mailto:x?\xe2\x80\xa6" },
		{ "a?secret", "a?\xe2\x80\xa6" },
		{ "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *shown = url_redact(rows[i][0]);

		assert_string_equal(shown, rows[i][1]);
		free(shown);
	}
}

static void an_origin_names_its_port(void **state)
{
	char *origin = url_origin("HTTP://u@Example.org/x");

	(void)state;
	assert_string_equal(origin, "http://example.org:80");
	free(origin);
	origin = url_origin("https://[::1]:8/x");
	assert_string_equal(origin, "https://[::1]:8");
	free(origin);
	assert_null(url_origin("data:,x"));
}

static void a_url_is_at_its_host_and_port(void **state)
{
	(void)state;
	assert_true(url_is_at("http://Home.example/x", "home.example:80"));
	assert_true(url_is_at("https://[::1]:8/x", "[::1]:8"));
	assert_false(url_is_at("http://home.example:81/x", "home.example:80"));
	assert_false(url_is_at("http://away.example/x", "home.example:80"));
	assert_false(url_is_at("http://home.example/x", NULL));
	assert_false(url_is_at("push:notes", "notes"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_typed_becomes_what_is_stored),
		cmocka_unit_test(a_host_that_idn_makes_another_is_refused),
		cmocka_unit_test(a_name_that_idn_refuses_is_called_so),
		cmocka_unit_test(a_proxy_has_a_host_and_a_port_that_can_be_asked),
		cmocka_unit_test(a_proxy_is_shown_with_its_host),
		cmocka_unit_test(an_address_with_a_zone_is_not_taken_without_it),
		cmocka_unit_test(a_url_beyond_the_limit_is_refused),
		cmocka_unit_test(a_split_keeps_the_target_byte_for_byte),
		cmocka_unit_test(a_copy_of_the_parts_outlives_them),
		cmocka_unit_test(an_address_is_seen_in_every_spelling),
		cmocka_unit_test(only_web_urls_leave_as_links),
		cmocka_unit_test(what_only_looks_different_compares_equal),
		cmocka_unit_test(what_is_compared_is_spelled_in_one_way),
		cmocka_unit_test(what_is_refused_is_shown_without_a_password),
		cmocka_unit_test(a_log_sees_neither_userinfo_nor_query),
		cmocka_unit_test(an_origin_names_its_port),
		cmocka_unit_test(a_url_is_at_its_host_and_port),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
