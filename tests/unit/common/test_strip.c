#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "common/strip.h"
#include "common/utf8.h"

#define OUT_MAX ((size_t)64 << 20)
#ifdef FEEDD_SANITIZED
#define HOSTILE_SIZE ((size_t)1 << 18)
#else
#define HOSTILE_SIZE ((size_t)1 << 20)
#endif

static struct buf out;

static int set_up(void **state)
{
	(void)state;
	buf_init(&out, OUT_MAX);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_release(&out);
	return 0;
}

struct pair {
	const char *given;
	const char *wanted;
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- text ---------------------------------------------------------------- */

static const struct pair lines[] = {
	{ "", "" },
	{ "   \n\t ", "" },
	{ "plain", "plain" },
	{ "<p>one</p><p>two</p>", "one\ntwo" },
	{ "one<br>two<BR/>three", "one\ntwo\nthree" },
	{ "<ul><li>a<li>b</ul>c", "a\nb\nc" },
	{ "<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc" },
	{ "a<b>b</b>c", "abc" },
	{ "a <b> b </b> c", "a b c" },
	{ "<div>\n\n  x \n y\n</div>", "x y" },
	{ "a<script>if (a<b) document.write('</p>')</script>b", "ab" },
	{ "a<SCRIPT>x</sCrIpT >b", "ab" },
	{ "a<script>x</scripty></script>b", "ab" },
	{ "a<style>p{}</style>b<noframes>c</noframes>", "ab" },
	{ "a<!-- <p>no</p> -->b", "ab" },
	{ "a<!-->b", "ab" },
	{ "a<!--->b", "ab" },
	{ "a<!-- -- > --!>b", "ab" },
	{ "a<!-- never ended <b>x", "a" },
	{ "a<!DOCTYPE html>b<?php x ?>c</ d>e</>f", "abcef" },
	{ "<title>t</title>x<textarea>&lt;b><i></textarea>", "x<b><i>" },
	{ "x<svg><title>icon</title><path/></svg>y", "xy" },
	{ "x<svg>lost<p>found</p>", "x\nfound" },
	{ "x<template>no<template>no</template>no</template>y", "xy" },
	{ "x<select><option>1<option>2</select>y", "xy" },
	{ "<math><mi>x</mi><annotation>\\TeX</annotation></math>", "x" },
	{ "x<plaintext>a<b>&amp;", "x\na<b>&amp;" },
	{ "x<xmp><b>&amp;</xmp>y", "x\n<b>&amp;\ny" },
	{ "a < b, 3 <4, <", "a < b, 3 <4, <" },
	{ "a <b and no end", "a" },
	{ "x<a title='>'>y</a>", "xy" },
	{ "x<a title=\"</a>\" b=c>y", "xy" },
	{ "x<a b = 'c' / d=e/>y", "xy" },
	{ "x<unknown-element>y</unknown-element>", "xy" },
	{ "&lt;b&gt;", "<b>" },
	{ "a&nbsp;b", "a\xC2\xA0"
		      "b" },
	{ "a\x1B[2Jb&#27;c&#x9b;d", "a [2Jb c\xE2\x80\xBA"
				    "d" },
	{ "a\xE2\x80\xAE"
	  "b&#x202e;c&#x200b;d",
		"abcd" },
	{ "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
		"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7" },
	{ "a\xFF"
	  "b\xC3",
		"a\xEF\xBF\xBD"
		"b\xEF\xBF\xBD" },
};

static void text_is_what_a_reader_sees(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(lines); i++) {
		buf_clear(&out);
		assert_int_equal(
			strip_text(lines[i].given, strlen(lines[i].given), STRIP_LINES, &out), 0);
		assert_string_equal(out.data, lines[i].wanted);
	}
}

static void words_stay_on_one_line(void **state)
{
	static const char html[] = "<p>one</p><p>two<br>three</p><td>four";

	(void)state;
	assert_int_equal(strip_text(html, strlen(html), STRIP_WORDS, &out), 0);
	assert_string_equal(out.data, "one two three four");
}

static void text_is_appended(void **state)
{
	(void)state;
	assert_int_equal(buf_add_text(&out, "before "), 0);
	assert_int_equal(strip_text(" <p>x", 5, STRIP_LINES, &out), 0);
	assert_string_equal(out.data, "before x");
}

