#include "daemon/feed/opml.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/link.h"
#include "daemon/feed/text.h"
#include "daemon/feed/xml.h"

#define TAG_MAX 1024u   /* bytes, of all folders around a subscription */
#define SETTING_MAX 64u /* of a setting's name */
#define TITLE_BYTES 4096u

struct list {
	struct build *build;
	const struct feed_limits *limits;
	size_t *folders; /* for each open element: the path's length outside of it */
	uint32_t depth;
	struct buf path;  /* "News/Linux": the folders around */
	struct buf title; /* of the list, while it is read */
	struct buf scratch;
	bool in_head_title;
	bool is_opml, has_outline;
};

static struct feed_text line(struct list *list, const char *text)
{
	return text_title(list->build, TEXT_PLAIN, text, strlen(text), list->limits->title_max,
		&list->scratch);
}

static const char *or_empty(const char *value)
{
	return value != NULL ? value : "";
}

/* What is shown: OPML 2.0 wants it in text, many have it in title. */
static const char *title_of(const struct xml_element *element)
{
	const char *text = or_empty(xml_attribute(element, "text"));
	const char *at = text;

	while (blank_is(*at))
		at++;
	return *at != '\0' ? text : or_empty(xml_attribute(element, "title"));
}

/* The subscription's address, "" for a folder.  `url` alone may be another
 * list's, which is to be included, or a bookmark. */
static const char *url_of(const struct xml_element *element)
{
	const char *url = or_empty(xml_attribute(element, "xmlUrl"));
	const char *type = or_empty(xml_attribute(element, "type"));

	while (blank_is(*url))
		url++;
	if (*url != '\0' || strcasecmp(type, "link") == 0 || strcasecmp(type, "include") == 0)
		return url;
	url = or_empty(xml_attribute(element, "url"));
	while (blank_is(*url))
		url++;
	return url;
}

/* ---- tags ---------------------------------------------------------------- */

static void add_tag(struct list *list, const char *text, size_t length)
{
	struct feed_category row = { 0 };

	blank_trim(&text, &length);
	if (length == 0)
		return;
	row.term = build_text(list->build, text, length, TAG_MAX);
	build_category(list->build, &row);
}

static bool is_path_tag(const struct list *list, const char *text, size_t length)
{
	return length == list->path.length && memcmp(text, list->path.data, length) == 0;
}

/* "News/Linux" from the folders, and what category says: "/News/Linux,Tech". */
static void add_tags(struct list *list, const char *category)
{
	add_tag(list, list->path.data, list->path.length);
	while (*category != '\0') {
		size_t length = strcspn(category, ",");
		const char *text = category;
		size_t n = length;

		blank_trim(&text, &n);
		/* One slash says that a path follows. */
		if (n > 0 && text[0] == '/') {
			text++;
			n--;
		}
		buf_clear(&list->scratch);
		if (utf8_add_tag(&list->scratch, text, n) == 0 &&
			!is_path_tag(list, list->scratch.data, list->scratch.length))
			add_tag(list, list->scratch.data, list->scratch.length);
		category += length;
		category += *category == ',';
	}
}

/* Go into a folder; one without a name is none. */
static void enter_folder(struct list *list, const char *title)
{
	size_t length = strlen(title), before = list->path.length;

	blank_trim(&title, &length);
	if (length == 0)
		return;
	if ((before > 0 && buf_add_byte(&list->path, '/') < 0) ||
		utf8_add_tag(&list->path, title, length) < 0 ||
		list->path.length == before + (before > 0))
		buf_cut(&list->path, before);
}

/* ---- subscriptions ------------------------------------------------------- */

/* What `feedctl set` had changed, in attributes of our own namespace. */
static void add_settings(struct list *list, const struct xml_element *element)
{
	const char *prefix, *local, *value;
	size_t length, i;

	for (i = 0; xml_attribute_at(element, i, &prefix, &local, &length, &value) > 0; i++) {
		struct feed_extension row = { 0 };
		char name[SETTING_MAX];

		if (prefix[0] == '\0' || length >= sizeof(name))
			continue;
		memcpy(name, local, length);
		name[length] = '\0';
		if (xml_attribute_ns(element, NS_FEEDD, name) != value)
			continue;
		row.name = build_text(list->build, name, length, SETTING_MAX);
		row.value = build_text(
			list->build, value, strlen(value), list->limits->content_max);
		build_extension(list->build, &row);
	}
}

