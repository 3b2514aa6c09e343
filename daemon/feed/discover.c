#include "daemon/feed/discover.h"

#include <ctype.h>
#include <gumbo.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/strip.h"
#include "common/utf8.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/link.h"
#include "daemon/feed/text.h"
#include "daemon/url.h"

#define TYPE_MAX 128u
#define LANGUAGE_MAX 64u

struct page {
	struct build *build;
	const struct feed_limits *limits;
	char *base;          /* absolute, or "" */
	struct buf url;      /* of the link at hand, or of the base */
	char *feed;          /* the same as it is subscribed to */
	char *feed_userinfo; /* or NULL */
	struct buf scratch;
	char **seen; /* addresses of the feeds so far */
	uint32_t seen_count;
	bool has_base, has_title;
	bool takes_xml; /* whatever is called XML */
};

/* The next node in document order, without recursion. */
static const GumboNode *next_node(const GumboNode *node)
{
	if ((node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE) &&
		node->v.element.children.length > 0)
		return node->v.element.children.data[0];
	while (node->parent != NULL && node->parent->type != GUMBO_NODE_DOCUMENT) {
		const GumboVector *siblings = &node->parent->v.element.children;

		if (node->index_within_parent + 1 < siblings->length)
			return siblings->data[node->index_within_parent + 1];
		node = node->parent;
	}
	return NULL;
}

/* An attribute's value, "" if it is absent. */
static const char *attribute(const GumboNode *node, const char *name)
{
	const GumboAttribute *a = gumbo_get_attribute(&node->v.element.attributes, name);

	return a != NULL ? a->value : "";
}

/* Whether one of the words, parted by blanks, is this one. */
static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	while (*words != '\0') {
		size_t length = 0;

		while (blank_is(*words))
			words++;
		while (words[length] != '\0' && !blank_is(words[length]))
			length++;
		if (length == n && strncasecmp(words, word, n) == 0)
			return true;
		words += length;
	}
	return false;
}

/* "RSS 2.0", "/feeds/all.xml", "?feed=atom", but not "/feedback". */
static bool names_feed(const char *text)
{
	static const char *const words[] = { "rss", "atom", "feed", "rdf" };
	const char *at;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (at = text; (at = strcasestr(at, words[i])) != NULL; at++) {
			const char *end = at + strlen(words[i]);

			if (*end == 's' || *end == 'S')
				end++;
			if ((at == text || !isalpha((unsigned char)at[-1])) &&
				!isalpha((unsigned char)*end))
				return true;
		}
	return false;
}

static bool is_one_of(const char *type, size_t length, const char *const *types, const char **out)
{
	for (; *types != NULL; types++)
		if (strlen(*types) == length && strncasecmp(*types, type, length) == 0) {
			*out = *types;
			return true;
		}
	return false;
}

/* The type of the feed that a <link> names, without parameters, "" if it has
 * none; NULL if it names no feed. */
static const char *feed_type(const struct page *page, const GumboNode *node)
{
	static const char *const feeds[] = { "application/rss+xml", "application/atom+xml",
		"application/feed+json", "application/json", "application/rdf+xml",
		"application/x-rss+xml", "application/x-atom+xml", "application/rss",
		"application/atom", "text/rss+xml", "text/atom+xml", "text/rss", "text/atom",
		NULL };
	static const char *const others[] = { "text/xml", "application/xml", "", NULL };
	const char *type = attribute(node, "type"), *href = attribute(node, "href"), *is;
	const char *rel = attribute(node, "rel");
	bool is_feed = has_word(rel, "feed");
	size_t length;

	if ((!is_feed && !has_word(rel, "alternate")) || has_word(rel, "stylesheet"))
		return NULL;
	while (blank_is(*type))
		type++;
	length = strcspn(type, "; \t\r\n\f");
	if (is_one_of(type, length, feeds, &is))
		/* WordPress names its programming interface so, on every page. */
		return strcmp(is, "application/json") == 0 && strstr(href, "/wp-json") != NULL
			       ? NULL
			       : is;
	if (!is_one_of(type, length, others, &is))
		return NULL;
	if (is_feed)
		return is;
	return is[0] != '\0' && (page->takes_xml || names_feed(attribute(node, "title")) ||
					names_feed(href))
		       ? is
		       : NULL;
}

static void forget_feed(struct page *page)
{
	free(page->feed);
	free(page->feed_userinfo);
	page->feed = page->feed_userinfo = NULL;
}

/* As if a person had typed it; "feed:https://…" and "feed://…" are web addresses in
 * disguise. */
static bool resolve(struct page *page, const char *href)
{
	forget_feed(page);
	while (blank_is(*href))
		href++;
	if (strncasecmp(href, "feed:", 5) != 0) {
		if (link_resolve(page->base, href, strlen(href), &page->url) <= 0)
			return false;
		href = page->url.data;
	}
	return url_subscribe(href, &page->feed, &page->feed_userinfo, NULL) == 0 &&
	       url_is_web(page->feed, strlen(page->feed)) &&
	       (page->feed_userinfo == NULL ||
		       utf8_valid(page->feed_userinfo, strlen(page->feed_userinfo)));
}

