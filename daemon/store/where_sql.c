#include "daemon/store/where_sql.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/search_query.h"
#include "daemon/store/tag.h"

#define DAY_S 86400
#define LONG_AGO (INT64_MAX / 4) /* no sum of two of them overflows */

static int64_t within(int64_t value)
{
	return value > LONG_AGO ? LONG_AGO : value < -LONG_AGO ? -LONG_AGO : value;
}

static void add_int(struct query *query, const char *before, int64_t value)
{
	query_add(query, before);
	query_add(query, "?");
	query_int(query, value);
}

/* ---------------------------------------------------------- moments ---- */

/*
 * A moment is compared with a step of time: [low, low + step).  Ages run
 * backwards, so their step ends where the moment begins.
 */
struct step {
	int64_t from, to; /* of the moment's Unix seconds; to is outside */
};

static int64_t scaled(const struct where_number *number)
{
	int64_t value = within(number->value);

	if (number->unit != '\0')
		return value;
	return value > LONG_AGO / DAY_S    ? LONG_AGO
	       : value < -LONG_AGO / DAY_S ? -LONG_AGO
					   : value * DAY_S;
}

static struct step age_step(const struct where_number *number, int64_t now_s)
{
	int64_t length = number->unit == '\0' ? DAY_S : 1;
	int64_t newest = now_s - scaled(number);

	/* age 0 (days) is the 24 hours up to now, now included */
	return (struct step){ newest - length + 1, newest + 1 };
}

static struct step date_step(const struct where_number *number)
{
	int64_t from = within(number->value);

	return (struct step){ from, from + (number->unit == 'D' ? DAY_S : 1) };
}

static enum where_operator mirrored(enum where_operator op)
{
	switch (op) {
	case WHERE_LESS:
		return WHERE_GREATER;
	case WHERE_LESS_EQUAL:
		return WHERE_GREATER_EQUAL;
	case WHERE_GREATER:
		return WHERE_LESS;
	case WHERE_GREATER_EQUAL:
		return WHERE_LESS_EQUAL;
	default:
		return op;
	}
}

/* The moment against a step, as a range that an index can serve. */
static void add_step(
	struct query *query, const char *sql, enum where_operator op, const struct step *step)
{
	if (op == WHERE_NOT_EQUAL)
		query_add(query, "NOT ");
	query_add(query, "(");
	query_add(query, sql);
	switch (op) {
	case WHERE_LESS:
		add_int(query, " < ", step->from);
		break;
	case WHERE_LESS_EQUAL:
		add_int(query, " < ", step->to);
		break;
	case WHERE_GREATER:
		add_int(query, " >= ", step->to);
		break;
	case WHERE_GREATER_EQUAL:
		add_int(query, " >= ", step->from);
		break;
	default:
		add_int(query, " >= ", step->from);
		query_add(query, " AND ");
		query_add(query, sql);
		add_int(query, " < ", step->to);
	}
	query_add(query, ")");
}

static void add_moment(struct query *query, const struct where_node *node, int64_t now_s)
{
	bool age = node->attribute->type == WHERE_AGE;
	struct step low = age ? age_step(&node->low, now_s) : date_step(&node->low);
	enum where_operator op = age ? mirrored(node->op) : node->op;
	struct step high;

	if (op == WHERE_BETWEEN) {
		high = age ? age_step(&node->high, now_s) : date_step(&node->high);
		low = (struct step){ age ? high.from : low.from, age ? low.to : high.to };
	}
	add_step(query, node->attribute->sql, op, &low);
}

/* ------------------------------------------------------------ texts ---- */

/* What =~ sees of an attribute that is no text. */
static void add_as_text(struct query *query, const struct where_attribute *attribute)
{
	static const char *const around[][2] = {
		[WHERE_TEXT] = { "", "" },
		[WHERE_NUMBER] = { "CAST(", " AS TEXT)" },
		[WHERE_AGE] = { "strftime('%Y-%m-%dT%H:%M:%SZ', ", ", 'unixepoch')" },
		[WHERE_DATE] = { "strftime('%Y-%m-%dT%H:%M:%SZ', ", ", 'unixepoch')" },
		[WHERE_FLAG] = { "iif(", ", 'yes', 'no')" },
		[WHERE_WORDS] = { "replace(", ", char(10), ' ')" },
	};

	query_add(query, around[attribute->type][0]);
	query_add(query, attribute->sql);
	query_add(query, around[attribute->type][1]);
}

/* A tag is a folder, too: that of what lies inside of it. */
static void add_has_tag(struct query *query, const struct where_node *node)
{
	const char *tag = node->text;

	if (node->op == WHERE_HAS_NOT)
		query_add(query, "NOT ");
	tag_query_item(query, &tag, 1);
}

/* Words of a list stand between the separator on both sides. */
static void add_has(struct query *query, const struct where_node *node)
{
	bool lines = node->attribute->type == WHERE_WORDS;
	const char *separator = lines ? "char(10)" : "' '";
	/* Words of a text are parted by any white space. */
	const char *parts[] = { "instr(", separator, " || ",
		lines ? "" : "replace(replace(replace(", node->attribute->sql,
		lines ? "" : ", char(9), ' '), char(10), ' '), char(13), ' ')", " || ", separator,
		", ", separator, " || ? || ", separator,
		node->op == WHERE_HAS ? ") > 0" : ") = 0" };
	size_t i;

	/* A list of none has nothing between its separators, which is no word of it.  A number
	 * in the text would make SQLite forget what else is asked, and with it which index may
	 * be used. */
	if (node->text[0] == '\0') {
		query_add(query, "?");
		query_int(query, node->op != WHERE_HAS);
		return;
	}
	if (strcmp(node->attribute->name, "tags") == 0) {
		add_has_tag(query, node);
		return;
	}
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		query_add(query, parts[i]);
	query_text(query, node->text);
}

