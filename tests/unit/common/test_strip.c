#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "common/strip.h"
#include "tests/unit/common/out.h"

/* ---- text ---------------------------------------------------------------- */

#define KATEX                                                                                      \
	"a <span class=katex><span class=katex-mathml><math><semantics><msup><mi>x</mi><mn>2</mn>" \
	"</msup><annotation encoding='application/x-tex'>x^2</annotation></semantics></math>"      \
	"</span><span class=katex-html>x<sup>2</sup></span></span>"

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
	{ KATEX " end", "a x^2 end" },
	{ "<math alttext='x_1 &lt; y'><msub><mi>x</mi><mn>1</mn></msub></math> <b "
	  "class=katex-html>x",
		"x_1 < y" },
	{ "a<math><mi>x</mi></math>b<span class=katex-html>c</span>", "axbc" },
	{ "<math><mi>x<math><mi>y</math><p class=katex-html>c</p>d", "xy\nd" },
	{ "x<plaintext>a<b>&amp;", "x\na<b>&amp;" },
	{ "x<xmp><b>&amp;</xmp>y", "x\n<b>&amp;\ny" },
	{ "a < b, 3 <4, <", "a < b, 3 <4, <" },
	{ "a <b and no end", "a" },
	{ "x<a title='>'>y</a>", "xy" },
	{ "x<a title=\"</a>\" b=c>y", "xy" },
	{ "x<a b = 'c' / d=e/>y", "xy" },
	{ "x<unknown-element>y</unknown-element>", "xy" },
	{ "<div style='display:none'>a<p>b</p></div>c", "c" },
	{ "a<div hidden>b</div>c<span hidden>d</span>e", "a\nce" },
	{ "<ul><li>a<li hidden>b<li>c</ul>", "a\nc" },
	{ "<form hidden>a</form><p hidden=until-found>b", "a\nb" },
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

static void words_of_images_are_words(void **state)
{
	static const char html[] = "a<img src=x alt='b &lt;c&#27;' title='d e' alt=no>f"
				   "<img alt=g title=g>h<img hidden alt=no><img alt=''><img>i";

	(void)state;
	assert_int_equal(strip_text(html, strlen(html), STRIP_WORDS, &out), 0);
	assert_string_equal(out.data, "a b <c d e f g hi");
	buf_clear(&out);
	assert_int_equal(strip_text(html, strlen(html), STRIP_LINES, &out), 0);
	assert_string_equal(out.data, "afhi");
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
	{ "10<sup>6</sup> CO<sub>2</sub> 10<sup>&minus;3</sup> e<sup>x</sup> y<sub>max</sub>",
		"10⁶ CO₂ 10⁻³ e^x y_(max)" },
	{ "The 1<sup>st</sup> and <sup></sup>2<sup>nd", "The 1st and 2nd" },
	{ "x<sup><b>2</b></sup> <sup>&#27;</sup>", "x2" },
	{ "x<sup>2 </sup>y a<sup>see the note </sup>b c<sup>see the note</sup>d e<sup>see the "
	  "note</sup>, f",
		"x² y a see the note b c see the note d e see the note, f" },
	{ "a<sup>see the note</sup>été b<sub>see the note</sub>5 c<sup>see the note</sup>&eacute; "
	  "d<sup>see the note</sup>&amp;",
		"a see the note été b see the note 5 c see the note é d see the note&" },
	{ "The <sup>14</sup>C age of CO <sub>2</sub>", "The ¹⁴C age of CO ₂" },
	{ "One<sup>1.</sup> two<sup>2,3</sup> <sup>beta</sup> <sub>By Jane Doe</sub>",
		"One¹. two²,³ beta By Jane Doe" },
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

static const struct pair hidden[] = {
	{ "<div style='display:none'>Preheader</div>Text", "Text" },
	{ "<p hidden>Preheader<p>Text", "Text" },
	{ "<p hidden>Preheader</p>Text", "Text" },
	{ "<div><p style=' Visibility : HIDDEN'>Preheader</div>Text", "Text" },
	{ "<span style='color:red; display: none'>a<span>b</span>c</span>Text", "Text" },
	{ "a<img hidden alt=x>b<br hidden>c", "a b c" },
	/* an end that is missing hides no more than it must */
	{ "<section><div hidden>a</section>Text", "Text" },
	{ "<div hidden><b>a</div>Text", "Text" },
	{ "<div hidden>a<div>b</div>c</div>Text", "Text" },
	{ "<ul><li hidden>a<li>b</ul>", "b" },
	{ KATEX " b", "a x^2 b" },
	{ "<p hidden=until-found>a<p style='content:\"display:none\"'>b", "a b" },
};

static void titles_have_nothing_hidden(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(hidden); i++) {
		buf_clear(&out);
		assert_int_equal(
			strip_title(hidden[i].given, strlen(hidden[i].given), 4096, &out), 0);
		assert_string_equal(out.data, hidden[i].wanted);
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
		"caf&eacute;", "&#x41; <br>", "x <3 &amp; y", "<em>x</em> p<0.05", "<b>a</b> <_b>",
		"p<.05 in <i>x</i>", "now <\xC2\xA3 5: <b>x</b>", "1 <2> 3 <i>x</i>" };
	static const char *const no[] = { "", "plain", "AT&T", "a < b", "<b>unclosed", "x <3 y",
		"p<0.05", "&nosuchname; &amp;", "a <b3 &amp; c", "x</3> &amp; y",
		"the <title> element</title>", "<script>x</script>", "#include <stdio.h> </b>",
		"if a<b then c>d", "<i>List<String></i>", "x & y; z", "<!-- c -->" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(yes); i++)
		if (!strip_looks_like_html(yes[i], strlen(yes[i])))
			fail_msg("should look like HTML: %s", yes[i]);
	for (i = 0; i < COUNT(no); i++)
		if (strip_looks_like_html(no[i], strlen(no[i])))
			fail_msg("should not look like HTML: %s", no[i]);
}

