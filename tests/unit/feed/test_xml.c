/* The walker: names, namespaces, limits, and where it stops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "daemon/feed/xml.h"

/* What a walk told, as text: "<prefix:local" a start, ">" an end. */
struct told {
	struct buf text;
	struct xml_name *last;
	int same_names;
};

static void on_start(void *ctx, const struct xml_element *element)
{
	struct told *told = ctx;
	const char *a = xml_attribute(element, "A"),
		   *base = xml_attribute_ns(element, NS_XML, "base");

	if (told->last == element->name)
		told->same_names++;
	told->last = element->name;
	assert_int_equal(
		buf_printf(&told->text, "<%s:%s", element->name->prefix, element->name->local), 0);
	if (a != NULL)
		assert_int_equal(buf_printf(&told->text, " a=%s", a), 0);
	if (base != NULL)
		assert_int_equal(buf_printf(&told->text, " base=%s", base), 0);
}

static void on_end(void *ctx, struct xml_name *name)
{
	struct told *told = ctx;

	(void)name;
	assert_int_equal(buf_add_byte(&told->text, '>'), 0);
}

static void on_text(void *ctx, const char *text, size_t length)
{
	struct told *told = ctx;

	assert_int_equal(buf_add(&told->text, text, length), 0);
}

static enum err_code walk(const char *xml, struct told *told, struct xml_end *end)
{
	static const struct xml_handler handler = { on_start, on_end, on_text };
	struct xml_input input = { xml, strlen(xml), NULL };
	struct err err;

	memset(told, 0, sizeof(*told));
	buf_init(&told->text, 16u << 20);
	return xml_walk(&input, 8, &handler, told, end, &err) == 0 ? ERR_NONE : err.code;
}

static void assert_told(const char *xml, const char *expected)
{
	struct told told;
	struct xml_end end;

	assert_int_equal(walk(xml, &told, &end), ERR_NONE);
	assert_string_equal(told.text.data, expected);
	assert_true(end.root_closed);
	buf_release(&told.text);
}

static void names_are_known_by_namespace(void **state)
{
	(void)state;
	assert_told("<a><B/></a>", "<:a<:b>>");
	assert_told("<x:a xmlns:x='http://purl.org/dc/elements/1.1/'/>", "<dc:a>");
	assert_told("<a xmlns='http://www.w3.org/2005/Atom'/>", "<atom:a>");
	assert_told("<x:a xmlns:x='urn:nobody'/>", "<x:a>");
	assert_told("<media:a xmlns:media='urn:nobody'/>", "<media:a>");
	assert_told("<a xmlns='urn:nobody'/>", "<:a>");
}

static void attributes_are_found_in_any_case(void **state)
{
	(void)state;
	assert_told("<x a='1'/>", "<:x a=1>");
	assert_told("<x A='1' b='2'/>", "<:x a=1>");
	assert_told("<x xml:base='u'/>", "<:x base=u>");
	assert_told("<x n:a='1' xmlns:n='urn:n'/>", "<:x>");
}

static void the_declared_encoding_is_not_believed(void **state)
{
	(void)state;
	assert_told("<?xml version='1.0' encoding='iso-8859-1'?><x>ö</x>", "<:xö>");
}

static void equal_names_are_one(void **state)
{
	struct told told;
	struct xml_end end;

	(void)state;
	assert_int_equal(walk("<x><y/><y/><y/></x>", &told, &end), ERR_NONE);
	assert_int_equal(told.same_names, 2);
	buf_release(&told.text);
}

static void the_place_of_damage_is_told(void **state)
{
	struct told told;
	struct xml_end end;

	(void)state;
	assert_int_equal(walk("<x>\n <y>\n</x>", &told, &end), ERR_SYNTAX);
	assert_int_equal(end.line, 3);
	assert_int_equal(end.column, 3);
	assert_false(end.root_closed);
	buf_release(&told.text);
	assert_int_equal(walk("<x/>junk", &told, &end), ERR_SYNTAX);
	assert_true(end.past_root);
	buf_release(&told.text);
}

static void too_deep_and_entities_stop_the_walk(void **state)
{
	struct told told;
	struct xml_end end;

	(void)state;
	assert_int_equal(walk("<a><a><a><a><a><a><a><a><a>", &told, &end), ERR_TOO_BIG);
	assert_string_equal(told.text.data, "<:a<:a<:a<:a<:a<:a<:a<:a");
	buf_release(&told.text);
	assert_int_equal(walk("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", &told, &end), ERR_ENTITY);
	assert_string_equal(told.text.data, "");
	buf_release(&told.text);
}