static void add_outline(struct list *list, const struct xml_element *element, const char *url)
{
	const char *site = or_empty(xml_attribute(element, "htmlUrl"));
	const char *description = or_empty(xml_attribute(element, "description"));
	struct feed_outline row = { 0 };
	size_t length = strlen(url);

	blank_trim(&url, &length);
	if (length > list->limits->link_max) {
		build_problem(list->build, 0, 0, "an address of %zu bytes is too long", length);
		build_doc(list->build)->flags |= FEED_TRUNCATED;
		return;
	}
	row.url = build_text(list->build, url, length, list->limits->link_max);
	row.title = line(list, title_of(element));
	row.site_url = link_text(
		list->build, "", site, strlen(site), list->limits->link_max, &list->scratch);
	row.description = text_plain(list->build, TEXT_PLAIN, description, strlen(description),
		list->limits->title_max, &list->scratch);
	add_tags(list, or_empty(xml_attribute(element, "category")));
	add_settings(list, element);
	build_outline(list->build, &row);
}

/* ---- the walk ------------------------------------------------------------ */

static void on_start(void *ctx, const struct xml_element *element)
{
	struct list *list = ctx;
	const char *name = element->name->local;
	const char *url;

	list->folders[list->depth++] = list->path.length;
	if (list->depth == 1)
		list->is_opml = strcmp(name, "opml") == 0 || strcmp(name, "oml") == 0;
	if (strcmp(name, "title") == 0 && !list->has_outline)
		list->in_head_title = true;
	if (strcmp(name, "outline") != 0)
		return;
	list->has_outline = true;
	url = url_of(element);
	if (*url != '\0')
		add_outline(list, element, url);
	else
		enter_folder(list, title_of(element));
}

static void on_end(void *ctx, struct xml_name *name)
{
	struct list *list = ctx;
	struct feed_doc *doc = build_doc(list->build);

	buf_cut(&list->path, list->folders[--list->depth]);
	if (!list->in_head_title || strcmp(name->local, "title") != 0)
		return;
	list->in_head_title = false;
	if (!feed_text_present(doc->title))
		doc->title = line(list, list->title.data);
}

static void on_text(void *ctx, const char *text, size_t length)
{
	struct list *list = ctx;

	/* What does not fit was no title. */
	if (list->in_head_title && buf_add(&list->title, text, length) < 0)
		list->in_head_title = false;
}

static const struct xml_handler handler = { on_start, on_end, on_text };

int opml_parse(const struct xml_input *input, const struct feed_source *source,
	const struct feed_limits *limits, struct build *build, struct err *err)
{
	struct list list = { .build = build, .limits = limits };
	struct xml_end end;
	struct err damage;
	int result;

	(void)source; /* addresses are kept as they stand */
	list.folders = MEM_ARRAY(limits->depth_max + 1, size_t);
	buf_init(&list.path, TAG_MAX);
	buf_init(&list.title, TITLE_BYTES);
	buf_init(&list.scratch, (size_t)limits->content_max * 4);
	build_doc(build)->format = FEED_OPML;
	result = xml_walk(input, limits->depth_max, &handler, &list, &end, &damage);
	if (result < 0 && damage.code == ERR_SYNTAX && end.past_root) {
		build_problem(build, end.line, end.column, "something follows the list's end");
		build_doc(build)->flags |= FEED_RECOVERED;
		result = 0;
	}
	if (result < 0)
		err_set(err, damage.code, "%s", damage.text);
	else if (!list.is_opml && !list.has_outline)
		result = err_set(err, ERR_NOT_FEED, "it is no subscription list (OPML)");
	buf_release(&list.scratch);
	buf_release(&list.title);
	buf_release(&list.path);
	free(list.folders);
	return result;
}