static const struct pair strays[] = {
	{ "A<br />B", "A B" },
	{ "A<br/>B<BR/>C", "A B C" },
	{ "A <br /> B", "A   B" },
	{ "One<br clear=\"all\">Two", "One Two" },
	{ "One<br>Two", "One Two" },
	{ "One:<br><br>Two", "One:  Two" },
	{ "\xC3\xA9<br>\xC3\xA9<br>", "\xC3\xA9 \xC3\xA9 " },
	{ "A<hr>B", "A B" },
	{ "Donau<wbr>dampf<wbr/>schiff", "Donaudampfschiff" },
	{ "<img src=\"x\"> Pic", "Pic" },
	{ "Pic <img class=a data-src=x />", "Pic " },
	{ "<!-- c -->A", "A" },
	{ "A <!--c--><!----> B<!-- d -->", "A  B" },
	{ "<p>A para", "A para" },
	{ " <P>A para", "A para" },
	{ "<p>A<p>B", "A<p>B" },
	{ "<div><span>\"A\" and B", "\"A\" and B" },
	{ "<p><img src=x>A", "A" },
	{ "<span class=\"a\"> A", "A" },
	{ "A <img src=\"x\"> Pic", "A  Pic" },
	{ "<h2>A", "A" },
	{ "<!-- c --><p>A", "A" },
	{ "<br/>A", "A" },
	{ "<br>One", "One" },
	{ " <BR><hr><p>One", "One" },
	{ "Faster vector<int><br/>in C++", "Faster vector<int> in C++" },
};

static const char *const spoken[] = { "Use of <img> in mail", "a<b and c>d", "vector<int>", "<3",
	"I <3 you", "x < y > z", "Use of <br> in mail", "The <br>-tag", "<br>", "<hr>", "<br>: why",
	"<br>s and <hr>s", "<br> and <hr>", "<br>-tags", "What \"<br/>\" means",
	"\xE2\x80\x9C<br/>\xE2\x80\x9D or `<hr/>`", "<img> or <picture>", "The <img alt> attribute",
	"Use <img loading=\"lazy\">", "<p> and <div>", "<p>s and <div>s", "<p>-tags", "<p>",
	"<div>", "<p><div>", "<span> vs <div>", "List<p>", "Why <p>A is bad", "a<b>c",
	"<b>unclosed", "<input type=\"date\"> is here", "The `<!-- more -->` tag", "<!-- no end",
	"<!DOCTYPE html>", "<?php", "A<br", "A<br clear=\"", "<", "a<", "<p", "<x>A", "<title>A",
	"<script>A", "", "<img src=\"a<b\">", "<p and q>r", "Optional<P>A", "1<br 2>3" };

static void of_a_plain_text_only_stray_tags_go(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(strays); i++) {
		buf_clear(&out);
		assert_int_equal(strip_stray(strays[i].given, strlen(strays[i].given), &out), 0);
		assert_string_equal(out.data, strays[i].wanted);
	}
	for (i = 0; i < COUNT(spoken); i++) {
		buf_clear(&out);
		assert_int_equal(strip_stray(spoken[i], strlen(spoken[i]), &out), 0);
		assert_string_equal(out.length > 0 ? out.data : "", spoken[i]);
	}
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
	{ "&#55357;&#56832;&#xd83d;&#xDE00;", "\xF0\x9F\x98\x80\xF0\x9F\x98\x80" },
	{ "&#xD83D;&#65;&#xD83D;&#xD83D;&#xDE00;&#xDE00;&#xD83D;",
		"\xEF\xBF\xBD"
		"A\xEF\xBF\xBD\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBD" },
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

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_is_what_a_reader_sees),
		TEST(words_stay_on_one_line),
		TEST(words_of_images_are_words),
		TEST(text_is_appended),
		TEST(a_full_buffer_is_told),
		TEST(titles_are_one_safe_line),
		TEST(titles_have_nothing_hidden),
		TEST(titles_are_cut_at_a_character),
		TEST(what_looks_like_html_has_an_end_tag_or_a_reference),
		TEST(of_a_plain_text_only_stray_tags_go),
		TEST(references_are_read_as_browsers_do),
		TEST(an_attribute_keeps_its_parameters),
		TEST(every_name_is_found),
		TEST(links_are_rewritten_and_nothing_else),
		TEST(a_refusal_stops_the_rewriting),
	};

	return cmocka_run_group_tests_name("strip", tests, NULL, NULL);
}