/* Text, tag, comment and instruction longer than what expat is given at once,
 * behind each other, and the damage far behind them. */
static void long_tokens_are_walked_in_pieces(void **state)
{
	static const char *const shapes[][3] = { { "<!--", "-\n", "-->" }, { "<?p ", "?\n", "?>" },
		{ "<a b='", "x\n", "'/>" }, { "", "x\n", "" }, { "<![CDATA[", "]\n", "]]>" } };
	struct told told;
	struct xml_end end;
	struct buf xml;
	size_t i, round, n;

	(void)state;
	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		buf_init(&xml, 16u << 20);
		assert_int_equal(buf_add_text(&xml, "<x>"), 0);
		for (round = 0; round < 3; round++) {
			assert_int_equal(buf_add_text(&xml, shapes[i][0]), 0);
			for (n = 0; n < 300000; n++)
				assert_int_equal(buf_add_text(&xml, shapes[i][1]), 0);
			/* "--" may not end a comment, nor "]" its CDATA. */
			assert_int_equal(buf_add_text(&xml, " "), 0);
			assert_int_equal(buf_add_text(&xml, shapes[i][2]), 0);
		}
		assert_int_equal(buf_add_text(&xml, "</y>"), 0);
		assert_int_equal(walk(xml.data, &told, &end), ERR_SYNTAX);
		assert_int_equal(end.line, 900001);
		assert_int_equal(end.at, xml.length - strlen("y>"));
		buf_release(&told.text);
		buf_release(&xml);
	}
}

/* A megabyte of text and tags, and damage at the end. */
static void what_is_forgotten_was_read(void **state)
{
	static const struct xml_handler handler = { on_start, on_end, on_text };
	struct told told, again;
	struct xml_end end;
	struct err err;
	struct buf text;
	size_t i, n;

	(void)state;
	buf_init(&text, 4u << 20);
	assert_int_equal(buf_add_text(&text, "<x>"), 0);
	for (i = 0; i < 1000; i++) {
		assert_int_equal(buf_printf(&text, "<y a='%zu'>", i), 0);
		for (n = 0; n < 100; n++)
			assert_int_equal(buf_add_text(&text, "some text "), 0);
		assert_int_equal(buf_add_text(&text, "</y>"), 0);
	}
	assert_int_equal(buf_add_text(&text, "<y></z>behind"), 0);
	assert_int_equal(walk(text.data, &told, &end), ERR_SYNTAX);

	memset(&again, 0, sizeof(again));
	buf_init(&again.text, 16u << 20);
	assert_int_equal(xml_walk(&(struct xml_input){ text.data, text.length, &text }, 8, &handler,
				 &again, &end, &err),
		-1);
	assert_string_equal(again.text.data, told.text.data);
	assert_string_equal(text.data + end.at, "z>behind");
	buf_release(&told.text);
	buf_release(&again.text);
	buf_release(&text);
}

static void references_that_a_dtd_may_explain_are_not_lost(void **state)
{
	struct told told;
	struct xml_end end;

	(void)state;
	assert_told("<!DOCTYPE x SYSTEM 'x.dtd'><x>a&eacute;b&nobody;</x>", "<:xaéb&nobody;>");
	assert_told("<!DOCTYPE x SYSTEM 'x.dtd'><x a='b&amp;&#99;'/>", "<:x a=b&c>");
	assert_int_equal(
		walk("<!DOCTYPE x SYSTEM 'x.dtd'><x>\n<y a='caf&eacute;'/></x>", &told, &end),
		ERR_SYNTAX);
	assert_int_equal(end.line, 2);
	buf_release(&told.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_known_by_namespace),
		cmocka_unit_test(attributes_are_found_in_any_case),
		cmocka_unit_test(the_declared_encoding_is_not_believed),
		cmocka_unit_test(equal_names_are_one),
		cmocka_unit_test(the_place_of_damage_is_told),
		cmocka_unit_test(too_deep_and_entities_stop_the_walk),
		cmocka_unit_test(long_tokens_are_walked_in_pieces),
		cmocka_unit_test(what_is_forgotten_was_read),
		cmocka_unit_test(references_that_a_dtd_may_explain_are_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