static void a_full_buffer_is_told(void **state)
{
	struct buf small;

	(void)state;
	buf_init(&small, 3);
	assert_int_equal(strip_text("abcdef", 6, STRIP_LINES, &small), -1);
	buf_clear(&small);
	assert_int_equal(strip_limit("<p>abcdef", 9, &small), -1);
	buf_release(&small);
}

/* ---- titles -------------------------------------------------------------- */

static const struct pair titles[] = {
	{ "A <b>bold</b> title", "A bold title" },
	{ "Q&amp;A", "Q&A" },
	{ "one\n  two\tthree ", "one two three" },
	{ "AT&T and R&D", "AT&T and R&D" },
	{ "x &lt;y&gt; z", "x <y> z" },
	{ "&#27;]0;owned&#7;", "]0;owned" },
	{ "\x1B[31mred", "[31mred" },
	{ "c1 \xC2\x9B"
	  "31m",
		"c1 31m" },
	{ "a&#x2028;b&#x2029;c", "a b c" },
	{ "a&zwj;b&zwnj;c&lrm;d&rlm;e&ZeroWidthSpace;f&#x61C;g", "abcdefg" },
	{ "\xEF\xBB\xBF"
	  "title",
		"title" },
	{ "<p>para</p><p>graph</p>", "para graph" },
	{ "<script>alert(1)</script>x", "x" },
	{ "<img src=x alt=y>", "" },
	{ "2 < 3 > 1", "2 < 3 > 1" },
};

static void titles_are_one_safe_line(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(titles); i++) {
		buf_clear(&out);
		assert_int_equal(
			strip_title(titles[i].given, strlen(titles[i].given), 4096, &out), 0);
		assert_string_equal(out.data, titles[i].wanted);
	}
}

static void titles_are_cut_at_a_character(void **state)
{
	static const char given[] = "ab \xC3\xA4\xE2\x82\xAC";
	static const char *const wanted[] = { "", "a", "ab", "ab", "ab", "ab \xC3\xA4",
		"ab \xC3\xA4", "ab \xC3\xA4", "ab \xC3\xA4\xE2\x82\xAC" };
	size_t limit;

	(void)state;
	for (limit = 0; limit < COUNT(wanted); limit++) {
		buf_clear(&out);
		assert_int_equal(strip_title(given, strlen(given), limit, &out), 0);
		assert_string_equal(out.data, wanted[limit]);
	}
}

static void what_looks_like_html_has_an_end_tag_or_a_reference(void **state)
{
	static const char *const yes[] = { "<b>x</b>", "a &amp; b", "&#8212;", "x</p>", "<I>x</I>",
		"caf&eacute;", "&#x41; <br>" };
	static const char *const no[] = { "", "plain", "AT&T", "a < b", "<b>unclosed",
		"x <3 &amp; y", "&nosuchname; &amp;", "the <title> element</title>",
		"<script>x</script>", "#include <stdio.h> </b>", "x & y; z", "<!-- c -->" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(yes); i++)
		if (!strip_looks_like_html(yes[i], strlen(yes[i])))
			fail_msg("should look like HTML: %s", yes[i]);
	for (i = 0; i < COUNT(no); i++)
		if (strip_looks_like_html(no[i], strlen(no[i])))
			fail_msg("should not look like HTML: %s", no[i]);
}

/* ---- references ---------------------------------------------------------- */

static const struct pair references[] = {
	{ "&amp;&lt;&gt;&quot;&apos;", "&<>\"'" },
	{ "&amp;lt;", "&lt;" },
	{ "&copy2024 &copy; &COPY", "\xC2\xA9"
				    "2024 \xC2\xA9 \xC2\xA9" },
	{ "&notit; &notin; &not", "\xC2\xAC"
				  "it; \xE2\x88\x89 \xC2\xAC" },
	{ "&NotEqualTilde;", "\xE2\x89\x82\xCC\xB8" },
	{ "&fjlig;&CounterClockwiseContourIntegral;", "fj\xE2\x88\xB3" },
	{ "&AMP &Amp; &nosuch; &; & &", "& &Amp; &nosuch; &; & &" },
	{ "&#65;&#x42;&#X43;&#68 &#x45", "ABCD E" },
	{ "&#; &#x; &#xg; &#-1;", "&#; &#x; &#xg; &#-1;" },
	{ "&#128;&#x99;&#150;&#x9f;", "\xE2\x82\xAC\xE2\x84\xA2\xE2\x80\x93\xC5\xB8" },
	{ "&#0;&#xD800;&#x110000;&#99999999999999999999;",
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
	{ "&#x1F600;", "\xF0\x9F\x98\x80" },
	{ "&#x10FFFF;", "\xF4\x8F\xBF\xBF" },
	{ "&thinsp;&b.alpha;", "\xE2\x80\x89&b.alpha;" },
};

static void references_are_read_as_browsers_do(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(references); i++) {
		buf_clear(&out);
		assert_int_equal(
			strip_decode(references[i].given, strlen(references[i].given), false, &out),
			0);
		assert_string_equal(out.data, references[i].wanted);
	}
}

