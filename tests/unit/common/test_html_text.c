#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "common/html.h"
#include "common/html_flow.h"
#include "tests/unit/common/out.h"

static const char *read_html(const char *html, size_t width)
{
	struct html_text_options options = { .width = width };

	buf_clear(&out);
	assert_int_equal(html_to_text(html, strlen(html), &options, &out), 0);
	return out.data;
}

static const struct pair texts[] = {
	{ "", "" },
	{ " <p> <div></div>", "" },
	{ "plain", "plain\n" },
	{ "<p>one<p>two", "one\n\ntwo\n" },
	{ "<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb\n" },
	{ "<div>one</div><div>two</div>", "one\ntwo\n" },
	{ "a<br>b<br><br>c", "a\nb\n\nc\n" },
	{ "a<br>&nbsp;&nbsp;b c<br><br>&nbsp;d", "a\n  b c\n\n d\n" },
	{ "<br><br>a", "a\n" },
	{ "a <b>b</b><i>c</i> <code>d</code>", "a bc d\n" },
	{ "<h1>One</h1>x<h2>Two</h2>y<h3>Three</h3>z",
		"One\n===\n\nx\n\nTwo\n---\n\ny\n\n### Three\n\nz\n" },
	{ "<h1>\xE6\x97\xA5\xE6\x9C\xAC</h1>", "\xE6\x97\xA5\xE6\x9C\xAC\n====\n" },
	{ "<h1></h1>x", "x\n" },
	{ "x<ul><li>a<li>b<ul><li>c</ul><li>d</ul>y", "x\n\n* a\n* b\n  - c\n* d\n\ny\n" },
	{ "<ol><li>a<li>b</ol>", "1. a\n2. b\n" },
	{ "<ol start=9><li>a<li>b<li value=20>c</ol>", " 9. a\n10. b\n20. c\n" },
	{ "<ol reversed><li>a<li>b</ol>", "2. a\n1. b\n" },
	{ "<ul><li><p>a</p><p>b</p></li><li></li><li>c</ul>", "* a\n\n  b\n\n* c\n" },
	{ "<ul><li><ol><li>a</ol></ul>", "* 1. a\n" },
	{ "x<blockquote>a<p>b</p><blockquote>c</blockquote></blockquote>y",
		"x\n\n> a\n>\n> b\n>\n> > c\n\ny\n" },
	{ "<blockquote><ul><li>a</ul></blockquote>", "> * a\n" },
	{ "x<pre>\n if (a)\n\tb();\n\n  c();\n\n</pre>y",
		"x\n\n     if (a)\n            b();\n\n      c();\n\ny\n" },
	{ "<pre><code>a &lt; b<br>c</code></pre>", "    a < b\n    c\n" },
	{ "<pre><code><div>f() {</div><div>\n</div><div>  g();</div><div>}\n</div></code></pre>",
		"    f() {\n\n      g();\n    }\n" },
	{ "<pre>\n<div> a</div>\n<div> b</div>\n\n<div><i>c</i>d</div>e</pre>",
		"     a\n     b\n\n    cd\n    e\n" },
	{ "<pre>a<span style='display: block'>b</span><span style=display:block>c</span>d</pre>",
		"    a\n    b\n    c\n    d\n" },
	{ "<pre><ol><li><div>a</div></li><li></li><li>b<br></li></ol></pre>", "    a\n    b\n" },
	{ "<pre><table><tr><td>1<td>  f()<tr><td>2<td>g()</table></pre>",
		"    1   f()\n    2 g()\n" },
	{ "<pre>a <img alt=':-)' src=http://e.org/s.png><img width=1 height=1 alt=x>b</pre>",
		"    a :-)b\n" },
	{ "a<hr>b", "a\n\n* * *\n\nb\n" },
	{ "<dl><dt>a<dd>b<dt>c<dd>d</dl>", "a\n    b\nc\n    d\n" },
	{ "<q>a</q> x<sup>2</sup> H<sub>2</sub>O 1<sup>st</sup>",
		"\xE2\x80\x9C"
		"a\xE2\x80\x9D x\xC2\xB2 H\xE2\x82\x82O 1st\n" },
	{ "a<sup><a href=http://e.org/#fn1>1</a></sup>", "a\xC2\xB9\n" },
	{ "We will <s>not </s>come, <del>20</del> 10 <strike>a <b>b</b></strike><s></s>",
		"We will ~~not~~ come, ~~20~~ 10 ~~a b~~\n" },
	{ "was<s> 10 </s>8 <q> a </q><s> </s><del>\n<b>c</b></del>", "was ~~10~~ 8 “a” ~~c~~\n" },
	{ "<ruby>a<rt>\n b\n</rt></ruby>", "a(b)\n" },
	{ "<span style='color:red; text-decoration: red line-through'>a</span>b", "~~a~~b\n" },
	{ "<ul><li><input type=checkbox checked disabled> a<li><input type=checkbox> b</ul>",
		"* [x] a\n* [ ] b\n" },
	{ "<del><p>a</p> <p></p><div>b</div></del>c", "~~a~~\n\n~~b~~\n\nc\n" },
	{ "<input type=text value=a><input>b", "b\n" },
	{ "a<iframe src=http://e.org/></iframe>b <input type=checkbox><label>c</label>"
	  "(<video src=http://e.org/></video>)",
		"a [embedded page][1] b [ ] c([video][1])\n\n[1] http://e.org/\n" },
	{ "10<sup>-3</sup> x<sup>n</sup> 10<sup> <i>\xE2\x88\x92</i>6 </sup>", "10⁻³ xⁿ 10⁻⁶\n" },
	{ "SO<sub>4</sub><sup>2-</sup> a<sub>n+1</sub>", "SO₄²⁻ aₙ₊₁\n" },
	{ "e<sup>x</sup> 2<sup>k+1</sup> x<sub>max</sub> y<sub>k</sub> e<sup>α</sup>",
		"e^x 2^(k+1) x_(max) y_k e^α\n" },
	{ "2<sup>2<sup>n</sup></sup>", "2^(2ⁿ)\n" },
	{ "1<sup>er</sup> XX<sup>e</sup> n<sup>o</sup> A<sup>TM</sup> b<sup>*</sup> x<sup>e</sup>",
		"1er XXe no ATM b* x^e\n" },
	{ "a<sup>1.</sup> b<sup>2, 3</sup> c<sup>d)</sup> 5<sup>1,2</sup> x<sup>0.5</sup> "
	  "f<sup>(k)</sup>",
		"a¹. b², ³ cd) 5^(1,2) x^(0.5) f^(k)\n" },
	{ "a<sup>&nbsp;</sup>b<sub>&nbsp;2 </sub> M<sup>gr</sup> D<sup>r</sup> x<sup>r</sup> "
	  "S<sup>te</sup>",
		"a b₂ Mgr Dr x^r Ste\n" },
	{ "10<sub>per <b>piece</b></sub>, a<sup>by <a href=http://e.org/>Jane Doe</a></sup>",
		"10 per piece, aby Jane Doe[1]\n\n[1] http://e.org/\n" },
	{ "<p><sub><sup>tiny <b>text</b></sup></sub><p>a<sup>12, 14–16</sup>",
		"tiny text\n\na¹², ¹⁴–¹⁶\n" },
	{ "x<sup>2 </sup>y a<sup>see the note </sup>b c<sup><i>see the note</i></sup>d, "
	  "e<sup>see the note</sup>, <u>f<sub> see the note\n</sub></u>g",
		"x² y a see the note b c see the note d, e see the note, f see the note g\n" },
	{ "of <sup>14</sup>C, <b><sup>2</sup></b>H", "of ¹⁴C, ²H\n" },
	{ "<p><sup>Photo: Joe</sup><p>a<sub>new words!</sub> b<sub>By Jean-Luc Doe</sub>",
		"Photo: Joe\n\na new words! b By Jean-Luc Doe\n" },
	{ "2<sup>l + 1</sup> a <sub>max</sub> Co.<sup>(R)</sup> 5<sup>ième</sup>",
		"2^(l + 1) a max Co.(R) 5ième\n" },
	{ "a<sup>[<a href=http://e.org/>1</a>]</sup> b<sup><a>c</a></sup><sup></sup>",
		"a[1[1]] bc\n\n[1] http://e.org/\n" },
	{ "<hr>a", "a\n" },
	{ "<a href=http://e.org/big><img src=http://e.org/small></a>",
		"[image][1]\n\n[1] http://e.org/big\n" },
	{ "<ruby>\xE6\xBC\xA2<rp>[</rp><rt>kan</rt><rp>]</rp></ruby>", "\xE6\xBC\xA2(kan)\n" },
	{ "<a href=http://e.org/1>one</a>, <a href=http://e.org/2>two</a>, "
	  "<a href=http://e.org/1>one</a>.",
		"one[1], two[2], one[1].\n\n[1] http://e.org/1\n[2] http://e.org/2\n" },
	{ "<a href=http://e.org/>http://e.org/</a> <a href=http://e.org/>e.org</a>",
		"http://e.org/ e.org\n" },
	{ "<a href=mailto:a@b.c>a@b.c</a>", "a@b.c\n" },
	{ "<a href=/x>relative</a> <a href=javascript:x>script</a>", "relative script\n" },
	{ "<a href=http://e.org></a>x", "x\n" },
	{ "<img src=http://e.org/a alt='A cat' title='in a hat'>",
		"[image: A cat - in a hat][1]\n\n[1] http://e.org/a\n" },
	{ "<img src=a.png alt=cat>", "[image: cat]\n" },
	{ "<img src=http://e.org/p width=1 height=1>x", "x\n" },
	{ "<img src=http://e.org/p height=0>x", "x\n" },
	{ "<video src=http://e.org/v poster=http://e.org/p width=1 height=1></video>x", "x\n" },
	{ "<video><source src=http://e.org/v>no</video>", "[video][1]\n\n[1] http://e.org/v\n" },
	{ "<iframe data-lazy-src=http://e.org/f src=about:blank></iframe>",
		"[embedded page][1]\n\n[1] http://e.org/f\n" },
	{ "<iframe src=http://e.org/f></iframe>", "[embedded page][1]\n\n[1] http://e.org/f\n" },
	{ "<table><tr><th>Name<th>Count<tr><td>apples<td>12<tr><td>pears<td>1,024</table>",
		"Name    Count\n------  -----\napples     12\npears   1,024\n" },
	{ "<table><caption>Cap</caption><tr><td>\xE6\x97\xA5<td>b<tr><td>ccc<td>d</table>",
		"Cap\n\xE6\x97\xA5   b\nccc  d\n" },
	{ "<table><tr><td rowspan=2>a<td>b<tr><td>c<tr><td colspan=2>d</table>",
		"a  b\n   c\nd\n" },
	{ "<table><tr><th>Who<th>When<tr><td>Ann<br>Ben<td><ul><li>9<li>10</ul><tr><td>"
	  "<img src=http://e.org/c alt=Cy><td>a<p>b</table>",
		"Who             When\n--------------  ----------\nAnn / Ben       * 9 / * 10\n"
		"[image: Cy][1]  a / b\n\n[1] http://e.org/c\n" },
	{ "<table><tr><td>loop<td><div><pre>for (;;)\n  a();\n\n  b();</pre></div><tr><td>x"
	  "<td> <pre>c();</pre></table>",
		"loop  for (;;)\n        a();\n\n        b();\nx     c();\n" },
	{ "<table><tr><td>a<td>b<pre>c\nd</pre><tr><td>e<td>f</table>",
		"a\nb\n\n    c\n    d\n\ne\nf\n" },
	{ "<table><tr><td>a<br>b<tr><td>c</table>", "a\nb\nc\n" },
	{ "<table><thead><tr><th><th></thead><tr><td>a<td>1<tr><td>b<td>2</table>",
		"a  1\nb  2\n" },
	{ "<table><tr><td>Tim Somebody with a long name<td><img alt='Weblog and more'> <img "
	  "alt='Another"
	  " one'> <img alt='Third'><tr><td>Ann<td>none</table>",
		"Tim Somebody with a long name\n[image: Weblog and more] [image: Another one] "
		"[image: "
		"Third]\nAnn\nnone\n" },
	{ "<table><tr><td>one<td>a <img alt=:)> b<tr><td>two<td>words enough to need more than one"
	  " line, where a line of the text has eighty columns</table>",
		"one  a [image: :)] b\ntwo  words enough to need more than one line, where a line "
		"of the"
		" text has\n     eighty columns\n" },
	{ "<table><tr><td><img src=http://e.org/c><td>a</table>",
		"[image][1]\na\n\n[1] http://e.org/c\n" },
	{ "<img src=http://e.org/a style='opacity:0; transition:opacity 1s' alt=a>"
	  "<img src=http://e.org/b style=opacity:0 width=600 height=400 alt=b>",
		"[image: a][1][image: b][2]\n\n[1] http://e.org/a\n[2] http://e.org/b\n" },
	{ "<table><tr><td><p>lay</p><p>out</p><td><ul><li>x</ul></table>", "lay\n\nout\n\n* x\n" },
	{ "<div style=display:none>Preheader<p>a</p></div>b<ol><li>c<li hidden>d<li>e</ol>",
		"b\n\n1. c\n2. e\n" },
	{ "<table><tr><td>a<td style=display:none>b<td>c<tr hidden><td>d</table>", "a  c\n" },
	{ "<script>x</script><style>y</style><select><option>z</select>a", "a\n" },
	{ "a&nbsp;&nbsp;b&shy;c&zwsp;", "a  bc&zwsp;\n" },
	{ "a&#27;[2Jb\x1B[3Jc&#x9D;d&#x202E;e\xC2\x9B"
	  "f&#7;",
		NULL },
};

