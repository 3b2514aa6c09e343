#include "daemon/store/where.h"

#include "common/time.h"

static const char *const operators[WHERE_OPERATORS] = {
	[WHERE_EQUAL] = "=",
	[WHERE_NOT_EQUAL] = "!=",
	[WHERE_LESS] = "<",
	[WHERE_LESS_EQUAL] = "<=",
	[WHERE_GREATER] = ">",
	[WHERE_GREATER_EQUAL] = ">=",
	[WHERE_LIKE] = "=~",
	[WHERE_NOT_LIKE] = "!~",
	[WHERE_HAS] = "#",
	[WHERE_HAS_NOT] = "!#",
	[WHERE_BETWEEN] = "between",
};

static int print_string(const char *text, struct buf *out)
{
	if (buf_add_byte(out, '"') < 0)
		return -1;
	for (; *text != '\0'; text++) {
		if ((*text == '"' || *text == '\\') && buf_add_byte(out, '\\') < 0)
			return -1;
		if (buf_add_byte(out, *text) < 0)
			return -1;
	}
	return buf_add_byte(out, '"');
}

static int64_t seconds(char unit)
{
	return unit == 's'   ? 1
	       : unit == 'm' ? 60
	       : unit == 'h' ? 3600
	       : unit == 'd' ? 86400
			     : 604800;
}

static int print_number(const struct where_number *number, struct buf *out)
{
	char text[TIME_TEXT_MAX];

	switch (number->unit) {
	case '\0':
		return buf_printf(out, "%lld", (long long)number->value);
	case 'D':
		time_format_rfc3339(number->value, text);
		return buf_add(out, text, 10);
	case 'T':
		time_format_rfc3339(number->value, text);
		return buf_add_text(out, text);
	default:
		return buf_printf(out, "%lld%c", (long long)(number->value / seconds(number->unit)),
			number->unit);
	}
}

static int print_compare(const struct where_node *node, struct buf *out)
{
	if (buf_printf(out, "%s %s ", node->attribute->name, operators[node->op]) < 0)
		return -1;
	if (node->text != NULL)
		return print_string(node->text, out);
	if (print_number(&node->low, out) < 0)
		return -1;
	if (node->op != WHERE_BETWEEN)
		return 0;
	return buf_add_byte(out, ':') < 0 ? -1 : print_number(&node->high, out);
}

/* In parentheses where it binds less than what it stands in. */
static int print_inner(const struct where_node *node, bool parentheses, struct buf *out)
{
	if (!parentheses)
		return where_print(node, out);
	if (buf_add_byte(out, '(') < 0 || where_print(node, out) < 0)
		return -1;
	return buf_add_byte(out, ')');
}

static int print_pair(const struct where_node *node, const char *word, struct buf *out)
{
	/* The tree leans left; what leans right had parentheses. */
	bool left = node->kind == WHERE_AND && node->left->kind == WHERE_OR;
	bool right = node->right->kind == WHERE_OR || node->right->kind == node->kind;

	if (print_inner(node->left, left, out) < 0 || buf_add_text(out, word) < 0)
		return -1;
	return print_inner(node->right, right, out);
}

int where_print(const struct where_node *node, struct buf *out)
{
	switch (node->kind) {
	case WHERE_OR:
		return print_pair(node, " or ", out);
	case WHERE_AND:
		return print_pair(node, " and ", out);
	case WHERE_NOT:
		if (buf_add_text(out, "not ") < 0)
			return -1;
		return print_inner(node->left,
			node->left->kind == WHERE_OR || node->left->kind == WHERE_AND, out);
	case WHERE_MATCH:
		if (buf_add_text(out, "match ") < 0)
			return -1;
		return print_string(node->text, out);
	case WHERE_COMPARE:
		break;
	}
	return print_compare(node, out);
}