static void an_attribute_keeps_its_parameters(void **state)
{
	static const char value[] = "?a=1&copy=2&copyx&copy;&lt&amp=";

	(void)state;
	assert_int_equal(strip_decode(value, strlen(value), true, &out), 0);
	assert_string_equal(out.data, "?a=1&copy=2&copyx\xC2\xA9<&amp=");
}

static void every_name_is_found(void **state)
{
	static const char *const names[] = {
#define ENTITY(name, first, second, spelling) #name,
#include "common/strip_entities.def"
#undef ENTITY
	};
	uint32_t runes[2];
	size_t i;

	(void)state;
	assert_int_equal(COUNT(names), 2125);
	for (i = 0; i < COUNT(names); i++) {
		assert_true(i == 0 || strcmp(names[i - 1], names[i]) < 0);
		assert_true(strip_entity(names[i], strlen(names[i]), runes) > 0);
		assert_true(runes[0] != 0 && runes[0] <= 0x10FFFF);
	}
	assert_int_equal(strip_entity("nosuch", 6, runes), 0);
	assert_int_equal(strip_entity("", 0, runes), 0);
	assert_int_equal(strip_entity("am", 2, runes), 0);
	assert_int_equal(strip_entity("ampx", 4, runes), 0);
}

/* ---- links --------------------------------------------------------------- */

static int prefix_link(void *ctx, const char *url, size_t length, struct buf *to)
{
	(void)ctx;
	assert_int_equal(url[length], '\0');
	if (strncmp(url, "http:", 5) == 0)
		return 0;
	return buf_add_text(to, "http://h/") < 0 || buf_add(to, url, length) < 0 ? -1 : 1;
}

static const struct pair links[] = {
	{ "no <b>links</b> here", "no <b>links</b> here" },
	{ "<a href=\"x\">y</a>", "<a href=\"http://h/x\">y</a>" },
	{ "<a href=x>y</a>", "<a href=\"http://h/x\">y</a>" },
	{ "<A HREF = 'x' id=1>y</A>", "<A HREF = \"http://h/x\" id=1>y</A>" },
	{ "<a href=\" \n x \">", "<a href=\"http://h/x\">" },
	{ "<a href='http://z/?a&b'>", "<a href='http://z/?a&b'>" },
	{ "<a href=\"?a=1&amp;b=2&copy=3\">", "<a href=\"http://h/?a=1&amp;b=2&amp;copy=3\">" },
	{ "<a href='\"'>", "<a href=\"http://h/&quot;\">" },
	{ "<a href=x/>y", "<a href=\"http://h/x/\">y" },
	{ "<a href>y<a href=>z<a href=\"\">", "<a href>y<a href=>z<a href=\"\">" },
	{ "<img src=a.png srcset=\"b 1x, c.png 2x\">",
		"<img src=\"http://h/a.png\" srcset=\"http://h/b 1x, http://h/c.png 2x\">" },
	{ "<img srcset='a, b,c 100w'>", "<img srcset=\"http://h/a, http://h/b,c 100w\">" },
	{ "<img srcset='http://x 1x,http://y 2x'>", "<img srcset='http://x 1x,http://y 2x'>" },
	{ "<img srcset=' , '>", "<img srcset=' , '>" },
	{ "<video poster=p><source src=s></video>",
		"<video poster=\"http://h/p\"><source src=\"http://h/s\"></video>" },
	{ "<blockquote cite=c><object data=d><form action=e>",
		"<blockquote cite=\"http://h/c\"><object data=\"http://h/d\"><form "
		"action=\"http://h/e\">" },
	{ "<img data-src=lazy title=src>", "<img data-src=\"http://h/lazy\" title=src>" },
	{ "<!-- <a href=x> --><a href=y>", "<!-- <a href=x> --><a href=\"http://h/y\">" },
	{ "<script>'<a href=x>'</script>", "<script>'<a href=x>'</script>" },
	{ "<a href=\"x", "<a href=\"x" },
	{ "a < b href=x", "a < b href=x" },
};

