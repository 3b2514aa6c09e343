#include "daemon/control/choose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

/* What waits for the names of feeds to be found; lives as long as the call. */
struct finding {
	struct call *call;
	choose_feeds_found *found;
	bool partly; /* those that are not known are named, the rest is done */
};

#define DETAILS_MAX 50
#define REFUSED_MAX 1000u
#define MORE_MAX 64u /* bytes that say how many are not named */

/* Every word that could not be meant, at most DETAILS_MAX of them. */
static void fail_words(struct call *call, const struct store_found *found, size_t count)
{
	const char **details = call_keep(call, DETAILS_MAX, sizeof(*details));
	const struct store_found *first = NULL;
	size_t i, n = 0;

	for (i = 0; i < count; i++) {
		if (found[i].feed_id != 0)
			continue;
		if (first == NULL)
			first = &found[i];
		else if (n < DETAILS_MAX)
			details[n++] = found[i].err.text;
	}
	call_fail_as(call,
		first->err.code == ERR_NOT_FOUND ? WIRE_NO_SUCH_FEED
						 : wire_error_of(first->err.code),
		&first->err, n > 0 ? details : NULL, n, NULL);
}

/* The rest is done all the same: the last reply names those that are not known. */
static void keep_refused(struct call *call, const struct store_found *found, size_t count)
{
	size_t i, size, more = 0;
	char *words;

	call->refused = call_keep(call, REFUSED_MAX + 1, sizeof(*call->refused));
	for (i = 0; i < count; i++) {
		if (found[i].feed_id != 0)
			continue;
		if (call->refused_count == REFUSED_MAX) {
			more++;
			continue;
		}
		size = strlen(found[i].err.text) + 1;
		words = call_keep(call, size, 1);
		memcpy(words, found[i].err.text, size);
		call->refused[call->refused_count++] = words;
	}
	if (more > 0) {
		words = call_keep(call, MORE_MAX, 1);
		snprintf(words, MORE_MAX, "… and %zu more", more);
		call->refused[call->refused_count++] = words;
	}
}

static void on_found(
	void *ctx, const struct store_found *found, size_t count, const struct err *err)
{
	struct finding *finding = ctx;
	struct call *call = finding->call;
	int64_t *ids;
	size_t i, known = 0;

	if (call_read_failed(call, err))
		return;
	ids = call_keep(call, count, sizeof(*ids));
	for (i = 0; i < count; i++) {
		if (found[i].feed_id != 0)
			ids[known++] = found[i].feed_id;
	}
	if (known < count && !finding->partly) {
		fail_words(call, found, count);
		return;
	}
	if (known < count)
		keep_refused(call, found, count);
	finding->found(call, ids, known);
}

static void find(struct call *call, const char *const *words, size_t count, bool partly,
	choose_feeds_found *found)
{
	struct finding *finding;

	if (count == 0) {
		found(call, NULL, 0);
		return;
	}
	finding = call_keep(call, 1, sizeof(*finding));
	finding->call = call;
	finding->found = found;
	finding->partly = partly;
	call->read = store_feeds_find(call->parts->store, words, count, on_found, finding);
}

void choose_words(
	struct call *call, const char *const *words, size_t count, choose_feeds_found *found)
{
	find(call, words, count, false, found);
}

void choose_feeds(struct call *call, const char *name, choose_feeds_found *found)
{
	size_t count;
	const char *const *words = call_words(call, name, &count);

	find(call, words, count, call_flag(call, "bulk"), found);
}

bool choose_filtered(const struct call *call)
{
	static const char *const names[] = { "feed", "tag", "since", "until", "added_since",
		"match", "where", "limit" };
	static const char *const flags[] = { "unread", "read", "all", "starred", "unstarred",
		"changed" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (call_has(call, names[i]))
			return true;
	}
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (call_flag(call, flags[i]))
			return true;
	}
	return false;
}

/* A filter under way; lives as long as the call. */
struct making {
	struct store_filter filter;
	choose_filter_made *made;
};

static enum store_read read_of(const struct call *call, enum store_read preset)
{
	if (call_flag(call, "read"))
		return STORE_READ;
	if (call_flag(call, "unread"))
		return STORE_UNREAD;
	return call_flag(call, "all") || call_flag(call, "starred") ? STORE_ANY : preset;
}

static int starred_of(const struct call *call)
{
	if (call_flag(call, "starred"))
		return 1;
	return call_flag(call, "unstarred") ? 0 : -1;
}

/* Of copies one stands for all where each can be asked for; a change is one of every
 * item that the filter fits, with a limit as without. */