static void articles_read_well(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++)
		if (texts[i].wanted != NULL)
			assert_string_equal(read_html(texts[i].given, 80), texts[i].wanted);
}

static void no_control_reaches_the_terminal(void **state)
{
	size_t i, at;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		read_html(texts[i].given, 40);
		for (at = 0; at < out.length; at++) {
			unsigned char byte = (unsigned char)out.data[at];

			assert_true((byte >= ' ' && byte != 0x7F) || byte == '\n');
			assert_false(byte == 0xC2 && (unsigned char)out.data[at + 1] < 0xA0);
		}
		assert_null(strstr(out.data, "\xE2\x80\xAE"));
		assert_null(strstr(out.data, " \n"));
	}
}

/* ---- filling ------------------------------------------------------------- */

static const struct {
	size_t width;
	const char *given;
	const char *wanted;
} fills[] = {
	{ 10, "aaa bbb ccc ddd", "aaa bbb\nccc ddd\n" },
	{ 10, "aaaaa bbbb c", "aaaaa bbbb\nc\n" },
	{ 10, "aaaaaaaaaaaaaaa b", "aaaaaaaaaa\naaaaa b\n" },
	{ 10, "a bbbbbbbbbbbbbbbb", "a\nbbbbbbbbbb\nbbbbbb\n" },
	{ 10, "<blockquote>aaa bbb ccc</blockquote>", "> aaa bbb\n> ccc\n" },
	{ 12, "<ul><li>aaa bbb ccc</ul>", "* aaa bbb\n  ccc\n" },
	/* wide characters count two and break anywhere, but not before a stop */
	{ 10, "\xE4\xB8\x80\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\xE4\xBA\x94\xE5\x85\xAD",
		"\xE4\xB8\x80\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\xE4\xBA\x94\n\xE5\x85\xAD\n" },
	{ 10, "\xE4\xB8\x80\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\xE4\xBA\x94\xE3\x80\x82",
		"\xE4\xB8\x80\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\n\xE4\xBA\x94\xE3\x80\x82\n" },
	/* a letter keeps its accents, a family its members */
	{ 10, "aaaaaaaaae\xCC\x81\xCC\xA3 b", "aaaaaaaaae\xCC\x81\xCC\xA3\nb\n" },
	{ 10, "aaaaaaaaa\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
		"aaaaaaaaa\n\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91"
		"\xA7\n" },
	{ 10, "aaaaaaaa \xF0\x9F\x87\xAB\xF0\x9F\x87\xB7",
		"aaaaaaaa\n\xF0\x9F\x87\xAB\xF0\x9F\x87\xB7\n" },
	{ 10, "aaaa bbbb&nbsp;c", "aaaa\nbbbb c\n" },
	/* a note stays with its word, an address in the list is not cut */
	{ 10, "aaa <a href=http://example.org/long>bbbbb</a>",
		"aaa\nbbbbb[1]\n\n[1] http://example.org/long\n" },
	/* ... nor in the text, where it needs no note */
	{ 12, "see <a href=https://example.org/long>https://example.org/long</a> for more",
		"see\nhttps://example.org/long\nfor more\n" },
	{ 0, "aaa bbb ccc", "aaa bbb ccc\n" },
	{ 3, "aaaa bbbb cc", "aaaa bbbb\ncc\n" },
	/* words of a table that does not fit are filled into its columns, if those
	 * are wide enough; else it is read cell by cell */
	{ 24,
		"<table><tr><th>a<th>words<tr><td>1<td>some words that do not fit"
		"<tr><td>2<td>few</table>",
		"a  words\n"
		"-  ---------------------\n"
		"1  some words that do\n"
		"   not fit\n"
		"2  few\n" },
	{ 12, "<table><tr><td>aaaaaaa<td>bbbbbbb</table>", "aaaaaaa\nbbbbbbb\n" },
};

