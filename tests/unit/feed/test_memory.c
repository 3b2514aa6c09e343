/* What parsing holds beside the body: twice the text in UTF-8 at the most. */
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/feed/hostile.h"

/* The most that a child of this process has held, in bytes. */
static size_t most_held(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return (size_t)usage.ru_maxrss * 1024;
}

/* Of ASCII, or of an encoding whose other bytes are letters of two in UTF-8. */
static size_t length_in_utf8(void)
{
	size_t length = text.length, i;

	for (i = 0; i < text.length; i++)
		length += (unsigned char)text.data[i] >= 0x80;
	return length;
}

/* In a process of its own, which no other test has made larger. */
static void takes_at_most_twice_its_text(void)
{
	size_t before, most = 2 * length_in_utf8();
	struct feed_doc *doc;
	int status;
	pid_t child;

#ifdef FEEDD_SANITIZED /* whose memory is another */
	skip();
#endif
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		before = most_held();
		if (outcome(&doc) != ERR_NONE)
			_exit(2);
		_exit(most_held() - before > most ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void put_articles(const char *begins, const char *words, const char *ends)
{
	size_t n;

	begin(begins);
	for (n = 0; n < 4000; n++) {
		repeat("<item><description>", 1);
		repeat(words, 60);
		repeat("</description></item>", 1);
	}
	repeat(ends, 1);
}

static void a_document_takes_twice_its_text(void **state)
{
	static const char *const ends[] = { "</channel></rss>", "<b>&</channel></rss>" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		put_articles("<rss version='2.0'><channel><title>t</title>",
			"&lt;p&gt;a few words of an article&lt;/p&gt;\n", ends[i]);
		takes_at_most_twice_its_text();
	}
}

static void cyrillic_of_one_byte_a_letter_takes_no_more(void **state)
{
	static const char words[] = /* "несколько слов статьи", in windows-1251 */
		"\xED\xE5\xF1\xEA\xEE\xEB\xFC\xEA\xEE \xF1\xEB\xEE\xE2 "
		"\xF1\xF2\xE0\xF2\xFC\xE8\n";

	(void)state;
	put_articles("<?xml version='1.0' encoding='windows-1251'?>"
		     "<rss version='2.0'><channel><title>t</title>",
		words, "</channel></rss>");
	takes_at_most_twice_its_text();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_takes_twice_its_text),
		cmocka_unit_test(cyrillic_of_one_byte_a_letter_takes_no_more),
	};

	buf_init(&text, 64 * MEGABYTE);
	return cmocka_run_group_tests(tests, open_charsets, release);
}
