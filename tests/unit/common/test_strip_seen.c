#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "common/strip.h"
#include "tests/unit/common/out.h"

static const struct pair seen[] = {
	{ "", "" },
	{ " a  b\tc ", "a b c" },
	{ "<p> one </p>\n <P>two", "one\n<p>two" },
	{ "a<br>b<br/>c<br />d", "a\n<br>b\n<br>c\n<br>d" },
	{ "<ul><li>a<li>b</ul>", "<ul><li>a\n<li>b" },
	{ "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n", "<ul><li>a\n<li>b" },
	{ "<div>a</div>b", "a\nb" },
	{ "<table><tbody><tr><td>a<td>b</table>", "<table><tr><td>a\n<td>b" },
	{ "a<!-- 10:00 -->b<!-- 11:00 --> c", "ab c" },
	{ "a<script>f()</script><style>p{}</style>b", "ab" },
	{ "<p class=x id=y style='z' data-k=1 onclick=f()>a</p >", "a" },
	{ "<a href=' https://h/x?utm=1 ' rel=nofollow title='T &amp; t'>a</a>",
		"<a href=//h/x title=T & t>a" },
	{ "<A HREF=HTTP://h/x>a</A>", "<a href=//h/x>a" },
	{ "<img alt=\"A 'b'?\" src=i.png?v=2#f width=3>", "<img alt=A 'b'? src=i.png#f>" },
	{ "<img src=p.gif data-src=i.png>", "<img src=p.gif data-src=i.png>" },
	{ "a<img src=t width=1 height=1>b", "ab" },
	{ "a<img src=t height=0>b", "ab" },
	{ "a<img src=t height=0 width=9>b", "a<img src=t>b" },
	{ "a<video src=t poster=p width=1 height=1></video>b", "ab" },
	{ "<video poster=p><source src=s></video>", "<video poster=p><source src=s>" },
	{ "&lt;b&gt; &#8217;a&nbsp;b&#8203;c", "<b> \xE2\x80\x99"
					       "a bc" },
	{ "<my-tag href>a</my-tag><span>b</span><font color=red>c</font>", "abc" },
	{ "a <b and no end", "a" },
};

static void what_is_seen_can_be_compared(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(seen); i++) {
		buf_clear(&out);
		assert_int_equal(strip_seen(seen[i].given, strlen(seen[i].given), &out), 0);
		assert_string_equal(out.length > 0 ? out.data : "", seen[i].wanted);
	}
	buf_release(&out);
	buf_init(&out, 8);
	assert_int_equal(strip_seen("<b>more than has a place</b>", 28, &out), -1);
}

