#ifndef STORE_STORE_ITEMS_H
#define STORE_STORE_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/store/store.h"

/*
 * Items: chosen, listed, counted, followed, marked; and what people keep to
 * choose them with, saved queries and rules.
 */

/* STORE_BY_RANK is for filters with words to look for. */
enum store_sort { STORE_BY_DATE, STORE_BY_ADDED, STORE_BY_FEED, STORE_BY_TITLE, STORE_BY_RANK };
enum store_read { STORE_UNREAD, STORE_READ, STORE_ANY };

/* Tags of one filter, and saved queries: each is a level of the condition, of which
 * SQLite takes a thousand.  Feeds may be as many as there are. */
#define STORE_FILTER_WORDS_MAX 256

/* Between several searches in one `match`, any of which fits: a byte that no text has. */
#define STORE_MATCH_EITHER "\xFF"

/* The filters of `list`.  Lists are "any of them"; different ones "all". */
struct store_filter {
	const int64_t *feed_ids;
	size_t feed_count;
	const char *const *queries; /* saved ones, by name: as feeds */
	size_t query_count;
	const char *const *tags;
	size_t tag_count;
	enum store_read read;
	int starred; /* 1, 0, -1 both */
	bool changed;
	int64_t since_s, until_s;      /* of date; INT64_MIN, INT64_MAX */
	int64_t added_since_s;         /* INT64_MIN */
	uint64_t since_seq, until_seq; /* cursors; 0: none */
	const char *match;             /* or NULL */
	const char *where;             /* or NULL */
	bool cluster;                  /* fold the same story of several feeds */
	int64_t now_s;                 /* what ages in `where` are counted from */
};

/* A row as lists have it.  Texts live until the row callback returns; NULL
 * where there is none.  JSON columns are ready arrays; in a line all
 * but those of the feed are NULL. */
struct store_item {
	int64_t id, feed_id;
	int64_t date_s, published_s, modified_s, received_s, changed_s; /* DATE_NONE: null */
	uint64_t seq;
	int64_t cluster; /* shared with also_in's; 0: alone */
	size_t place;    /* on its page, from 0 */
	bool read, starred, changed;
	/* The texts, and nothing else, from here on (item_page.c). */
	const char *guid, *feed_title, *feed_url, *url, *external_url, *title, *summary;
	const char *language, *image, *fallback_title; /* first words of the text */
	const char *authors_json, *categories_json, *attachments_json;
	const char *tags_json, *feed_tags_json;
	const char *also_in_json;
	const char *event;                       /* watch: new changed initial state; else NULL */
	const char *content_html, *content_text; /* only when asked for */
	const char *previous_json;               /* show --diff: older texts */
	const char *uid;                         /* the same in every store; with the content */
	const char *snippet;                     /* of a page that has them; else NULL */
};

/* Where a listing goes on; begins all zero. */
struct store_position {
	uint64_t bound_seq; /* what existed at the start */
	int64_t sort_a;
	int64_t id;
	uint64_t offset;
	uint64_t told; /* rows, on all pages */
	size_t places; /* of the page that was read last: what was told beyond is void */
	size_t ahead;  /* rows that are read in any order at once; 0: as many as can be */
	bool started;
	void *gathered; /* of title and rank; freed by store_position_release() */
	void *found;    /* that have the words, where they are many */
	void *clusters;
};
void store_position_release(struct store_position *position);

struct store_page {
	const struct store_filter *filter;
	enum store_sort sort;
	bool reverse;                    /* newest first is reverse by date */
	uint64_t limit;                  /* rows of this page */
	bool full;                       /* with content */
	bool line;                       /* no more than id, date, flags, title, url, guid, feed */
	bool snippets;                   /* of what filter->match finds */
	bool any_order;                  /* rows may come in any, each has its place */
	struct store_position *position; /* updated before `done` */
};

typedef int store_item_row(void *ctx, const struct store_item *item);
struct store_read_job *store_items(struct store *store, const struct store_page *page,
	store_item_row *row, store_page_done *done, void *ctx);

typedef void store_counted(void *ctx, uint64_t count, const struct err *err);
struct store_read_job *store_count(
	struct store *store, const struct store_filter *filter, store_counted *done, void *ctx);

/* What happened behind a cursor, in order of seq (`watch`). */
struct store_changes_page {
	const struct store_filter *filter;
	uint64_t after_seq;
	int64_t since_s; /* INT64_MIN: whenever; an arrival, an edit, a mark each by its own time */
	uint64_t limit;  /* rows of this page */
	bool states;     /* marks, too */
	bool initial;    /* items of first documents, too */
	bool full;       /* with content */
};
struct store_read_job *store_changes(struct store *store, const struct store_changes_page *page,
	store_item_row *row, store_page_done *done, void *ctx);