static void links_are_rewritten_and_nothing_else(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(links); i++) {
		buf_clear(&out);
		assert_int_equal(strip_rewrite_links(links[i].given, strlen(links[i].given),
					 prefix_link, NULL, &out),
			0);
		assert_string_equal(out.data, links[i].wanted);
	}
}

static int refuse_link(void *ctx, const char *url, size_t length, struct buf *to)
{
	(void)ctx;
	(void)url;
	(void)length;
	(void)to;
	return -1;
}

static void a_refusal_stops_the_rewriting(void **state)
{
	(void)state;
	assert_int_equal(strip_rewrite_links("<a href=x>", 10, refuse_link, NULL, &out), -1);
	assert_int_equal(strip_rewrite_links("<img srcset=x>", 14, refuse_link, NULL, &out), -1);
}

/* ---- limits -------------------------------------------------------------- */

static const struct pair limited[] = {
	{ "a<b>c", "a<b>c</b>" },
	{ "<p>a<p>b", "<p>a</p><p>b</p>" },
	{ "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>",
		"<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>" },
	{ "<b><i>x</b>y</i>", "<b><i>x</i></b>y" },
	{ "<a href=x>1<div><a href=y>2", "<a href=\"x\">1<div></div></a><a href=\"y\">2</a>" },
	{ "<h1>a<h2>b</h1>", "<h1>a</h1><h2>b</h2>" },
	{ "<dl><dt>a<dd>b<dt>c", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>" },
	{ "<ruby>a<rt>b<rt>c</ruby>", "<ruby>a<rt>b</rt><rt>c</rt></ruby>" },
	{ "<table><td>a<td>b<tr><th>c",
		"<table><tbody><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></tbody></table>" },
	{ "<table>x<b>y</b></table>", "<table><tbody><tr><td>x<b>y</b></td></tr></tbody></table>" },
	{ "<table> <col> <td>x",
		"<table> <colgroup><col> </colgroup><tbody><tr><td>x</td></tr></tbody></table>" },
	{ "<td>no table</td>", "no table" },
	{ "<table><table>x", "<table></table><table><tbody><tr><td>x</td></tr></tbody></table>" },
	{ "<div><table><td></div>x",
		"<div><table><tbody><tr><td>x</td></tr></tbody></table></div>" },
	{ "<p/>x<i class=\"icon\"/>y", "<p></p>x<i></i>y" },
	{ "</p></b>x</br>", "x" },
	{ "<!-- c --><script>s</script><font color=red>x</font>", "x" },
	{ "a<b<c", "a" },
	{ "1 < 2 <", "1 &lt; 2 &lt;" },
	{ "<a href='\"' onclick=x href=second>z", "<a href=\"&quot;\">z</a>" },
	{ "<iframe src=x><p>no</iframe>y", "<iframe src=\"x\"></iframe><p>noy</p>" },
	{ "<iframe src=x><script>s</script><!-- c --></iframe>y", "<iframe src=\"x\"></iframe>y" },
	{ "<title>a<b>&lt;</title>c", "<title>a&lt;b>&lt;</title>c" },
	{ "<xmp>a&amp;<b></xmp>", "a&amp;amp;&lt;b>" },
	{ "<link rel=alternate href=f type=t><base href=b>",
		"<link rel=\"alternate\" href=\"f\" type=\"t\"><base href=\"b\">" },
};

static void limited_html_has_one_reading(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(limited); i++) {
		buf_clear(&out);
		assert_int_equal(strip_limit(limited[i].given, strlen(limited[i].given), &out), 0);
		assert_string_equal(out.data, limited[i].wanted);
	}
}

/* (A sanitizer's strstr() measures the whole text each time.) */
static size_t occurrences(const char *word)
{
	size_t n = strlen(word), count = 0, i;

	for (i = 0; i + n <= out.length; i++)
		count += memcmp(out.data + i, word, n) == 0;
	return count;
}