/* Each the same for a reader. */
static const struct pair alike[] = {
	{ "<p>a b</p>", "<p>a <!--x-->b</p>" },
	{ "<p>a b</p>", "<p>a<!--x--> <!--y--> b</p>" },
	{ "<p>a b</p>", "<p>a <script>2</script>b</p>" },
	{ "<p>a b</p>", "<p>a <span>b</span></p>" },
	{ "<p>a b</p>", "<p><font>a </font>b</p>" },
	{ "<p>a b</p>", "<p>a <img src=t width=1px height=0>b</p>" },
	{ "<p>a b</p>", "<p>a <b></b>b</p>" },
	{ "<p>a b</p>", "<p>a<i> </i>b</p>" },
	{ "<p>a b</p>", "<p>a <a name=x></a>b</p>" },
	{ "<p>a b</p>", "<p>a <picture><img></picture>b</p>" },
	{ "<p>a</p>", "<p>a</p><iframe></iframe>" },
	{ "<p>a</p>", "<p>a</p><iframe src='about:blank'></iframe>" },
	{ "<p>a</p>", "<p>a</p><iframe src=t width=0 height=0></iframe>" },
	{ "<p>a</p>", "<p>a</p><iframe src=t style='display: none'></iframe>" },
	{ "<p>a</p>", "<p>a</p><div style='display:none'>b <p>c</p></div>" },
	{ "<p>a</p>", "<p>a</p><img src=t style=display:none><object></object><embed>" },
	{ "<p>a</p>", "<p>a</p><p></p>" },
	{ "<p>a</p>", "<p></p><p>&nbsp;</p><p>a</p>\n<p><br></p>" },
	{ "<p>a</p>", "<p>a<br></p>" },
	{ "<p>a</p>", "<p><br>a</p><br>" },
	{ "<p>a</p>", "<html><head><meta name=x></head><body><section><p>a</p></section></body>" },
	{ "<p>ab</p>", "<p>a<wbr>b</p>" },
	{ "a<p>b", "<p>a</p><p>b</p>" },
	{ "a<br><br>b", "a<br><br><br>b" },
	{ "<a href=x title=t>a</a>", "<a title=t href=x>a</a>" },
	{ "<p>a</p>", "<p>a</p><div style='color: red; DISPLAY : none !important'>b</div>" },
	{ "<p>a</p>", "<p>a</p><input type=hidden value=b>" },
	{ "<ul><li>a<li hidden>b<li>c</ul>", "<ul><li>a<li hidden>d<ul><li>e</ul>f<li>c</ul>" },
	{ "<dl><dt>a<dd hidden>b<dt>c</dl>", "<dl><dt>a<dd hidden>d<dt>c</dl>" },
	{ "<table><tr><td>a<td hidden>b<td>c</table>",
		"<table><tr><td>a<td hidden>d<td>c</table>" },
	{ "<table><tr><td>a<tr hidden><td>b<td>c<tr><td>d</table>",
		"<table><tr><td>a<tr hidden><td>e</tr><tr><td>d</table>" },
	{ "<p>a<b style=display:none>b</b>c", "<p>a<b style=display:none>d</b>c" },
	{ "a<a href=x hidden>b</a>c", "a<a href=y hidden>d</a>c" },
	{ "<h2 hidden>x</h2>a", "<h2 hidden>y</h2>a" },
	{ "<input type=checkbox checked>a", "<input disabled checked='' type=checkbox>a" },
	{ "<button value=a>a</button>", "<button value=b>a</button>" },
	{ "<a href='javascript:a()'>a</a>", "<a href='JavaScript:b()'>a</a>" },
	{ "<img src=i>", "<img alt='' src=i src=j title>" },
	{ "<a href=https://h/x#fn1>1</a>", "<a href='http://h/x?utm=1&amp;a=b#fn1'>1</a>" },
	{ "<a href=http://h/x#f>1</a>", "<a href=https://www.h/x/?a#f>1</a>" },
	{ "<img src=//h/i.png>", "<img src=HTTP://WWW.h/i.png>" },
	{ "<a href=http://h>1</a>", "<a href=http://h/>1</a>" },
	{ "<a href=x&#35;f>1</a>", "<a href=x?a&#x23;f?b>1</a>" },
	{ "<img alt='a b' src=i>", "<img alt='a\nb' src=i>" },
	{ "<a title='a b' href=x>c</a>", "<a title='a&#10;b' href=x>c</a>" },
	{ "<img srcset='i 1x, j 2x'>", "<img srcset='i 1x,\nj 2x'>" },
};