/* Items by id or word (link or guid), in that order, with content.  left: those that
 * were found and not told, because `row` had enough; unknown: words that are no item,
 * NULL-ended.  Both live until done returns. */
typedef void store_items_found(void *ctx, const int64_t *left, size_t left_count,
	const char *const *unknown, const struct err *err);
struct store_read_job *store_items_find(struct store *store, const char *const *words, size_t count,
	bool history, store_item_row *row, store_items_found *done, void *ctx);

enum store_mark {
	STORE_MARK_READ,
	STORE_MARK_UNREAD,
	STORE_STAR,
	STORE_UNSTAR,
	STORE_TAG,
	STORE_UNTAG,
	STORE_DROP /* what a rule may do, too; not for store_mark() */
};

/* Words (ids, links, guids), a filter, or the ids that store_select() told. */
struct store_selection {
	const char *const *words;
	size_t count;
	const struct store_filter *filter; /* or NULL */
	uint64_t bound_seq;                /* only what existed; 0: now */
	bool bulk;                         /* undo takes it back */
	const int64_t *ids;
	size_t id_count;
};
struct store_marked {
	uint64_t matched, changed;
	const char *const *unknown; /* NULL-ended */
	uint64_t seq;
};
typedef void store_marks_done(void *ctx, const struct store_marked *marked, const struct err *err);
void store_mark(struct store *store, const struct store_selection *selection, enum store_mark mark,
	const char *tag, int64_t now_s, store_marks_done *done, void *ctx);
/* For a change whose items are read before: with words it waits, as one by filter
 * does, until the index has all items that are there now.  bound_seq: of those, for the
 * position. */
typedef void store_words_ready(void *ctx, uint64_t bound_seq, const struct err *err);
void store_words_wait(
	struct store *store, const struct store_filter *filter, store_words_ready *done, void *ctx);
/* The items of a filter, for a change, in no order: an expression that is asked of each
 * may take minutes, in which nothing else could be written.  They live until done
 * returns. */
typedef void store_selected(void *ctx, const int64_t *ids, size_t count, const struct err *err);
struct store_read_job *store_select(struct store *store, const struct store_filter *filter,
	uint64_t bound_seq, store_selected *done, void *ctx);

/* Take back the last bulk change, or what rules did to the last document that
 * came since; 0 if there is none. */
void store_undo(struct store *store, int64_t now_s, store_changed *done, void *ctx);

/* A `--where` expression: compiles, or ERR_USAGE with the column. */
int store_where_check(const char *expr, struct err *err) MUST_USE;
/* A `--match` expression likewise. */
int store_match_check(const char *words, struct err *err) MUST_USE;

/* What can stand behind "query:" in a shell without quotes. */
bool store_is_query_name(const char *name);
void store_query_put(struct store *store, const char *name, const char *expr, store_done *done,
	void *ctx); /* expr NULL: remove, ERR_NOT_FOUND */
/* The same, but one that is there stays: ERR_EXISTS where it says otherwise. */
void store_query_add(
	struct store *store, const char *name, const char *expr, store_done *done, void *ctx);
/* why: its expression can't be read (any more), and why; else NULL. */
typedef int store_query_each(void *ctx, const char *name, const char *expr, const char *why);
struct store_read_job *store_queries(
	struct store *store, store_query_each *row, store_page_done *done, void *ctx);

typedef void store_rule_done(void *ctx, int64_t rule_id, const struct err *err);
void store_rule_add(struct store *store, const char *expr, const char *const *actions,
	int64_t now_s, store_rule_done *done, void *ctx);
void store_rule_remove(struct store *store, int64_t rule_id, store_changed *done, void *ctx);
/* To apply a rule: its expression, which lives until done returns, when the index has all
 * that is there now; then its items, by store_select(). */
typedef void store_rule_ready(
	void *ctx, const char *expr, uint64_t bound_seq, const struct err *err);
void store_rule_wait(struct store *store, int64_t rule_id, store_rule_ready *done, void *ctx);
void store_rule_apply(struct store *store, int64_t rule_id, const int64_t *ids, size_t count,
	int64_t now_s, store_changed *done, void *ctx);
/* why: as of a query. */
typedef int store_rule_each(void *ctx, int64_t id, const char *expr, const char *action,
	uint64_t hits, const char *why);
struct store_read_job *store_rules(
	struct store *store, store_rule_each *row, store_page_done *done, void *ctx);
/* Queries and rules that do nothing, for they can't be read (any more), and why: "query" and
 * its name, or "rule" and its number.  Blocking, before the loop runs. */
typedef void store_idle_each(
	void *ctx, const char *kind, const char *name, const char *expr, const char *why);
int store_idle_check(
	struct store *store, store_idle_each *each, void *ctx, struct err *err) MUST_USE;

#endif
