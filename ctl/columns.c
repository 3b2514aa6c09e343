#include "ctl/columns.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

static const struct {
	const char *object, *columns;
} table[] = {
	{ "item", "id date flags feed_title title url" },
	{ "feed", "id state unread total title url" },
	{ "log", "at feed_id event text" },
	{ "refresh", "feed_id result new changed title text" },
	{ "discovered", "url type title" },
	{ "query", "name expr" },
	{ "rule", "id expr action hits" },
	{ "stat", "key value" },
	{ "count", "count" },
};

const char *columns_of(const char *object_name)
{
	for (size_t i = 0; object_name != NULL && i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].object, object_name) == 0)
			return table[i].columns;
	}
	return NULL;
}

bool columns_know(const struct object *object, const char *name, size_t length)
{
	char *copy = mem_strndup(name, length);
	bool known = object_field(object, copy) != NULL;

	free(copy);
	return known;
}

/* What explain tells is a feed and more. */
static char *names_before(const struct object *object)
{
	if (object == &object_table[OBJECT_EXPLAIN])
		return columns_all(&object_table[OBJECT_FEED]);
	return mem_strdup("");
}

char *columns_all(const struct object *object)
{
	size_t count;
	const struct field *fields = object_fields(object, &count);
	char *all = names_before(object);

	for (size_t i = 0; i < count; i++) {
		char *longer = mem_printf("%s%s%s", all, all[0] != '\0' ? " " : "", fields[i].name);

		free(all);
		all = longer;
	}
	return all;
}

const char *columns_find(const char *list, const char *word, size_t length)
{
	while (*list != '\0') {
		size_t n = strcspn(list, " ");

		if (n == length && memcmp(list, word, n) == 0)
			return list;
		list += n;
		list += strspn(list, " ");
	}
	return NULL;
}

bool columns_has(const char *list, const char *word, size_t length)
{
	return columns_find(list, word, length) != NULL;
}