static const struct pair unlike[] = {
	{ "a b", "ab" },
	/* Where an article is shown these are not hidden. */
	{ "<form hidden>a</form>", "<form hidden>b</form>" },
	{ "<label style='display:none'>a</label>", "<label style='display:none'>b</label>" },
	{ "<iframe hidden>a</iframe>", "<iframe hidden>b</iframe>" },
	{ "<h2 hidden>x<h2>a</h2>", "<h2 hidden>x<h2>b</h2>" },
	{ "<li hidden>x<li>a", "<li hidden>x<li>b" },
	{ "<table><tr><td hidden>x<td>a</table>", "<table><tr><td hidden>x<td>b</table>" },
	{ "<table><tr hidden><td>x<tr><td>a</table>", "<table><tr hidden><td>x<tr><td>b</table>" },
	{ "<table></table/><tr hidden>a", "<table></table/><tr hidden>b" },
	{ "<ul><li hidden><b>x</ul>a", "<ul><li hidden><b>x</ul>b" },
	{ "<table><td><div hidden>x<td>a</table>", "<table><td><div hidden>x<td>b</table>" },
	{ "<article><div hidden><header>x</article>a",
		"<article><div hidden><header>x</article>b" },
	{ "<div style='display:none;display:block'>a</div>",
		"<div style='display:none;display:block'>b</div>" },
	{ "<div style='visibility:hidden;visibility:visible'>a</div>",
		"<div style='visibility:hidden;visibility:visible'>b</div>" },
	{ "<div style='display:nonesuch'>a</div>", "<div style='display:nonesuch'>b</div>" },
	{ "<li value=1>a", "<li value=2>a" },
	{ "<input type=checkbox>a", "<input type=checkbox checked>a" },
	{ "a b", "a<br>b" },
	{ "a<b><br></b>b", "ab" },
	{ "a<b><div></div></b>b", "ab" },
	{ "<p>a<p>b", "<p>a b" },
	{ "a", "a<iframe src=x></iframe>" },
	{ "a", "a<img alt=x>" },
	{ "a", "<b>a</b>" },
	{ "<a href=x><h2>a</h2></a>", "<h2>a</h2>" },
	{ "<ul><li>a</ul>", "<ul><li>a<li></ul>" },
	{ "<img alt=x src=i>", "<img alt=y src=i>" },
	{ "<a href=http://h/x>1</a>", "<a href=http://h/www.x>1</a>" },
	{ "<a href=x?a#fn1>1</a>", "<a href=x?a#fn2>1</a>" },
	{ "a<br>b", "a<br><br>b" },
};

static bool is_alike(const struct pair *pair)
{
	struct buf other;
	bool same;

	buf_init(&other, OUT_MAX);
	buf_clear(&out);
	assert_int_equal(strip_seen(pair->given, strlen(pair->given), &out), 0);
	assert_int_equal(strip_seen(pair->wanted, strlen(pair->wanted), &other), 0);
	same = out.length == other.length && memcmp(out.data, other.data, out.length) == 0;
	buf_release(&other);
	return same;
}

static void what_no_reader_sees_makes_no_difference(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(alike); i++)
		if (!is_alike(&alike[i]))
			fail_msg("\"%s\" in %s", out.data, alike[i].wanted);
	for (i = 0; i < COUNT(unlike); i++)
		if (is_alike(&unlike[i]))
			fail_msg("\"%s\" in %s", out.data, unlike[i].wanted);
}

/* What waits is not written anew for each element that has nothing in it. */
static void many_lines_and_elements_without_anything_cost_their_number(void **state)
{
	struct buf hostile;
	size_t i;

	(void)state;
	buf_init(&hostile, OUT_MAX);
	assert_int_equal(buf_add_byte(&hostile, 'a'), 0);
	for (i = 0; i < HOSTILE_SIZE / 4; i++)
		assert_int_equal(buf_add_text(&hostile, "<br>"), 0);
	for (i = 0; i < HOSTILE_SIZE / 8; i++)
		assert_int_equal(buf_add_text(&hostile, "<b></b>"), 0);
	assert_int_equal(strip_seen(hostile.data, hostile.length, &out), 0);
	assert_string_equal(out.data, "a");
	buf_release(&hostile);
}

static void nothing_is_told_from_something(void **state)
{
	static const char *const something[] = { "a", "<p>a", "<img src=x>", "<p><iframe></iframe>",
		"<!-- x --><video>", "&#8230;", "<xmp> a", "<svg></svg>.", "<picture><img>" };
	static const char *const nothing[] = { "", " \n", "<p>&nbsp;</p><br>", "<!-- a -->",
		"<script>a</script><style>b</style>", "<svg><text>a</text></svg>", "&#8203;",
		"<p><img src", "<a href=x></a>", "<img src=x width=1 height=\"1px\">",
		"<iframe src=x style=\"display: none\"></iframe>" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(something); i++)
		if (!strip_shows(something[i], strlen(something[i])))
			fail_msg("%s", something[i]);
	for (i = 0; i < COUNT(nothing); i++)
		if (strip_shows(nothing[i], strlen(nothing[i])))
			fail_msg("%s", nothing[i]);
}

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_seen_can_be_compared),
		TEST(what_no_reader_sees_makes_no_difference),
		TEST(many_lines_and_elements_without_anything_cost_their_number),
		TEST(nothing_is_told_from_something),
	};

	return cmocka_run_group_tests_name("strip_seen", tests, NULL, NULL);
}
