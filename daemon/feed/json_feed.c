#include "daemon/feed/json_feed.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/feed/json_feed_priv.h"
#include "daemon/feed/link.h"
#include "daemon/url.h"

#define NAME_MAX_BYTES 128u
#define EXTENSION_MAX 65536u

/* ---- the base of relative addresses -------------------------------------- */

/*
 * A look at the feed's own members before the rest is read, because items may
 * stand before them.
 */
struct head {
	unsigned depth;
	char **wanted; /* where the next value goes, or NULL */
	char *feed_url, *home_page;
};

static int head_open(void *ctx)
{
	struct head *head = ctx;

	head->depth++;
	head->wanted = NULL;
	return 0;
}

/* An array around the feed is no level of its own. */
static int head_array(void *ctx)
{
	const struct head *head = ctx;

	return head->depth == 0 ? 0 : head_open(ctx);
}

static int head_close(void *ctx)
{
	struct head *head = ctx;

	/* With the feed ends what is of interest. */
	return head->depth == 0 || --head->depth == 0 ? -1 : 0;
}

static int head_key(void *ctx, const char *text, size_t length)
{
	struct head *head = ctx;

	head->wanted = NULL;
	if (head->depth != 1)
		return 0;
	if (length == strlen("feed_url") && memcmp(text, "feed_url", length) == 0)
		head->wanted = &head->feed_url;
	else if (length == strlen("home_page_url") && memcmp(text, "home_page_url", length) == 0)
		head->wanted = &head->home_page;
	return 0;
}

static int head_string(void *ctx, const char *text, size_t length)
{
	struct head *head = ctx;

	if (head->wanted != NULL && *head->wanted == NULL)
		*head->wanted = mem_strndup(text, length);
	head->wanted = NULL;
	/* Both are known: the rest need not be read for this. */
	return head->feed_url != NULL && head->home_page != NULL ? -1 : 0;
}

static const struct json_events head_events = {
	.string = head_string,
	.object = head_open,
	.key = head_key,
	.object_end = head_close,
	.array = head_array,
	.array_end = head_close,
};

/* The first that is an address of the web. */
static char *first_base(const struct feed_source *source, const struct head *head)
{
	const char *const texts[] = { head->feed_url, head->home_page };
	char *base;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i] == NULL || texts[i][0] == '\0' ||
			url_resolve(source->url, texts[i], &base) <= 0)
			continue;
		if (url_is_web(base, strlen(base)))
			return base;
		free(base);
	}
	return link_base(source);
}

static char *find_base(const char *text, size_t length, const struct feed_source *source,
	const struct feed_limits *limits)
{
	struct head head = { 0 };
	struct json_reader *reader = json_reader_new(&head_events, &head, limits->json_depth_max);
	struct err ignored;
	char *base;

	/* What is wrong with it will be found again. */
	if (json_read(reader, text, length, &ignored) == 0 && json_read_end(reader, &ignored) < 0)
		head.wanted = NULL;
	json_reader_free(reader);
	base = first_base(source, &head);
	free(head.feed_url);
	free(head.home_page);
	return base;
}

/* ---- the whole ----------------------------------------------------------- */

static void init(struct json_feed *feed, size_t length, const struct feed_limits *limits,
	struct build *build)
{
	int i;

	feed->build = build;
	feed->limits = limits;
	for (i = 0; i < JSON_PLACES; i++)
		buf_init(&feed->objects[i].text, length + MEMBERS);
	for (i = 0; i < 2; i++)
		feed->authors[i].rows = MEM_ARRAY(limits->authors_max + 1, struct feed_person);
	feed->levels = MEM_ARRAY(limits->json_depth_max + 1, struct json_level);
	buf_init(&feed->extension_name, NAME_MAX_BYTES);
	buf_init(&feed->extension, EXTENSION_MAX);
	buf_init(&feed->scratch, length * 4 + URL_MAX);
}

static void release(struct json_feed *feed)
{
	int i;

	for (i = 0; i < JSON_PLACES; i++)
		buf_release(&feed->objects[i].text);
	for (i = 0; i < 2; i++)
		free(feed->authors[i].rows);
	free(feed->levels);
	buf_release(&feed->extension_name);
	buf_release(&feed->extension);
	buf_release(&feed->scratch);
	free(feed->base);
}

