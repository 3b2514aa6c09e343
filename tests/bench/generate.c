#include "tests/bench/generate.h"

#include <stdlib.h>

static const char *const latin[] = { "the", "feed", "of", "network", "and", "reader", "sends",
	"politely", "over", "café", "server", "naïve", "with", "answers", "in", "columns", "for",
	"people", "who", "pipe" };
static const char *const cyrillic[] = { "лента", "новости", "и", "читатель", "сервер", "вежливо",
	"отвечает", "каждый", "день", "в", "терминале", "ёлка" };
static const char *const cjk[] = { "新聞", "記事", "配信", "端末", "読者", "毎日", "更新", "機械",
	"言葉", "文字" };

struct generator {
	struct buf *out;
	uint64_t state;
	const char *const *words;
	unsigned word_count;
};

/* splitmix64: small, and good enough for text. */
static uint64_t draw(struct generator *g)
{
	uint64_t z = g->state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static unsigned below(struct generator *g, unsigned n)
{
	return (unsigned)(draw(g) % n);
}

static void put(struct generator *g, const char *text)
{
	if (buf_add_text(g->out, text) < 0)
		abort();
}

static void put_words(struct generator *g, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		if (i > 0)
			put(g, " ");
		put(g, g->words[below(g, g->word_count)]);
	}
}

#define PUT(g, ...)                                                                                \
	do {                                                                                       \
		if (buf_printf((g)->out, __VA_ARGS__) < 0)                                         \
			abort();                                                                   \
	} while (0)

static void put_html(struct generator *g, unsigned paragraphs)
{
	unsigned i;

	for (i = 0; i < paragraphs; i++) {
		put(g, "<p>");
		put_words(g, 20 + below(g, 40));
		PUT(g, " <a href=\"https://example.org/%u\">", below(g, 100000));
		put_words(g, 3);
		put(g, "</a>.</p>\n");
	}
}

static void put_rss_item(struct generator *g, uint64_t feed, unsigned item, uint64_t day)
{
	put(g, "<item>\n<title>");
	put_words(g, 4 + below(g, 8));
	PUT(g, "</title>\n<link>https://host%lu.example/%u</link>\n", (unsigned long)feed, item);
	PUT(g, "<guid isPermaLink=\"false\">host%lu-%u</guid>\n", (unsigned long)feed, item);
	PUT(g, "<pubDate>%02u Jun 2025 10:%02u:00 +0000</pubDate>\n", (unsigned)(day % 28 + 1),
		item % 60);
	put(g, "<dc:creator>Ada</dc:creator>\n<category>news</category>\n<description>");
	put_words(g, 20);
	put(g, "</description>\n<content:encoded><![CDATA[");
	put_html(g, 2 + below(g, 6));
	put(g, "]]></content:encoded>\n</item>\n");
}

static void put_atom_entry(struct generator *g, uint64_t feed, unsigned item, uint64_t day)
{
	put(g, "<entry><title>");
	put_words(g, 4 + below(g, 8));
	PUT(g, "</title><link rel=\"alternate\" href=\"https://host%lu.example/%u\"/>",
		(unsigned long)feed, item);
	PUT(g, "<id>tag:host%lu.example,2025:%u</id>", (unsigned long)feed, item);
	PUT(g, "<updated>2025-06-%02uT10:%02u:00Z</updated><author><name>Ada</name></author>\n",
		(unsigned)(day % 28 + 1), item % 60);
	put(g, "<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">");
	put_html(g, 2 + below(g, 6));
	put(g, "</div></content></entry>\n");
}

static void put_rss(struct generator *g, uint64_t number, unsigned revision, unsigned items)
{
	unsigned i;

	put(g, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\""
	       " xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
	       " xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n<title>");
	put_words(g, 3);
	PUT(g, "</title>\n<link>https://host%lu.example/</link>\n<description>",
		(unsigned long)number);
	put_words(g, 8);
	put(g, "</description>\n");
	for (i = 0; i < items; i++)
		put_rss_item(g, number, items + revision - i, number + i);
	put(g, "</channel>\n</rss>\n");
}

static void put_atom(struct generator *g, uint64_t number, unsigned revision, unsigned items)
{
	unsigned i;

	put(g, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	       "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>");
	put_words(g, 3);
	PUT(g,
		"</title><id>tag:host%lu.example,2025:feed</id>"
		"<link "
		"href=\"https://host%lu.example/\"/><updated>2025-06-01T10:00:00Z</updated>\n",
		(unsigned long)number, (unsigned long)number);
	for (i = 0; i < items; i++)
		put_atom_entry(g, number, items + revision - i, number + i);
	put(g, "</feed>\n");
}

#define WORDS(list)                                                                                \
	do {                                                                                       \
		g.words = list;                                                                    \
		g.word_count = sizeof(list) / sizeof((list)[0]);                                   \
	} while (0)

void generate_feed(uint64_t number, unsigned revision, struct buf *out)
{
	struct generator g = { out, number * 1000003u + 17u, NULL, 0 };
	unsigned items, kind = below(&g, 100);

	if (kind < 70)
		WORDS(latin);
	else if (kind < 88)
		WORDS(cyrillic);
	else
		WORDS(cjk);
	items = 10 + below(&g, 41);
	if (below(&g, 100) < 65)
		put_rss(&g, number, revision, items);
	else
		put_atom(&g, number, revision, items);
}
