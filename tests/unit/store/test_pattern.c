/* Regular expressions on what anybody wrote: the same answer as regcomp()'s own, sooner. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "common/mem.h"
#include "daemon/store/pattern.h"

static void the_answer_is_as_without_it(void **state)
{
	static const char *const patterns[] = { "", "a", "^a", "a$", "^$", "^a|b$", "a|^b",
		"^(a|c)", "^b|^c", "(^b|x)c", "((^|x)b)", "^^b|x", "b^c", "(a|b)c", "a.*c", ".+",
		"[ab]+c", "[])]", "[^])]b", "[[:digit:]]", "[[:alpha:]()]c", "\\(a", "a)b", "a)(b)",
		")", "\\)b", "\\bb", "a{2}", "(ab){2,}", "b{,1}c", "a.{3}c", "(a|x){1,40}c$",
		"(a?b?){1,40}$", "^(a|b){0,40}$", "a.......c", "x*", "()", "a\\.c", "[.]", "A.C",
		"{", "a{x" };
	static const char *const texts[] = { "", "a", "b", "ab", "abc", "xxabcxx", "a\nc", "aab",
		"x\nbc", "a)b", "(a", "]", ")", ")b", "9", "abab", "a...c", "a.c", "axxxc",
		"axxxxxxxc", "AxxC", "x a b", "{", "a{x", "cab" };
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		regex_t plain, ours;
		int result = regcomp(&plain, patterns[i], REG_EXTENDED | REG_ICASE | REG_NOSUB);

		assert_int_equal(pattern_compile(&ours, patterns[i]), result);
		if (result != 0)
			continue;
		for (k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
			if ((regexec(&plain, texts[k], 0, NULL, 0) == 0) !=
				pattern_matches(&ours, pattern_reach(patterns[i]), texts[k]))
				fail_msg("%s on %s", patterns[i], texts[k]);
		regfree(&plain);
		regfree(&ours);
	}
}

/* As the daemon has it, whose texts are UTF-8. */
static void ranges_go_beyond_ascii(void **state)
{
	static const struct {
		const char *pattern, *text;
		int result;
	} cases[] = {
		{ "^[а-я]+$", "привет", 0 },
		{ "^[а-я]+$", "ПРИВЕТ", 0 },
		{ "[а-я]", "hello", REG_NOMATCH },
		{ "[^а-я]", "привет", REG_NOMATCH },
		{ "^[a-zà-ÿ0-9]+$", "caf\u00e97", 0 },
		{ "^[à-ÿ-]+$", "\u00e9-\u00e8", 0 },
		{ "^[[:digit:]α-ω]{2}$", "1ω", 0 },
		{ "^[~-é]$", "a", REG_NOMATCH },
		{ "^[~-é]$", "é", 0 },
		{ "x[-я]", "x-", 0 },
	};
	char *before = mem_strdup(setlocale(LC_CTYPE, NULL));
	regex_t regex;
	size_t i;

	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		fail_msg("there is no C.UTF-8");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (pattern_compile(&regex, cases[i].pattern) != 0)
			fail_msg("%s", cases[i].pattern);
		if (regexec(&regex, cases[i].text, 0, NULL, 0) != cases[i].result)
			fail_msg("%s on %s", cases[i].pattern, cases[i].text);
		regfree(&regex);
	}
	assert_int_equal(pattern_compile(&regex, "[я-а]"), REG_ERANGE);
	assert_int_equal(pattern_compile(&regex, "[一-龥]"), REG_ERANGE);
	setlocale(LC_CTYPE, before);
	free(before);
}

static void assert_nowhere(const char *pattern, const char *text)
{
	regex_t regex;

	assert_int_equal(pattern_compile(&regex, pattern), 0);
	assert_false(pattern_matches(&regex, pattern_reach(pattern), text));
	regfree(&regex);
}