static void add_text(struct query *query, const struct where_node *node)
{
	bool negative = node->op == WHERE_NOT_EQUAL || node->op == WHERE_NOT_LIKE;

	if (node->op == WHERE_HAS || node->op == WHERE_HAS_NOT) {
		add_has(query, node);
		return;
	}
	if (negative)
		query_add(query, "NOT ");
	if (node->op == WHERE_LIKE || node->op == WHERE_NOT_LIKE) {
		query_add(query, "regexp_match(?, ");
		query_text(query, node->text);
		add_as_text(query, node->attribute);
		query_add(query, ")");
		return;
	}
	query_add(query, "(");
	add_as_text(query, node->attribute);
	query_add(query, " = ?)");
	query_text(query, node->text);
}

/* ---------------------------------------------------------- numbers ---- */

static void add_number(struct query *query, const struct where_node *node)
{
	static const char *const operators[] = { [WHERE_EQUAL] = " = ",
		[WHERE_NOT_EQUAL] = " <> ",
		[WHERE_LESS] = " < ",
		[WHERE_LESS_EQUAL] = " <= ",
		[WHERE_GREATER] = " > ",
		[WHERE_GREATER_EQUAL] = " >= ",
		[WHERE_BETWEEN] = " BETWEEN " };
	bool feed = node->attribute->type == WHERE_TEXT; /* feed = 3 */

	query_add(query, feed ? "i.feed_id" : node->attribute->sql);
	add_int(query, operators[node->op], node->low.value);
	if (node->op == WHERE_BETWEEN)
		add_int(query, " AND ", node->high.value);
}

static void add_flag(struct query *query, const struct where_node *node)
{
	bool yes = (strcmp(node->text, "yes") == 0) == (node->op == WHERE_EQUAL);

	query_add(query, node->attribute->sql);
	query_add(query, yes ? " = 1" : " = 0");
}

static void add_compare(struct query *query, const struct where_node *node, int64_t now_s)
{
	enum where_type type = node->attribute->type;

	if (node->text != NULL && type == WHERE_FLAG && node->op <= WHERE_NOT_EQUAL)
		add_flag(query, node);
	else if (node->text != NULL)
		add_text(query, node);
	else if (type == WHERE_AGE || type == WHERE_DATE)
		add_moment(query, node, now_s);
	else
		add_number(query, node);
}

static void add_words(struct query *query, enum where_words words, const char *match)
{
	if (words == WHERE_WORDS_PROBE) {
		query_add(query, "i.id IN (SELECT rowid FROM probe WHERE probe MATCH ?)");
		query_text(query, match);
		return;
	}
	if (words == WHERE_WORDS_INDEXED) {
		query_add(query, "i.id IN (SELECT rowid FROM search WHERE search MATCH ?)");
		query_text(query, match);
		return;
	}
	query_add(query, "iif(i.id <= (SELECT indexed_id FROM store),"
			 " EXISTS (SELECT 1 FROM search WHERE search MATCH ?"
			 " AND search.rowid = i.id),"
			 " (SELECT words_match(?, s.title, s.author, s.text) FROM search_source s"
			 " WHERE s.id = i.id))");
	query_text(query, match);
	query_text(query, match);
}

int where_sql_words(const char *match, enum where_words words, struct query *query, struct err *err)
{
	struct buf out;
	int r;

	buf_init(&out, SEARCH_QUERY_MAX);
	r = search_query(match, &out, err);
	if (r == 0)
		add_words(query, words, out.data);
	buf_release(&out);
	return r;
}

/*
 * A chain is written flat: SQLite's parser keeps each parenthesis that is open
 * on a stack of a hundred.
 */
static int add_chain(const struct where_node *node, int64_t now_s, enum where_words words,
	struct query *query, struct err *err)
{
	const struct where_node *left = node->left;
	int r = left->kind == node->kind ? add_chain(left, now_s, words, query, err)
					 : where_sql_in(left, now_s, words, query, err);

	if (r < 0)
		return -1;
	query_add(query, node->kind == WHERE_OR ? " OR " : " AND ");
	return where_sql_in(node->right, now_s, words, query, err);
}

int where_sql_in(const struct where_node *node, int64_t now_s, enum where_words words,
	struct query *query, struct err *err)
{
	switch (node->kind) {
	case WHERE_COMPARE:
		add_compare(query, node, now_s);
		return 0;
	case WHERE_MATCH:
		return where_sql_words(node->text, words, query, err);
	case WHERE_NOT:
		query_add(query, "NOT (");
		if (where_sql_in(node->left, now_s, words, query, err) < 0)
			return -1;
		break;
	case WHERE_OR:
	case WHERE_AND:
		query_add(query, "(");
		if (add_chain(node, now_s, words, query, err) < 0)
			return -1;
		break;
	}
	query_add(query, ")");
	return 0;
}

int where_sql(const struct where_node *node, int64_t now_s, struct query *query, struct err *err)
{
	return where_sql_in(node, now_s, WHERE_WORDS_INDEXED, query, err);
}