static bool folds(const struct call *call)
{
	return command_param(call->command, "no-cluster") != NULL && !call_flag(call, "no_cluster");
}

/* Different filters are all meant, so there are pairs that no item meets. */
static bool is_contradiction(const struct call *call)
{
	return (call_flag(call, "read") && call_flag(call, "unread")) ||
	       (call_flag(call, "starred") && call_flag(call, "unstarred"));
}

typedef int check_text(const char *text, struct err *err);

/* Any of them: each can be read alone, whatever stands beside it. */
static int fill_any(struct call *call, const char *name, const char *between, check_text *check,
	const char **out, struct err *err)
{
	size_t count, i, size = 1;
	const char *const *texts = call_words(call, name, &count);
	char *all, *end;

	for (i = 0; i < count; i++) {
		if (check(texts[i], err) < 0)
			return err_prefix(err, "%s", name);
		size += strlen(texts[i]) + strlen(between);
	}
	if (count == 0)
		return 0;
	end = all = call_keep(call, size, 1);
	for (i = 0; i < count; i++)
		end = stpcpy(i > 0 ? stpcpy(end, between) : end, texts[i]);
	*out = all;
	return count > 1 && check(all, err) < 0 ? err_prefix(err, "all of %s", name) : 0;
}

/* Nothing binds less than `or`: it needs no parentheses, of which there are but so many. */
static int fill_texts(struct call *call, struct store_filter *filter, struct err *err)
{
	if (fill_any(call, "match", STORE_MATCH_EITHER, store_match_check, &filter->match, err) < 0)
		return -1;
	return fill_any(call, "where", " or ", store_where_check, &filter->where, err);
}

static int fill(
	struct call *call, enum store_read preset, struct store_filter *filter, struct err *err)
{
	uint64_t no_seq = 0;

	filter->read = read_of(call, preset);
	filter->starred = starred_of(call);
	filter->changed = call_flag(call, "changed");
	filter->since_s = filter->added_since_s = INT64_MIN;
	filter->until_s = INT64_MAX;
	filter->cluster = folds(call);
	filter->tags = call_words(call, "tag", &filter->tag_count);
	filter->now_s = clock_now_s();
	if (fill_texts(call, filter, err) < 0)
		return -1;
	if (call_time(call, "since", &filter->since_s, &filter->since_seq, err) < 0 ||
		call_time(call, "until", &filter->until_s, &filter->until_seq, err) < 0 ||
		call_time(call, "added_since", &filter->added_since_s, &no_seq, err) < 0)
		return -1;
	if (no_seq != 0 && filter->since_seq < no_seq)
		filter->since_seq = no_seq;
	if (is_contradiction(call))
		filter->until_s = INT64_MIN; /* before all time: nothing */
	return 0;
}

static void on_feeds(struct call *call, const int64_t *ids, size_t count)
{
	struct making *making = call->making;

	making->filter.feed_ids = ids;
	making->filter.feed_count = count;
	making->made(call, &making->filter);
}

static int check_count(const char *name, size_t count, struct err *err)
{
	if (count <= STORE_FILTER_WORDS_MAX)
		return 0;
	return err_set(
		err, ERR_USAGE, "%s: at most %d of them at once", name, STORE_FILTER_WORDS_MAX);
}

/* "query:NAME" among the feeds are saved queries; the rest are feeds. */
static const char *const *take_queries(
	struct call *call, struct store_filter *filter, size_t *out_count)
{
	size_t count, i, feeds = 0, queries = 0;
	const char *const *words = call_words(call, "feed", &count);
	const char **names = call_keep(call, count + 1, sizeof(*names));
	const char **rest = call_keep(call, count + 1, sizeof(*rest));

	for (i = 0; i < count; i++) {
		if (strncmp(words[i], "query:", 6) == 0)
			names[queries++] = words[i] + 6;
		else
			rest[feeds++] = words[i];
	}
	filter->queries = names;
	filter->query_count = queries;
	*out_count = feeds;
	return rest;
}

void choose_filter(struct call *call, enum store_read preset, choose_filter_made *made)
{
	struct making *making = call_keep(call, 1, sizeof(*making));
	size_t count;
	const char *const *feeds = take_queries(call, &making->filter, &count);
	struct err err;

	making->made = made;
	if (choose_check_lists(call, &err) < 0 ||
		check_count("query:NAME", making->filter.query_count, &err) < 0 ||
		fill(call, preset, &making->filter, &err) < 0) {
		call_fail(call, &err);
		return;
	}
	call->making = making;
	choose_words(call, feeds, count, on_feeds);
}