/* From each place on to the end takes minutes. */
static void a_long_text_of_one_word_takes_no_time(void **state)
{
	static const char *const patterns[] = { "sponsored.*post", "(sponsored )*zzz",
		"s.*d[0-9]+q" };
	static const char word[] = "sponsored ";
	size_t length = (size_t)1 << 20, i;
	char *text = mem_alloc(length + 1);

	(void)state;
	for (i = 0; i < length; i++)
		text[i] = word[i % (sizeof(word) - 1)];
	text[length] = '\0';
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		assert_nowhere(patterns[i], text);
	free(text);
}

/* Each place to remember would double what is known of all of them. */
static void a_choice_made_often_takes_no_memory(void **state)
{
	static const char *const patterns[] = { "a(a|b){20}c", "a(a|b)(b|a)(a|b)(a|b){17}c",
		"a((ab|a)|b){20}c" };
	size_t length = (size_t)1 << 18, i;
	char *text = mem_alloc(length + 1);
	uint32_t random = 1;

	(void)state;
	for (i = 0; i < length; i++) {
		random = random * 1103515245u + 12345u;
		text[i] = random >> 30 & 1 ? 'a' : 'b';
	}
	text[length] = '\0';
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		assert_nowhere(patterns[i], text);
	free(text);
}

/* Within the limit of pattern_is_cheap(), and minutes to hours each. */
static void what_is_heavy_has_an_end(void **state)
{
	static const char *const patterns[] = { "a.{0,500}b.{0,500}c", "(.{1,12}.{1,12}){1,12}c",
		"(.{0,20}.{0,20}){1,20}c", "(([ab].){1,13}a*.*){3,}c",
		"((.*(.){7,}){0,17}(a|ab)){0,4}(b){9,}c" };
	size_t length = (size_t)1 << 20, i;
	char *text = mem_alloc(length + 1);
	clock_t start = clock();

	(void)state;
	for (i = 0; i < length; i++)
		text[i] = i % 7 % 2 != 0 ? 'a' : 'b';
	text[length] = '\0';
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		assert_nowhere(patterns[i], text);
	assert_true((clock() - start) / CLOCKS_PER_SEC < 60);
	free(text);
}

static void a_heavy_one_looks_at_the_beginning(void **state)
{
	static const char heavy[] = "(ж|b){1,40}c", ends[] = "(ж|b){1,40}c$";
	size_t length = PATTERN_HEAVY_TEXT_MAX + 100;
	char *text = mem_alloc(length + 1);
	regex_t regex;

	(void)state;
	memset(text, 'x', length);
	text[length] = '\0';
	memcpy(text + length - 10, "bc", 2);
	assert_nowhere(heavy, text);
	memcpy(text + PATTERN_HEAVY_TEXT_MAX - 3, "bc", 2);
	assert_int_equal(pattern_compile(&regex, heavy), 0);
	assert_true(pattern_matches(&regex, pattern_reach(heavy), text));
	regfree(&regex);
	/* Where it is cut is no end; where it ends is one, also behind that. */
	memcpy(text + PATTERN_HEAVY_TEXT_MAX - 2, "bc", 2);
	assert_nowhere(ends, text);
	text[PATTERN_HEAVY_TEXT_MAX] = '\0';
	assert_int_equal(pattern_compile(&regex, ends), 0);
	assert_true(pattern_matches(&regex, pattern_reach(ends), text));
	regfree(&regex);
	free(text);
}

static void what_is_none_is_refused(void **state)
{
	static const char *const patterns[] = { "(", "[", "[[:x:]]", "a\\", "[b-a]", "(()" };
	regex_t regex;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		assert_int_not_equal(pattern_compile(&regex, patterns[i]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_is_as_without_it),
		cmocka_unit_test(ranges_go_beyond_ascii),
		cmocka_unit_test(a_long_text_of_one_word_takes_no_time),
		cmocka_unit_test(a_choice_made_often_takes_no_memory),
		cmocka_unit_test(what_is_heavy_has_an_end),
		cmocka_unit_test(a_heavy_one_looks_at_the_beginning),
		cmocka_unit_test(what_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
