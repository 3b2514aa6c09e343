#include "daemon/store/filter.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

/* ------------------------------------------------------------ copies ---- */

static const char *const *copy_words(const char *const *words, size_t count)
{
	char **copy = count != 0 ? MEM_ARRAY(count, char *) : NULL;
	size_t i;

	for (i = 0; i < count; i++)
		copy[i] = mem_strdup(words[i]);
	return (const char *const *)copy;
}

static void free_words(const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free((void *)(uintptr_t)words[i]);
	free((void *)(uintptr_t)words);
}

void filter_copy(struct store_filter *to, const struct store_filter *from)
{
	*to = *from;
	to->feed_ids = from->feed_count != 0
			       ? mem_dup(from->feed_ids, from->feed_count * sizeof(*from->feed_ids))
			       : NULL;
	to->queries = copy_words(from->queries, from->query_count);
	to->tags = copy_words(from->tags, from->tag_count);
	to->match = mem_strdup(from->match);
	to->where = mem_strdup(from->where);
}

void filter_release(struct store_filter *filter)
{
	free((void *)(uintptr_t)filter->feed_ids);
	free_words(filter->queries, filter->query_count);
	free_words(filter->tags, filter->tag_count);
	free((void *)(uintptr_t)filter->match);
	free((void *)(uintptr_t)filter->where);
	memset(filter, 0, sizeof(*filter));
}

/* ---------------------------------------------------------- clauses ---- */

/* The planner has no statistics; the narrowest index is known here. */
void filter_from(struct query *query, const struct store_filter *filter)
{
	const char *index = "item_date";

	if (filter->feed_count == 1 && filter->query_count == 0)
		index = "item_feed";
	else if (filter->starred == 1)
		index = "item_starred";
	else if (filter->read == STORE_UNREAD)
		index = "item_unread";
	query_add(query, " FROM item i INDEXED BY ");
	query_add(query, index);
}

static void add_feeds(struct query *query, const struct store_filter *filter)
{
	size_t i;

	if (filter->feed_count == 0)
		return;
	if (filter->feed_count == 1) {
		query_add(query, " AND i.feed_id = ?");
		query_int(query, filter->feed_ids[0]);
		return;
	}
	query_add(query, " AND i.feed_id IN (");
	for (i = 0; i < filter->feed_count; i++) {
		query_add(query, i == 0 ? "?" : ",?");
		query_int(query, filter->feed_ids[i]);
	}
	query_add(query, ")");
}

/* A tag and what lies inside of it: '0' follows '/' in ASCII. */
static void add_tag(struct query *query, const char *tag)
{
	char *from = mem_printf("%s/", tag), *to = mem_printf("%s0", tag);

	query_add(query, "(tag = ? OR (tag > ? AND tag < ?))");
	query_text(query, tag);
	query_text(query, from);
	query_text(query, to);
	free(from);
	free(to);
}

static void add_any_tag(struct query *query, const struct store_filter *filter)
{
	size_t i;

	for (i = 0; i < filter->tag_count; i++) {
		query_add(query, i == 0 ? "(" : " OR ");
		add_tag(query, filter->tags[i]);
	}
	query_add(query, ")");
}

static void add_tags(struct query *query, const struct store_filter *filter)
{
	if (filter->tag_count == 0)
		return;
	query_add(query, " AND (i.feed_id IN (SELECT feed_id FROM feed_tag WHERE ");
	add_any_tag(query, filter);
	query_add(query, ") OR (i.tagged = 1 AND EXISTS"
			 " (SELECT 1 FROM item_tag t WHERE t.item_id = i.id AND ");
	add_any_tag(query, filter);
	query_add(query, ")))");
}

static void add_number(struct query *query, const char *condition, int64_t value)
{
	query_add(query, condition);
	query_int(query, value);
}

static void add_times(struct query *query, const struct store_filter *filter)
{
	if (filter->since_s != INT64_MIN)
		add_number(query, " AND i.date_s >= ?", filter->since_s);
	if (filter->until_s != INT64_MAX)
		add_number(query, " AND i.date_s < ?", filter->until_s);
	if (filter->added_since_s != INT64_MIN)
		add_number(query, " AND i.received_s >= ?", filter->added_since_s);
	if (filter->since_seq != 0)
		add_number(query, " AND i.added_seq > ?", (int64_t)filter->since_seq);
	if (filter->until_seq != 0)
		add_number(query, " AND i.added_seq <= ?", (int64_t)filter->until_seq);
}

void filter_where(struct query *query, const struct store_filter *filter)
{
	query_add(query, " WHERE 1");
	add_feeds(query, filter);
	add_tags(query, filter);
	if (filter->read != STORE_ANY)
		query_add(query,
			filter->read == STORE_UNREAD ? " AND i.read = 0" : " AND i.read = 1");
	if (filter->starred >= 0)
		query_add(
			query, filter->starred == 1 ? " AND i.starred = 1" : " AND i.starred = 0");
	if (filter->changed)
		query_add(query, " AND i.changed_seq IS NOT NULL");
	add_times(query, filter);
}
