#ifndef STORE_WHERE_H
#define STORE_WHERE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * The expressions of `--where`, of saved queries and of rules: text to a tree
 * and back.  newsboat's filter language with `not`, units, dates and `match`;
 * feedd-query(7) is its manual, where.def its attributes.  Pure: knows no
 * database (where_sql.h turns a tree into conditions).
 */

#define WHERE_TEXT_MAX 4096u /* bytes of an expression */
/* Parentheses and nots within each other.  SQLite's parser holds no more than a
 * hundred pieces, and a level takes up to five of them. */
#define WHERE_DEPTH_MAX 12u

enum where_type { WHERE_TEXT, WHERE_NUMBER, WHERE_AGE, WHERE_DATE, WHERE_FLAG, WHERE_WORDS };

struct where_attribute {
	const char *name;
	enum where_type type;
	const char *sql;
	const char *help;
};
extern const struct where_attribute where_attributes[];
extern const size_t where_attribute_count;

enum where_kind {
	WHERE_OR,
	WHERE_AND,
	WHERE_NOT, /* left only */
	WHERE_COMPARE,
	WHERE_MATCH /* text only */
};

enum where_operator {
	WHERE_EQUAL,
	WHERE_NOT_EQUAL,
	WHERE_LESS,
	WHERE_LESS_EQUAL,
	WHERE_GREATER,
	WHERE_GREATER_EQUAL,
	WHERE_LIKE, /* =~ */
	WHERE_NOT_LIKE,
	WHERE_HAS, /* # */
	WHERE_HAS_NOT,
	WHERE_BETWEEN,
	WHERE_OPERATORS
};

/* A number as it was written: a moment, a duration with its unit, or plain. */
struct where_number {
	int64_t value; /* plain; else seconds */
	char unit;     /* 0: plain; 's' 'm' 'h' 'd' 'w'; 'D' a day's date, 'T' a moment */
};

struct where_node {
	enum where_kind kind;
	struct where_node *left, *right;
	const struct where_attribute *attribute;
	enum where_operator op;
	char *text;                    /* NULL: the numbers */
	struct where_number low, high; /* high: of between */
};

/*
 * ERR_USAGE with the column (from 1, in characters) of what can't be read: an
 * unknown attribute, an operator that its type does not have, a broken regular
 * expression, words of `match` that can't be looked for, too much of anything.
 */
int where_parse(const char *text, struct where_node **out_node, struct err *err) MUST_USE;
void where_free(struct where_node *node);

/* The expression as text; parsing it gives the same tree.  -1 at the limit. */
int where_print(const struct where_node *node, struct buf *out) MUST_USE;

/* Whether `match` stands in it. */
bool where_matches(const struct where_node *node);

/*
 * What a store has numbered, and another one otherwise.  WHERE_FEEDS: feeds, of which each
 * is meant or is not; WHERE_IDS: items, or feeds in an order of their numbers.
 */
enum where_ids { WHERE_NO_IDS, WHERE_FEEDS, WHERE_IDS };
enum where_ids where_ids(const struct where_node *node);

/* The numbers of an expression of WHERE_FEEDS, as they stand in it, each of which may be
 * changed; 0, or the first result that is not. */
typedef int where_feed(void *ctx, int64_t *number);
int where_each_feed(struct where_node *node, where_feed *each, void *ctx);

/* Whether two trees say the same, node by node. */
bool where_equal(const struct where_node *a, const struct where_node *b);

#endif