static void nesting_ends_and_text_goes_on(void **state)
{
	struct buf deep;
	size_t i;

	(void)state;
	buf_init(&deep, OUT_MAX);
	for (i = 0; i < 100000; i++)
		assert_int_equal(buf_add_text(&deep, "<div>"), 0);
	assert_int_equal(buf_add_text(&deep, "deep"), 0);
	assert_int_equal(strip_limit(deep.data, deep.length, &out), 0);
	assert_int_equal(occurrences("<div>"), STRIP_DEPTH_MAX);
	assert_non_null(strstr(out.data, "deep"));
	buf_release(&deep);
}

static void tags_end_and_text_goes_on(void **state)
{
	struct buf many;
	size_t i;

	(void)state;
	buf_init(&many, OUT_MAX);
	for (i = 0; i < STRIP_TAGS_MAX + 10; i++)
		assert_int_equal(buf_add_text(&many, "<br>x"), 0);
	assert_int_equal(strip_limit(many.data, many.length, &out), 0);
	assert_int_equal(occurrences("<br>"), STRIP_TAGS_MAX);
	assert_string_equal(out.data + out.length - 10, "xxxxxxxxxx");
	buf_release(&many);
}

/* ---- hostile inputs, by name --------------------------------------------- */

static const struct {
	const char *name;
	const char *unit;
} hostile[] = {
	{ "open elements", "<div>" },
	{ "unquoted ends", "<a href=\"" },
	{ "half tags", "<a " },
	{ "less-than signs", "<" },
	{ "comment beginnings", "<!--" },
	{ "almost comment ends", "<!-- --" },
	{ "attributes", "a=b " },
	{ "ampersands", "&" },
	{ "endless digits", "&#1111111111" },
	{ "legacy names", "&notit" },
	{ "script beginnings", "<script>" },
	{ "almost script ends", "</script" },
	{ "title beginnings", "<title>" },
	{ "hidden in hidden", "<svg>" },
	{ "end tags of nothing", "</b>" },
	{ "items in lists", "<ul><li>" },
	{ "tables in tables", "<table><td>" },
	{ "sets of images", "<img srcset='a,b,c 1x," },
	{ "NULs and bytes", "\xFF\xC3\x80" },
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What is quadratic takes minutes for this much; the bound has room for
 * sanitizers and busy machines. */
static void hostile_inputs_take_linear_time(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(hostile); i++) {
		struct buf html;
		double start;

		buf_init(&html, OUT_MAX);
		while (html.length < HOSTILE_SIZE)
			assert_int_equal(buf_add_text(&html, hostile[i].unit), 0);
		start = seconds();
		buf_clear(&out);
		assert_int_equal(strip_text(html.data, html.length, STRIP_LINES, &out), 0);
		buf_clear(&out);
		assert_int_equal(strip_title(html.data, html.length, 4096, &out), 0);
		buf_clear(&out);
		assert_int_equal(
			strip_rewrite_links(html.data, html.length, prefix_link, NULL, &out), 0);
		buf_clear(&out);
		assert_int_equal(strip_limit(html.data, html.length, &out), 0);
		(void)strip_looks_like_html(html.data, html.length);
		if (seconds() - start > 8)
			fail_msg("%s: %.1f s", hostile[i].name, seconds() - start);
		buf_release(&html);
	}
}

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_is_what_a_reader_sees),
		TEST(words_stay_on_one_line),
		TEST(text_is_appended),
		TEST(a_full_buffer_is_told),
		TEST(titles_are_one_safe_line),
		TEST(titles_are_cut_at_a_character),
		TEST(what_looks_like_html_has_an_end_tag_or_a_reference),
		TEST(references_are_read_as_browsers_do),
		TEST(an_attribute_keeps_its_parameters),
		TEST(every_name_is_found),
		TEST(links_are_rewritten_and_nothing_else),
		TEST(a_refusal_stops_the_rewriting),
		TEST(limited_html_has_one_reading),
		TEST(nesting_ends_and_text_goes_on),
		TEST(tags_end_and_text_goes_on),
		TEST(hostile_inputs_take_linear_time),
	};

	return cmocka_run_group_tests_name("strip", tests, NULL, NULL);
}