static void lines_fill_the_width(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(fills); i++)
		assert_string_equal(read_html(fills[i].given, fills[i].width), fills[i].wanted);
}

static void no_line_is_wider_than_asked(void **state)
{
	static const char html[] =
		"<h1>Ein langer Titel \xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E</h1><blockquote><ul><li>"
		"Lorem ipsum dolor sit amet<ol><li>consetetur sadipscing<blockquote>elitr "
		"\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E "
		"sed</blockquote>"
		"</ol></ul></blockquote><table><tr><td>a<td>bb<td>ccc</table>Donaudampfschifffahrt "
		"\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80 e\xCC\x81t\xC3\xA9";
	size_t width;

	(void)state;
	for (width = 10; width < 100; width++) {
		const char *line = read_html(html, width);

		while (*line != '\0') {
			const char *end = strchr(line, '\n');

			if (flow_columns(line, (size_t)(end - line)) > width)
				fail_msg("beyond %zu: %.*s", width, (int)(end - line), line);
			line = end + 1;
		}
	}
}

static void margins_leave_half_of_the_width(void **state)
{
	struct buf html;
	size_t i;

	(void)state;
	buf_init(&html, OUT_MAX);
	for (i = 0; i < 100; i++)
		assert_int_equal(buf_add_text(&html, "<blockquote>"), 0);
	assert_int_equal(buf_add_text(&html, "deep down"), 0);
	assert_string_equal(read_html(html.data, 20), "> > > > > deep down\n");
	buf_release(&html);
}

static void without_links_there_is_no_list(void **state)
{
	static const struct html_text_options plain = { .width = 80, .plain = true };
	static const char html[] = "<a href=http://e.org/1>one</a>";

	(void)state;
	assert_int_equal(html_to_text(html, strlen(html), &plain, &out), 0);
	assert_string_equal(out.data, "one\n");
}

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(articles_read_well),
		TEST(no_control_reaches_the_terminal),
		TEST(lines_fill_the_width),
		TEST(no_line_is_wider_than_asked),
		TEST(margins_leave_half_of_the_width),
		TEST(without_links_there_is_no_list),
	};

	return cmocka_run_group_tests_name("html_text", tests, NULL, NULL);
}
