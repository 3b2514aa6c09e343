#include "daemon/store/where.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/pattern.h"
#include "daemon/store/search_query.h"
#include "daemon/store/where_lexer.h"

const struct where_attribute where_attributes[] = {
#define ATTRIBUTE(name, type, sql, help) { name, WHERE_##type, sql, help },
#include "daemon/store/where.def"
#undef ATTRIBUTE
};
const size_t where_attribute_count = sizeof(where_attributes) / sizeof(where_attributes[0]);

/* ------------------------------------------------------------ nodes ---- */

static struct where_node *new_node(
	enum where_kind kind, struct where_node *left, struct where_node *right)
{
	struct where_node *node = MEM_NEW(struct where_node);

	node->kind = kind;
	node->left = left;
	node->right = right;
	return node;
}

/* As deep as WHERE_DEPTH_MAX sideways; chains of and and or lean left, so the
 * left side is walked. */
void where_free(struct where_node *node)
{
	while (node != NULL) {
		struct where_node *left = node->left;

		where_free(node->right);
		free(node->text);
		free(node);
		node = left;
	}
}

bool where_matches(const struct where_node *node)
{
	for (; node != NULL; node = node->left)
		if (node->kind == WHERE_MATCH || where_matches(node->right))
			return true;
	return false;
}

