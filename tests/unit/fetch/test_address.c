/* Which addresses are public, and what a rule lets through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/fetch/address.h"

#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

static void what_is_not_global_is_private(void **state)
{
	static const char *const private[] = { "127.0.0.1", "127.255.255.255", "0.0.0.0", "0.1.2.3",
		"10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.0.1",
		"198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
		"239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::8.8.8.8",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1",
		"64:ff9b:1::1", "::ffff:0:7f00:1", "100::1", "2001::1", "2001:0:1::1", "2001:10::1",
		"2001:20::1", "2001:db8::1", "2002::1", "2002:7f00:1::", "3fff::1", "fc00::1",
		"fdff::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ffff::1" };
	static const char *const public[] = { "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.1",
		"192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2001:200::1", "2001:4860:4860::8888",
		"2606:4700::1", "2a00::1" };
	struct address address;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(private); i++) {
		assert_true(address_of_text(private[i], &address));
		if (!address_is_private(&address))
			fail_msg("%s counts as public", private[i]);
	}
	for (i = 0; i < COUNT(public); i++) {
		assert_true(address_of_text(public[i], &address));
		if (address_is_private(&address))
			fail_msg("%s counts as private", public[i]);
	}
}

static void rules_are_ranges_with_a_port(void **state)
{
	static const struct {
		const char *rule, *address;
		unsigned port;
		bool want;
	} rows[] = {
		{ "10.0.0.0/8", "10.1.2.3", 80, true },
		{ "10.0.0.0/8", "11.1.2.3", 80, false },
		{ "127.0.0.1", "127.0.0.1", 1, true },
		{ "127.0.0.1", "127.0.0.2", 1, false },
		{ "127.0.0.1/32:8080", "127.0.0.1", 8080, true },
		{ "127.0.0.1/32:8080", "127.0.0.1", 8081, false },
		{ "127.0.0.1:8080", "127.0.0.1", 8080, true },
		{ "[::1]/128:8080", "::1", 8080, true },
		{ "[::1]/128:8080", "::1", 80, false },
		{ "[::1]:8080", "::1", 8080, true },
		{ "::1/128", "::1", 80, true },
		{ "fd00::/8", "fdab::1", 80, true },
		{ "fd00::/8", "fe80::1", 80, false },
		{ "10.0.0.0/9", "10.127.0.1", 80, true },
		{ "10.0.0.0/9", "10.128.0.1", 80, false },
		{ "0.0.0.0/0", "127.0.0.1", 80, true },
		{ "0.0.0.0/0", "::1", 80, false },
		{ "127.0.0.0/8", "::ffff:127.0.0.1", 80, true },
	};
	struct fetch_allow allow;
	struct address address;
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		if (fetch_allow_parse(rows[i].rule, &allow, &err) < 0)
			fail_msg("%s: %s", rows[i].rule, err.text);
		assert_true(address_of_text(rows[i].address, &address));
		if (address_is_allowed(&address, rows[i].port, &allow, 1) != rows[i].want)
			fail_msg("%s: %s port %u", rows[i].rule, rows[i].address, rows[i].port);
	}
}

static void what_is_no_rule_is_said_to_be_none(void **state)
{
	static const char *const rules[] = { "", "x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/",
		"10.0.0/8", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x", "[::1", "[::1]x",
		"::1/129", "example.org", "10.0.0.0/8/8", "[]", "/8" };
	struct fetch_allow allow;
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rules); i++) {
		if (fetch_allow_parse(rules[i], &allow, &err) == 0)
			fail_msg("%s was taken", rules[i]);
		assert_int_equal(err.code, ERR_SYNTAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_global_is_private),
		cmocka_unit_test(rules_are_ranges_with_a_port),
		cmocka_unit_test(what_is_no_rule_is_said_to_be_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
