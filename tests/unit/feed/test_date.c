/*
 * Dates and durations: every form that feeds are known to use, and what must
 * not become a date.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/time.h"
#include "daemon/feed/date.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct example {
	const char *text;
	const char *means; /* RFC 3339; NULL: no date */
};

static void check(const struct example *examples, size_t count)
{
	size_t i, wrong = 0;

	for (i = 0; i < count; i++) {
		int64_t s = date_parse(examples[i].text, strlen(examples[i].text));
		char got[TIME_TEXT_MAX] = "none";

		if (s != DATE_NONE)
			time_format_rfc3339(s, got);
		if (strcmp(got, examples[i].means != NULL ? examples[i].means : "none") != 0) {
			print_error("\"%s\" gave %s\n", examples[i].text, got);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

#define CHECK(examples) check(examples, COUNT(examples))

static void mail_dates_are_read(void **state)
{
	static const struct example examples[] = {
		{ "Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 +0000", "2004-01-01T19:48:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 -0500", "2004-01-02T00:48:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 +05:30", "2004-01-01T14:18:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 EST", "2004-01-02T00:48:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 PDT", "2004-01-02T02:48:21Z" },
		{ "1 Jan 2004 19:48 UT", "2004-01-01T19:48:00Z" },
		{ "Thu, 1 Jan 04 19:48:21 Z", "2004-01-01T19:48:21Z" },
		{ "Thu,01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z" },
		{ "  Thu, 01 Jan 2004 19:48:21 GMT\n", "2004-01-01T19:48:21Z" },
		{ "Sun, 31 Dec 1999 23:59:59 GMT", "1999-12-31T23:59:59Z" },
		{ "31 Dec 99 23:59:59 GMT", "1999-12-31T23:59:59Z" },
	};

	(void)state;
	CHECK(examples);
}

static void mutilated_mail_dates_are_read(void **state)
{
	static const struct example examples[] = {
		{ "Thursday, 01 January 2004 19:48:21 GMT", "2004-01-01T19:48:21Z" },
		{ "Mon, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z" },
		{ "01 Jan 2004", "2004-01-01T00:00:00Z" },
		{ "Thu, Jan 01 2004 19:48:21 GMT", "2004-01-01T19:48:21Z" },
		{ "January 1, 2004 7:48 PM", "2004-01-01T19:48:00Z" },
		{ "Jan 1st, 2004 12:05 am", "2004-01-01T00:05:00Z" },
		{ "Thu, 01 Jan 2004 24:00:00 GMT", "2004-01-02T00:00:00Z" },
		{ "Thu, 01 Jan 2004 19:48:21", "2004-01-01T19:48:21Z" },
		{ "Thu, 01 Jan 2004 9:08:01 GMT", "2004-01-01T09:08:01Z" },
		{ "Thu, 01-Jan-2004 19:48:21 GMT", "2004-01-01T19:48:21Z" },
		{ "Thu, 01-Jan-04 19:48:21 GMT", "2004-01-01T19:48:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 Etc/GMT", "2004-01-01T19:48:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 GMT+0100", "2004-01-01T18:48:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 UTC+2", "2004-01-01T17:48:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 +1", "2004-01-01T18:48:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 -0500 (EST)", "2004-01-02T00:48:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 +9999", "2004-01-01T19:48:21Z" },
		{ "Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53Z" },
		{ "Thu, 01 Jan 2004 19:48:21.123 GMT", "2004-01-01T19:48:21Z" },
		{ "Thu, 01 Jan 2004 23:59:60 GMT", "2004-01-02T00:00:00Z" },
		{ "Sun Jan  4 16:29:06 2004", "2004-01-04T16:29:06Z" },
		{ "Sun Jan  4 16:29:06 PST 2004", "2004-01-05T00:29:06Z" },
		{ "Thu Jan 01 2004 19:48:21 GMT+0200 (CEST)", "2004-01-01T17:48:21Z" },
		{ "Thu, 01 Jan 2004 19:48:21 0200", "2004-01-01T17:48:21Z" },
		{ "Thu, 01 Jan 2004 19 -0500", "2004-01-02T00:00:00Z" },
		{ "Thu, 01 Jan 2004 19.48.21 +0100", "2004-01-01T18:48:21Z" },
		{ "Mon, 26 January 2004 16:31:00 AT", "2004-01-26T20:31:00Z" },
		{ "Jan. 4, 2016, 12:37 p.m.", "2016-01-04T12:37:00Z" },
		{ "Jan. 4, 2016, 10:57 A.M.", "2016-01-04T10:57:00Z" },
		{ "Thu, June 22, 2023 at 01:11 PM EDT", "2023-06-22T17:11:00Z" },
		{ "26 Sep 2022 EST", "2022-09-26T05:00:00Z" },
		{ "Nov. 2020", "2020-11-01T00:00:00Z" },
		{ "10/30/23 21:55:58", "2023-10-30T21:55:58Z" },
		{ "Thu, 29 Oct 2020 07:36:03 --0700", "2020-10-29T14:36:03Z" },
	};

	(void)state;
	CHECK(examples);
}

static void iso_dates_are_read(void **state)
{
	static const struct example examples[] = {
		{ "2003-12-31T10:14:55Z", "2003-12-31T10:14:55Z" },
		{ "2003-12-31T10:14:55.123456Z", "2003-12-31T10:14:55Z" },
		{ "2003-12-31T10:14:55,5Z", "2003-12-31T10:14:55Z" },
		{ "2003-12-31T10:14:55-08:00", "2003-12-31T18:14:55Z" },
		{ "2003-12-31T10:14:55+0530", "2003-12-31T04:44:55Z" },
		{ "2003-12-31T10:14:55\u221208:00", "2003-12-31T18:14:55Z" },
		{ "2003-12-31T18:14+08:00", "2003-12-31T10:14:00Z" },
		{ "2003-12-31t10:14:55z", "2003-12-31T10:14:55Z" },
		{ "2003-12-31 10:14:55", "2003-12-31T10:14:55Z" },
		{ "2003-12-31T10:14:55 GMT", "2003-12-31T10:14:55Z" },
		{ "2003-12-31T10Z", "2003-12-31T10:00:00Z" },
		{ "2003-12-31", "2003-12-31T00:00:00Z" },
		{ "2003-12", "2003-12-01T00:00:00Z" },
		{ "2003", "2003-01-01T00:00:00Z" },
		{ "20031231", "2003-12-31T00:00:00Z" },
		{ "20031231T101455Z", "2003-12-31T10:14:55Z" },
		{ "20031231T1014+0100", "2003-12-31T09:14:00Z" },
		{ "2003-365", "2003-12-31T00:00:00Z" },
		{ "2003-006", "2003-01-06T00:00:00Z" },
		{ "2003-012T10:14Z", "2003-01-12T10:14:00Z" },
		{ "2003-000", NULL },
		{ "2003335", "2003-12-01T00:00:00Z" },
		{ "2004-W01-4", "2004-01-01T00:00:00Z" },
		{ "2009-W53-7T12:00Z", "2010-01-03T12:00:00Z" },
		{ "2004W014", "2004-01-01T00:00:00Z" },
		{ "2003W523T101112Z", "2003-12-24T10:11:12Z" },
		{ "2003w52", "2003-12-22T00:00:00Z" },
		{ "03-12-31", "2003-12-31T00:00:00Z" },
		{ "031231", "2003-12-31T00:00:00Z" },
		{ "2003-12-31T24:00:00Z", "2004-01-01T00:00:00Z" },
		{ "2003-02-28T23:59:59.999999999Z", "2003-02-28T23:59:59Z" },
		{ "2003-012-31T10:14:55+00:00", "2003-12-31T10:14:55Z" },
		{ "-0312", "2003-12-01T00:00:00Z" },
		{ "-03-12", "2003-12-01T00:00:00Z" },
		{ "2015-04-02+02:00", "2015-04-01T22:00:00Z" },
		{ "2015-04-02Z", "2015-04-02T00:00:00Z" },
		{ "2006-01-02 00:00:00.0 15:04:05.0 -0700", "2006-01-02T22:04:05Z" },
		{ "2006-01-02T15:04:05-07:00:00", "2006-01-02T22:04:05Z" },
		{ "2020-11-08T16:20:00-05:00Z", "2020-11-08T21:20:00Z" },
	};

	(void)state;
	CHECK(examples);
}

static void names_of_many_languages_are_known(void **state)
{
	static const struct example examples[] = {
		{ "Do, 01 Jän 2004 19:48:21 MEZ", "2004-01-01T18:48:21Z" },
		{ "Mi, 05 Mär 2014 12:00:00 +0100", "2014-03-05T11:00:00Z" },
		{ "Fr, 9 Mai 2014 12:00:00 MESZ", "2014-05-09T10:00:00Z" },
		{ "mar., 03 févr. 2015 10:00:00 +0000", "2015-02-03T10:00:00Z" },
		{ "lun, 17 août 2015 10:00:00 +0200", "2015-08-17T08:00:00Z" },
		{ "17 juin 2015 14h30", "2015-06-17T14:30:00Z" },
		{ "17 juillet 2015", "2015-07-17T00:00:00Z" },
		{ "jue, 01 ene 2004 19:48:21 +0100", "2004-01-01T18:48:21Z" },
		{ "mar, 10 mar 2015 08:00:00 GMT", "2015-03-10T08:00:00Z" },
		{ "mer, 12 ago 2015 08:00:00 GMT", "2015-08-12T08:00:00Z" },
		{ "Чт, 01 янв 2004 19:48:21 +0300", "2004-01-01T16:48:21Z" },
		{ "12 мая 2015 10:00", "2015-05-12T10:00:00Z" },
		{ "ПН, 12 ДЕК 2016 10:00:00", "2016-12-12T10:00:00Z" },
		{ "Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z" },
		{ "2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z" },
		{ "2004-szeptember-13T9:15-05:00", "2004-09-13T14:15:00Z" },
		{ "2004년 05월 28일  01:31:15", "2004-05-27T16:31:15Z" },
		{ "2004-05-25 오후 11:23:17", "2004-05-25T14:23:17Z" },
		{ "2004-05-25 오전 01:23:17", "2004-05-24T16:23:17Z" },
		{ "2004年5月28日 10:00", "2004-05-28T10:00:00Z" },
		{ "czw, 01 sty 2004 19:48:21 +0100", "2004-01-01T18:48:21Z" },
		{ "Per, 01 Oca 2004 19:48:21 +0200", "2004-01-01T17:48:21Z" },
		{ "do, 13 mrt 2014 12:00:00 +0100", "2014-03-13T11:00:00Z" },
		{ "tor, 01 maj 2014 12:00:00 +0200", "2014-05-01T10:00:00Z" },
		{ "qua, 11 fev 2015 12:00:00 -0300", "2015-02-11T15:00:00Z" },
		{ "terça-feira, 3 de março de 2015", "2015-03-03T00:00:00Z" },
		{ "12 de mayo de 2015 a las 10:00 p. m.", "2015-05-12T22:00:00Z" },
		{ "2015. július 13. 10:30", "2015-07-13T10:30:00Z" },
		{ "maanantai 5.6.2015", "2015-06-05T00:00:00Z" },
		{ "mar. 03/02/2015", "2015-02-03T00:00:00Z" },
		{ "25 Μαΐου 2014 12:00 +0200", "2014-05-25T10:00:00Z" },
		{ "목, 01 1월 2004 10:48:21 GMT", "2004-01-01T10:48:21Z" },
		{ "日, 01 2 2004 19:48:21 +0900", "2004-02-01T10:48:21Z" },
		{ "星期四, 01 一月 2004 19:48:21 +0800", "2004-01-01T11:48:21Z" },
		{ "12 avg 2015", "2015-08-12T00:00:00Z" },
		{ "12 יונ 2015", "2015-06-12T00:00:00Z" },
		{ "12 أغسطس 2015", "2015-08-12T00:00:00Z" },
		{ "13 กุมภาพันธ์ 2564", "2021-02-13T00:00:00Z" },
	};

	(void)state;
	CHECK(examples);
}

static void numbers_alone_are_read_where_they_can_be(void **state)
{
	static const struct example examples[] = {
		{ "1072983301", "2004-01-01T18:55:01Z" },
		{ "1072983301000", "2004-01-01T18:55:01Z" },
		{ "1072983301.25", "2004-01-01T18:55:01Z" },
		{ "/Date(1072983301000)/", "2004-01-01T18:55:01Z" },
		{ "/Date(1072983301999+0100)/", "2004-01-01T18:55:01Z" },
		{ "/Date(1072983301000-0500)/", "2004-01-01T18:55:01Z" },
		{ "31.12.2003 10:14", "2003-12-31T10:14:00Z" },
		{ "12/31/2003 10:14:55 PM", "2003-12-31T22:14:55Z" },
		{ "31/12/2003", "2003-12-31T00:00:00Z" },
		{ "2003/12/31 10:14:55", "2003-12-31T10:14:55Z" },
		{ "20031231101455", "2003-12-31T10:14:55Z" },
		{ "31-12-2003", "2003-12-31T00:00:00Z" },
	};

	(void)state;
	CHECK(examples);
}

static void day_and_month_are_told_apart(void **state)
{
	static const struct example examples[] = {
		{ "Fri, 26/06/2020", "2020-06-26T00:00:00Z" },
		{ "Mon, 03/30/2020 - 19:19", "2020-03-30T19:19:00Z" },
		{ "Sat, 11 04 2020 08:51:49 +0100", "2020-04-11T07:51:49Z" },
		{ "Wed, 11 04 2020 08:51:49 +0100", "2020-11-04T07:51:49Z" },
		{ "Sat, 11/04/2020 1:00 PM", "2020-04-11T13:00:00Z" },
		{ "11/04/2020 08:51", "2020-04-11T08:51:00Z" },
		{ "11/04/2020 8:51 pm PST", "2020-11-05T04:51:00Z" },
		{ "11/04/2020 08:51:49 EST", "2020-11-04T13:51:49Z" },
		{ "11.04.2020 8:51 pm", "2020-04-11T20:51:00Z" },
		{ "2015 02 03 10:30", "2015-02-03T10:30:00Z" },
		{ "06/1/2 15:04", "2006-01-02T15:04:00Z" },
	};

	(void)state;
	CHECK(examples);
}

static void places_keep_their_summer_time(void **state)
{
	static const struct example examples[] = {
		{ "Fri, 31 Mar 2023 20:19:00 America/Los_Angeles", "2023-04-01T03:19:00Z" },
		{ "Thu, 25 Feb 2016 00:00:00 Europe/Brussels", "2016-02-24T23:00:00Z" },
		{ "Thu, 01 Jul 2004 19:48:21 EST5EDT", "2004-07-01T23:48:21Z" },
		{ "26 Mar 2023 01:59:00 Europe/Berlin", "2023-03-26T00:59:00Z" },
		{ "26 Mar 2023 03:00:00 Europe/Berlin", "2023-03-26T01:00:00Z" },
		{ "29 Oct 2023 02:59:00 Europe/Berlin", "2023-10-29T00:59:00Z" },
		{ "29 Oct 2023 03:00:00 Europe/Berlin", "2023-10-29T02:00:00Z" },
		{ "12 Mar 2023 01:59 America/Los_Angeles", "2023-03-12T09:59:00Z" },
		{ "12 Mar 2023 03:00 America/Los_Angeles", "2023-03-12T10:00:00Z" },
		{ "01 Jan 2023 12:00:00 Australia/Sydney", "2023-01-01T01:00:00Z" },
		{ "01 Jul 2023 12:00:00 Australia/Sydney", "2023-07-01T02:00:00Z" },
		{ "01 Jan 2024 12:00:00 Pacific/Auckland", "2023-12-31T23:00:00Z" },
		{ "01 Jul 2023 12:00:00 Asia/Tokyo", "2023-07-01T03:00:00Z" },
		{ "2004-01-01T19:48:21+01:00[Europe/Paris]", "2004-01-01T18:48:21Z" },
		{ "01 Jul 2023 12:00:00 Nowhere/Under_Hill", "2023-07-01T12:00:00Z" },
	};

	(void)state;
	CHECK(examples);
}

static void what_is_no_date_is_none(void **state)
{
	static const struct example examples[] = {
		{ "", NULL },
		{ "   ", NULL },
		{ "yesterday", NULL },
		{ "not a date", NULL },
		{ "Thu, 31 Feb 2004 19:48:21 GMT", NULL },
		{ "2003-02-30", NULL },
		{ "2003-13-01", NULL },
		{ "2003-00-10", NULL },
		{ "2003-12-32", NULL },
		{ "2003-366", NULL },
		{ "2003-W54-1", NULL },
		{ "2003-12-31T25:00:00Z", NULL },
		{ "2003-12-31T10:61:00Z", NULL },
		{ "99999-12-31", NULL },
		{ "-1", NULL },
		{ "-1-01-01T00:00:00Z", NULL },
		{ "-2023-01-02T00:00:00Z", NULL },
		{ "0", NULL },
		{ "00", NULL },
		{ "0000-00-00 00:00:00", NULL },
		{ "0001-01-01T00:00:00Z", NULL },
		{ "1970-01-01T00:00:00Z", NULL },
		{ "1989-12-31T23:59:59Z", NULL },
		{ "2099-01-01T00:00:00Z", NULL },
		{ "1000000000000000000", NULL },
		{ "99999999999999999999999999999999", NULL },
		{ "Wed, 31 Dec", NULL },
		{ "12:00:00", NULL },
		{ "Sun, 16 Dec 2012 1:2:3:4 GMT", NULL },
		{ "Sun, 16 zzz 2012 11:47:32 GMT", NULL },
		{ "Sun, Dec x 2012 11:47:32 GMT", NULL },
		{ "Sun, 16 Dec 2012 11:47:32 +zz:00", NULL },
		{ "Sun, 16 Dec 2012 11:47:32 +00:zz", NULL },
		{ "Sun, 99 Jun 2009 12:00:00 GMT", NULL },
		{ "9999-12-31T23:59:59-99:99", NULL },
		{ "/Date(-62135596800000)/", NULL },
		{ "/Date(1072983301000", NULL },
		{ "/Date()/", NULL },
	};

	(void)state;
	CHECK(examples);
}

static void leap_days_exist_in_leap_years_only(void **state)
{
	static const struct example examples[] = {
		{ "2004-02-29", "2004-02-29T00:00:00Z" },
		{ "2000-02-29", "2000-02-29T00:00:00Z" },
		{ "2003-02-29", NULL },
		{ "2004-366", "2004-12-31T00:00:00Z" },
	};

	(void)state;
	CHECK(examples);
}

static void durations_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t s;
	} examples[] = { { "3723", 3723 }, { "62:03", 3723 }, { "1:02:03", 3723 },
		{ "01:02:03.5", 3723 }, { " 00:30 ", 30 }, { "0", 0 }, { "3723.5", 3723 },
		{ "PT1H2M3S", 3723 }, { "1h 2m 3s", 3723 }, { "45 min", 2700 }, { "P1DT1S", 86401 },
		{ "", -1 }, { "long", -1 }, { "1:2:3:4:5", -1 }, { "-5", -1 },
		{ "99999999999999999999", -1 }, { "PT", -1 } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(examples); i++) {
		int64_t s = duration_parse(examples[i].text, strlen(examples[i].text));

		if (s != examples[i].s)
			print_error("\"%s\" gave %lld\n", examples[i].text, (long long)s);
		assert_int_equal(s, examples[i].s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_dates_are_read),
		cmocka_unit_test(mutilated_mail_dates_are_read),
		cmocka_unit_test(iso_dates_are_read),
		cmocka_unit_test(names_of_many_languages_are_known),
		cmocka_unit_test(numbers_alone_are_read_where_they_can_be),
		cmocka_unit_test(day_and_month_are_told_apart),
		cmocka_unit_test(places_keep_their_summer_time),
		cmocka_unit_test(what_is_no_date_is_none),
		cmocka_unit_test(leap_days_exist_in_leap_years_only),
		cmocka_unit_test(durations_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