/* Read it all; what is wrong is in *err.  The feed's end is made up for. */
static int run(struct json_feed *feed, const char *text, size_t length, struct err *err)
{
	struct json_reader *reader = json_reader_new(
		&json_feed_events, feed, feed->limits->json_depth_max);
	int result = json_read(reader, text, length, err);

	if (result == 0)
		result = json_read_end(reader, err);
	json_reader_free(reader);
	if (!feed->is_closed) {
		build_item_drop(feed->build);
		if (feed->depth > 0 && feed->levels[0].place == JSON_FEED)
			json_feed_end(feed, JSON_FEED, MEMBER_NONE);
	}
	return result;
}

/* Whether it says that it is one, or looks like one: other JSON has a title and an
 * empty list of items, too (a search that found nothing, an error), or a schema's. */
static bool is_feed(const struct json_feed *feed)
{
	const struct json_value *seen = feed->objects[JSON_FEED].values;

	if (strstr(json_feed_text(feed, JSON_FEED, MEMBER_VERSION), "jsonfeed.org") != NULL)
		return true;
	return feed->lists_items && feed->has_item &&
	       (seen[MEMBER_TITLE].length > 0 || seen[MEMBER_FEED_URL].length > 0 ||
		       seen[MEMBER_HOME_PAGE].length > 0);
}

/* What is to be said of damage that could not be mended. */
static int judge(const struct json_feed *feed, const struct err *damage, struct err *err)
{
	bool is_lost = damage->code != ERR_NONE && !feed->is_closed && !is_feed(feed);

	if (damage->code == ERR_TOO_BIG || is_lost)
		return err_set(err, damage->code, "%s", damage->text);
	if (!is_feed(feed))
		return err_set(err, ERR_NOT_FEED, "it is JSON, but no JSON Feed");
	return 0;
}

static void note(struct build *build, uint32_t flag, const char *words, const struct err *damage)
{
	char text[sizeof(damage->text)];
	size_t length = strcspn(damage->text, "\n");

	memcpy(text, damage->text, length);
	text[length] = '\0';
	build_problem(build, 0, 0, "%s: %s", words, text);
	build_doc(build)->flags |= flag;
}

/* The second try, with text that was mended. */
static int run_mended(struct json_feed *feed, const char *text, size_t length,
	const struct feed_source *source, struct err *err)
{
	const struct feed_limits *limits = feed->limits;
	struct build *build = feed->build;
	struct buf mended;
	int result;

	release(feed);
	memset(feed, 0, sizeof(*feed));
	/* A control of one byte becomes an escape of six. */
	buf_init(&mended, length * 6 + 16);
	result = json_feed_mend(text, length, &mended);
	init(feed, mended.length, limits, build);
	feed->base = find_base(mended.data, mended.length, source, limits);
	if (result < 0) {
		buf_release(&mended);
		return err_set(err, ERR_TOO_BIG, "the text cannot be mended");
	}
	build_restart(build);
	result = run(feed, mended.data, mended.length, err);
	buf_release(&mended);
	return result;
}

int json_feed_parse(const char *utf8, size_t length, const struct feed_source *source,
	const struct feed_limits *limits, struct build *build, struct err *err)
{
	struct json_feed feed = { 0 };
	struct err damage = { .code = ERR_NONE }, first;
	bool is_mended, is_whole;
	int result;

	init(&feed, length, limits, build);
	feed.base = find_base(utf8, length, source, limits);
	result = run(&feed, utf8, length, &damage);
	first = damage;
	is_mended = result < 0 && damage.code == ERR_SYNTAX && !feed.is_closed;
	if (is_mended) {
		damage.code = ERR_NONE;
		result = run_mended(&feed, utf8, length, source, &damage);
	}
	is_whole = result == 0 || feed.is_closed;
	if (judge(&feed, &damage, err) < 0) {
		release(&feed);
		return -1;
	}
	if (is_mended && is_whole)
		note(build, FEED_RECOVERED, "it is not quite JSON", &first);
	else if (is_mended)
		note(build, FEED_PARTIAL, "the rest could not be understood", &damage);
	else if (result < 0)
		note(build, FEED_RECOVERED, "something follows the feed's end", &damage);
	if (feed.is_listed) {
		build_problem(build, 0, 0, "the feed stands in a list");
		build_doc(build)->flags |= FEED_RECOVERED;
	}
	release(&feed);
	return 0;
}