static bool is_new(struct page *page)
{
	uint32_t i;

	for (i = 0; i < page->seen_count; i++)
		if (strcmp(page->seen[i], page->feed) == 0)
			return false;
	return page->seen_count < page->limits->links_max;
}

static struct feed_text line(struct page *page, const char *text, size_t max)
{
	return text_title(page->build, TEXT_PLAIN, text, strlen(text), max, &page->scratch);
}

static void on_link(struct page *page, const GumboNode *node)
{
	const char *type = feed_type(page, node);
	struct feed_link row = { 0 };

	if (type == NULL || !resolve(page, attribute(node, "href")) ||
		strlen(page->feed) > page->limits->link_max || !is_new(page))
		return;
	page->seen[page->seen_count++] = mem_strdup(page->feed);
	row.rel = build_text(page->build, "alternate", strlen("alternate"), TYPE_MAX);
	row.url = build_text(page->build, page->feed, strlen(page->feed), page->limits->link_max);
	if (page->feed_userinfo != NULL)
		row.userinfo = build_text(page->build, page->feed_userinfo,
			strlen(page->feed_userinfo), page->limits->link_max);
	row.mime_type = build_text(page->build, type, strlen(type), TYPE_MAX);
	row.title = line(page, attribute(node, "title"), page->limits->title_max);
	row.language = line(page, attribute(node, "hreflang"), LANGUAGE_MAX);
	build_link(page->build, &row);
}

static void on_base(struct page *page, const GumboNode *node)
{
	const char *href = attribute(node, "href");

	/* The first one counts, also for links before it. */
	if (page->has_base || href[0] == '\0')
		return;
	page->has_base = true;
	if (link_resolve(page->base, href, strlen(href), &page->url) <= 0)
		return;
	free(page->base);
	page->base = mem_strdup(page->url.data);
}

static void on_title(struct page *page, const GumboNode *node)
{
	const GumboVector *children = &node->v.element.children;
	const GumboNode *child;

	if (page->has_title || children->length == 0)
		return;
	child = children->data[0];
	if (child->type != GUMBO_NODE_TEXT)
		return;
	build_doc(page->build)->title = line(page, child->v.text.text, page->limits->title_max);
	page->has_title = true;
}

/* Call `on` for every element of the kind, in document order. */
static void for_each(struct page *page, const GumboNode *root, GumboTag tag,
	void (*on)(struct page *page, const GumboNode *node))
{
	const GumboNode *node;

	for (node = root; node != NULL; node = next_node(node))
		if (node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == tag &&
			node->v.element.tag_namespace == GUMBO_NAMESPACE_HTML)
			on(page, node);
}

static void read_tree(struct page *page, const char *html, size_t length)
{
	GumboOptions options = kGumboDefaultOptions;
	GumboOutput *tree;

	options.max_errors = 0;
	tree = gumbo_parse_with_options(&options, html, length);
	for_each(page, tree->root, GUMBO_TAG_BASE, on_base);
	for_each(page, tree->root, GUMBO_TAG_TITLE, on_title);
	for_each(page, tree->root, GUMBO_TAG_LINK, on_link);
	/* What may be anything in XML is looked at before there is nothing to look at. */
	page->takes_xml = page->seen_count == 0;
	if (page->takes_xml)
		for_each(page, tree->root, GUMBO_TAG_LINK, on_link);
	gumbo_destroy_output(&options, tree);
}

int discover_page(const char *utf8, size_t length, const struct feed_source *source,
	const struct feed_limits *limits, struct build *build, struct err *err)
{
	struct page page = { .build = build, .limits = limits };
	struct buf tame;
	int result = 0;

	if (length > limits->discovery_max)
		length = utf8_cut(utf8, limits->discovery_max);
	/* gumbo is quadratic in nesting and attributes; this cuts both. */
	buf_init(&tame, (size_t)limits->discovery_max * 8 + 4096);
	if (strip_limit(utf8, length, &tame) < 0)
		result = err_set(err, ERR_TOO_BIG, "the page is too big when written out");
	buf_init(&page.url, (size_t)limits->link_max * 4 + 64);
	buf_init(&page.scratch, length + 64);
	page.base = link_base(source);
	page.seen = MEM_ARRAY(limits->links_max + 1, char *);
	build_doc(build)->format = FEED_HTML;
	if (result == 0)
		read_tree(&page, tame.data, tame.length);
	while (page.seen_count > 0)
		free(page.seen[--page.seen_count]);
	free(page.seen);
	forget_feed(&page);
	free(page.base);
	buf_release(&page.scratch);
	buf_release(&page.url);
	buf_release(&tame);
	return result;
}