static bool text_equal(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool number_equal(const struct where_number *a, const struct where_number *b)
{
	return a->value == b->value && a->unit == b->unit;
}

bool where_equal(const struct where_node *a, const struct where_node *b)
{
	while (a != NULL && b != NULL) {
		if (a->kind != b->kind || a->attribute != b->attribute || a->op != b->op ||
			!text_equal(a->text, b->text) || !number_equal(&a->low, &b->low) ||
			!number_equal(&a->high, &b->high) || !where_equal(a->right, b->right))
			return false;
		a = a->left;
		b = b->left;
	}
	return a == b;
}

/* ---------------------------------------------------------- checks ---- */

static const struct where_attribute *find_attribute(const char *name)
{
	size_t i;

	for (i = 0; i < where_attribute_count; i++)
		if (strcmp(where_attributes[i].name, name) == 0)
			return &where_attributes[i];
	return NULL;
}

static bool is_ordering(enum where_operator op)
{
	return op == WHERE_LESS || op == WHERE_LESS_EQUAL || op == WHERE_GREATER ||
	       op == WHERE_GREATER_EQUAL || op == WHERE_BETWEEN;
}

static int check_regex(struct where_lexer *lexer, const char *pattern, struct err *err)
{
	char words[128];
	regex_t regex;
	int r;

	if (!pattern_is_cheap(pattern, &lexer->added))
		return where_lexer_fail(lexer, err,
			"no back references, few anchors and repetitions of what may be"
			" empty in a row, and at most %u characters of repetitions",
			PATTERN_ADDED_MAX);
	r = pattern_compile(&regex, pattern);
	if (r == 0) {
		regfree(&regex);
		return 0;
	}
	if (r == REG_ERANGE)
		return where_lexer_fail(lexer, err,
			"no regular expression: a range ends before it begins, or has more"
			" than %u characters beyond ASCII",
			PATTERN_RANGE_MAX);
	regerror(r, &regex, words, sizeof(words));
	return where_lexer_fail(lexer, err, "no regular expression: %s", words);
}

/* A text or a number in the place of what the attribute is compared with. */
static int wants_other(
	const struct where_lexer *lexer, const struct where_attribute *attribute, struct err *err)
{
	if (attribute->type == WHERE_DATE)
		return where_lexer_fail(lexer, err,
			"%s is a date, e.g. 2026-06-03 or 2026-06-03T10:00:00Z", attribute->name);
	return where_lexer_fail(
		lexer, err, "%s wants a number here, without quotes", attribute->name);
}

static int check_text(struct where_lexer *lexer, struct where_node *node, struct err *err)
{
	const char *name = node->attribute->name;
	enum where_type type = node->attribute->type;

	if (is_ordering(node->op))
		return wants_other(lexer, node->attribute, err);
	if (node->op == WHERE_LIKE || node->op == WHERE_NOT_LIKE)
		return check_regex(lexer, node->text, err);
	if (type == WHERE_FLAG && strcmp(node->text, "yes") != 0 && strcmp(node->text, "no") != 0)
		return where_lexer_fail(lexer, err, "%s is \"yes\" or \"no\"", name);
	if (node->op == WHERE_HAS || node->op == WHERE_HAS_NOT) {
		if (type != WHERE_TEXT && type != WHERE_WORDS)
			return where_lexer_fail(lexer, err, "%s is no list of words", name);
		return 0;
	}
	if (type == WHERE_NUMBER || type == WHERE_AGE || type == WHERE_DATE)
		return wants_other(lexer, node->attribute, err);
	return 0;
}

/* The one text that is a number, too: the feed's id. */
static bool has_number(const struct where_attribute *attribute)
{
	return strcmp(attribute->name, "feed") == 0;
}

static bool is_moment(char unit)
{
	return unit == 'D' || unit == 'T';
}

static int check_number(const struct where_lexer *lexer, struct where_node *node, struct err *err)
{
	const struct where_attribute *attribute = node->attribute;
	const char *name = attribute->name;
	bool moment = is_moment(node->low.unit);

	if (node->op == WHERE_BETWEEN && is_moment(node->high.unit) != moment)
		return where_lexer_fail(lexer, err, "both ends of a range are of one kind");
	switch (attribute->type) {
	case WHERE_AGE:
		if (moment)
			return where_lexer_fail(lexer, err, "%s is a span, e.g. 6h or 2d", name);
		return 0;
	case WHERE_DATE:
		if (!moment)
			return wants_other(lexer, attribute, err);
		return 0;
	case WHERE_NUMBER:
		break;
	case WHERE_TEXT:
		if (has_number(attribute))
			break;
		return where_lexer_fail(lexer, err, "%s wants a text in quotes here", name);
	case WHERE_FLAG:
	case WHERE_WORDS:
		return where_lexer_fail(lexer, err, "%s wants a text in quotes here", name);
	}
	if (node->low.unit != '\0' || (node->op == WHERE_BETWEEN && node->high.unit != '\0'))
		return where_lexer_fail(lexer, err, "%s is a plain number", name);
	return 0;
}

/* ----------------------------------------------------------- parser ---- */

/*
 *	or     = and { "or" and }
 *	and    = one { "and" one }
 *	one    = "not" one | "(" or ")" | "match" STRING | ATTRIBUTE OPERATOR value
 *	value  = STRING | NUMBER | RANGE (of between)
 */
static int parse_or(
	struct where_lexer *lexer, unsigned depth, struct where_node **out, struct err *err);

static bool at_word(const struct where_lexer *lexer, const char *word)
{
	return lexer->token == TOKEN_WORD && strcmp(lexer->word, word) == 0;
}

static bool compares_numbers(const struct where_node *node)
{
	enum where_type type = node->attribute->type;

	if (type == WHERE_TEXT)
		return has_number(node->attribute) && is_ordering(node->op);
	return (type == WHERE_NUMBER || type == WHERE_AGE || type == WHERE_DATE) &&
	       (node->op <= WHERE_GREATER_EQUAL || node->op == WHERE_BETWEEN);
}

/* newsboat takes numbers in quotes, too; feed = "3" is a title. */
static bool take_quoted(const struct where_lexer *lexer, struct where_node *node)
{
	struct where_lexer *inner = MEM_NEW(struct where_lexer);
	struct err ignored;
	bool taken;

	taken = where_lexer_begin(inner, lexer->word, &ignored) == 0 &&
		inner->token == (node->op == WHERE_BETWEEN ? TOKEN_RANGE : TOKEN_NUMBER);
	if (taken) {
		node->low = inner->low;
		node->high = inner->high;
		taken = where_lexer_next(inner, &ignored) == 0 && inner->token == TOKEN_END;
	}
	free(inner);
	return taken;
}

static int take_value(struct where_lexer *lexer, struct where_node *node, struct err *err)
{
	if (lexer->token == TOKEN_STRING && compares_numbers(node) && take_quoted(lexer, node))
		return check_number(lexer, node, err);
	if (node->op == WHERE_BETWEEN) {
		if (lexer->token != TOKEN_RANGE)
			return where_lexer_fail(lexer, err, "between wants two %s",
				node->attribute->type == WHERE_DATE
					? "dates, e.g. 2026-06-03:2026-06-30"
					: "numbers, e.g. 0:10");
	} else if (lexer->token == TOKEN_STRING) {
		node->text = mem_strdup(lexer->word);
		return check_text(lexer, node, err);
	} else if (lexer->token != TOKEN_NUMBER) {
		return where_lexer_fail(
			lexer, err, "a text in quotes or a number should stand here");
	} else if (node->op > WHERE_GREATER_EQUAL) {
		return where_lexer_fail(lexer, err, "this wants a text in quotes");
	}
	node->low = lexer->low;
	if (node->op == WHERE_BETWEEN)
		node->high = lexer->high;
	return check_number(lexer, node, err);
}

static int parse_compare(struct where_lexer *lexer, struct where_node **out, struct err *err)
{
	struct where_node *node;

	if (lexer->token != TOKEN_WORD)
		return where_lexer_fail(lexer, err, "an attribute should stand here, e.g. title");
	node = *out = new_node(WHERE_COMPARE, NULL, NULL);
	node->attribute = find_attribute(lexer->word);
	if (node->attribute == NULL)
		return where_lexer_fail(lexer, err, "there is no attribute \"%.40s\"", lexer->word);
	if (where_lexer_next(lexer, err) < 0)
		return -1;
	if (lexer->token != TOKEN_OPERATOR)
		return where_lexer_fail(lexer, err,
			"an operator should stand here: = != =~ !~ < > <= >= # !# between");
	node->op = lexer->op;
	if (where_lexer_next(lexer, err) < 0 || take_value(lexer, node, err) < 0)
		return -1;
	return where_lexer_next(lexer, err);
}

static int check_match(const struct where_lexer *lexer, struct err *err)
{
	struct err why;
	struct buf unused;
	int r;

	buf_init(&unused, SEARCH_QUERY_MAX);
	r = search_query(lexer->word, &unused, &why);
	buf_release(&unused);
	return r < 0 ? where_lexer_fail(lexer, err, "%s", why.text) : 0;
}

static int parse_match(struct where_lexer *lexer, struct where_node **out, struct err *err)
{
	if (where_lexer_next(lexer, err) < 0)
		return -1;
	if (lexer->token != TOKEN_STRING || lexer->word[0] == '\0')
		return where_lexer_fail(lexer, err, "match wants words in quotes");
	if (check_match(lexer, err) < 0)
		return -1;
	*out = new_node(WHERE_MATCH, NULL, NULL);
	(*out)->text = mem_strdup(lexer->word);
	return where_lexer_next(lexer, err);
}

static int parse_one(
	struct where_lexer *lexer, unsigned depth, struct where_node **out, struct err *err)
{
	if (depth > WHERE_DEPTH_MAX)
		return where_lexer_fail(lexer, err, "too many parentheses within each other");
	if (at_word(lexer, "not")) {
		if (where_lexer_next(lexer, err) < 0)
			return -1;
		*out = new_node(WHERE_NOT, NULL, NULL);
		return parse_one(lexer, depth + 1, &(*out)->left, err);
	}
	if (lexer->token == TOKEN_OPEN) {
		if (where_lexer_next(lexer, err) < 0 || parse_or(lexer, depth + 1, out, err) < 0)
			return -1;
		if (lexer->token != TOKEN_CLOSE)
			return where_lexer_fail(lexer, err, "a ) is missing");
		return where_lexer_next(lexer, err);
	}
	if (at_word(lexer, "match"))
		return parse_match(lexer, out, err);
	return parse_compare(lexer, out, err);
}

static int parse_and(
	struct where_lexer *lexer, unsigned depth, struct where_node **out, struct err *err)
{
	if (parse_one(lexer, depth, out, err) < 0)
		return -1;
	while (at_word(lexer, "and")) {
		*out = new_node(WHERE_AND, *out, NULL);
		if (where_lexer_next(lexer, err) < 0 ||
			parse_one(lexer, depth, &(*out)->right, err) < 0)
			return -1;
	}
	return 0;
}

static int parse_or(
	struct where_lexer *lexer, unsigned depth, struct where_node **out, struct err *err)
{
	if (parse_and(lexer, depth, out, err) < 0)
		return -1;
	while (at_word(lexer, "or")) {
		*out = new_node(WHERE_OR, *out, NULL);
		if (where_lexer_next(lexer, err) < 0 ||
			parse_and(lexer, depth, &(*out)->right, err) < 0)
			return -1;
	}
	return 0;
}

int where_parse(const char *text, struct where_node **out_node, struct err *err)
{
	struct where_lexer *lexer = MEM_NEW(struct where_lexer);
	struct where_node *node = NULL;
	int r = where_lexer_begin(lexer, text, err);

	if (r == 0)
		r = parse_or(lexer, 0, &node, err);
	if (r == 0 && lexer->token != TOKEN_END)
		r = where_lexer_fail(lexer, err, "and, or, or the end should stand here");
	free(lexer);
	if (r < 0) {
		where_free(node);
		return -1;
	}
	*out_node = node;
	return 0;
}
