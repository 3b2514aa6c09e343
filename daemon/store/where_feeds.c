#include "daemon/store/where.h"

#include <string.h>

/* Numbers in an expression that a store has given. */

static bool is_of(const struct where_node *node, const char *attribute)
{
	return node->kind == WHERE_COMPARE && node->text == NULL &&
	       strcmp(node->attribute->name, attribute) == 0;
}

/* As in `feed = 2`. */
static bool is_feed(const struct where_node *node)
{
	return is_of(node, "feed") || is_of(node, "feedindex");
}

enum where_ids where_ids(const struct where_node *node)
{
	enum where_ids found = WHERE_NO_IDS;

	for (; node != NULL; node = node->left) {
		enum where_ids right = where_ids(node->right);

		if (is_feed(node))
			right = node->op <= WHERE_NOT_EQUAL ? WHERE_FEEDS : WHERE_IDS;
		else if (is_of(node, "articleindex"))
			right = WHERE_IDS;
		found = right > found ? right : found;
	}
	return found;
}

int where_each_feed(struct where_node *node, where_feed *each, void *ctx)
{
	int result;

	if (node == NULL)
		return 0;
	if (is_feed(node))
		return each(ctx, &node->low.value);
	result = where_each_feed(node->left, each, ctx);
	return result != 0 ? result : where_each_feed(node->right, each, ctx);
}
