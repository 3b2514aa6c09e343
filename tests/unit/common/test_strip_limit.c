#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "common/strip.h"
#include "tests/unit/common/out.h"

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
	{ "a<fieldset><legend>b</legend>c</fieldset><i>d</i><form><p>e</form>f",
		"a b c<i> d</i><p> e f</p>" },
	{ "<table><form><tr><td>a</form><td>b</table>",
		"<table><tbody><tr><td> a</td><td> b</td></tr></tbody></table>" },
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
	{ "formulas in formulas", "<math alttext=\"\">" },
	{ "formulas", "<math><annotation x-tex>a</annotation><math></math>" },
	{ "powers in formulas", "<math></math><math><msup><mi>" },
	{ "hidden elements", "<p hidden><div style='display:none'>" },
	{ "copies of images", "<noscript><img src=a>" },
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
	{ "breaks without an end", "<br a=" },
	{ "comments without an end", "<!--x>" },
	{ "comments that end at once", "<!---->" },
	{ "NULs and bytes", "\xFF\xC3\x80" },
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int lengthen(void *ctx, const char *url, size_t length, struct buf *to)
{
	(void)ctx;
	return buf_add_text(to, "http://h/") < 0 || buf_add(to, url, length) < 0 ? -1 : 1;
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
			strip_rewrite_links(html.data, html.length, lengthen, NULL, &out), 0);
		buf_clear(&out);
		assert_int_equal(strip_limit(html.data, html.length, &out), 0);
		(void)strip_looks_like_html(html.data, html.length);
		buf_clear(&out);
		assert_int_equal(strip_stray(html.data, html.length, &out), 0);
		if (seconds() - start > 8)
			fail_msg("%s: %.1f s", hostile[i].name, seconds() - start);
		buf_release(&html);
	}
}

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(limited_html_has_one_reading),
		TEST(nesting_ends_and_text_goes_on),
		TEST(tags_end_and_text_goes_on),
		TEST(hostile_inputs_take_linear_time),
	};

	return cmocka_run_group_tests_name("strip limits", tests, NULL, NULL);
}