uint64_t choose_cursor(const struct call *call, const char *name)
{
	uint64_t seq = 0;
	int64_t ignored_s;
	struct err ignored;

	return call_time(call, name, &ignored_s, &seq, &ignored) == 0 ? seq : 0;
}

int choose_check_lists(struct call *call, struct err *err)
{
	const struct command *command = call->command;
	size_t count, i;

	for (i = 0; i < command->param_count; i++) {
		const struct param *param = &command->params[i];

		if (param->kind != PARAM_LIST || param->scope == SCOPE_CALL ||
			!call_has(call, param->name))
			continue;
		(void)call_words(call, param->name, &count);
		if (count == 0)
			return err_set(err, ERR_USAGE,
				"%s: an empty list; leave it out where all are meant", param->name);
		/* Feeds have an index; others are looked for one by one. */
		if (param->type != TYPE_FEED && check_count(param->name, count, err) < 0)
			return -1;
	}
	return 0;
}

int choose_check_tag(const char *tag, struct err *err)
{
	size_t i;

	for (i = 0; tag[i] != '\0'; i++) {
		if (tag[i] == ',' || (unsigned char)tag[i] < 0x20 || tag[i] == 0x7F)
			break;
	}
	if (i > 0 && i <= STORE_TAG_MAX && tag[i] == '\0')
		return 0;
	return err_set(err, ERR_USAGE,
		"a tag is text without comma and control characters, of 1 to %d bytes",
		STORE_TAG_MAX);
}

int choose_feed_tag(struct call *call, const char *word, const char **out_tag, struct err *err)
{
	size_t length;
	char *tag;

	word += strspn(word, " ");
	for (length = strlen(word); length > 0 && word[length - 1] == ' ';)
		length--;
	tag = call_keep(call, length + 1, 1);
	memcpy(tag, word, length);
	*out_tag = tag;
	return choose_check_tag(tag, err);
}

int choose_item_keys(struct call *call, rows_mask *out_mask, bool *out_full, struct err *err)
{
	const rows_mask content = rows_mask_bit(FIELD_ITEM_CONTENT_HTML) |
				  rows_mask_bit(FIELD_ITEM_CONTENT_TEXT) |
				  rows_mask_bit(FIELD_ITEM_UID);
	size_t count;
	const char *const *names = call_words(call, "fields", &count);
	rows_mask mask = rows_mask_always(OBJECT_ITEM);

	if (call_flag(call, "full"))
		mask |= content;
	if (count > 0 && rows_mask_of(OBJECT_ITEM, names, count, &mask, err) < 0)
		return -1;
	*out_mask = mask;
	*out_full = (mask & content) != 0;
	return 0;
}

int choose_item_values(struct call *call, struct rows_fields *out_values, struct err *err)
{
	size_t count, i;
	const char *const *names = call_words(call, "fields", &count);
	rows_mask named = 0;
	enum field_id field;

	*out_values = (struct rows_fields){ NULL, 0 };
	if (!call_flag(call, "arrays"))
		return 0;
	if (count == 0)
		return err_set(err, ERR_USAGE, "arrays: fields has to name what is in them");
	out_values->ids = call_keep(call, count, sizeof(*out_values->ids));
	/* Each once, or a short call could ask for a row as long as memory. */
	for (i = 0; i < count; i++) {
		if (rows_field_of(OBJECT_ITEM, names[i], &field, err) < 0)
			return -1;
		if ((named & rows_mask_bit(field)) == 0)
			out_values->ids[out_values->count++] = field;
		named |= rows_mask_bit(field);
	}
	return 0;
}

int choose_order(
	const struct call *call, enum store_sort *out_sort, bool *out_reverse, struct err *err)
{
	static const char *const names[] = { "date", "added", "feed", "title", "rank" };
	const char *text = call_text(call, "sort");
	size_t i;

	*out_sort = STORE_BY_DATE;
	*out_reverse = true;
	if (text == NULL)
		return 0;
	*out_reverse = text[0] == '-';
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text + (*out_reverse ? 1 : 0), names[i]) == 0)
			break;
	}
	if (i == sizeof(names) / sizeof(names[0]))
		return err_set(err, ERR_USAGE,
			"sort: \"%.40s\" is none of date added feed title rank", text);
	*out_sort = (enum store_sort)i;
	if (*out_sort == STORE_BY_RANK && !call_has(call, "match"))
		return err_set(err, ERR_USAGE, "the order by rank is one of words: add --match");
	return 0;
}

int choose_check_order(const struct call *call, struct err *err)
{
	enum store_sort sort;
	bool reverse;

	return choose_order(call, &sort, &reverse, err);
}
