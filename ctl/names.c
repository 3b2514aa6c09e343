#include "ctl/names.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ctl/files.h"

struct names {
	struct name *list; /* by feed; behind `settled` come those without a name of their own */
	size_t settled, count;
	void *taken; /* a tree of the names */
};

struct names *names_new(void)
{
	return MEM_NEW(struct names);
}

static void forget(void *text)
{
	(void)text; /* the list has it */
}

void names_free(struct names *names)
{
	if (names == NULL)
		return;
	tdestroy(names->taken, forget);
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i].text);
	free(names->list);
	free(names);
}

static int by_feed(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return (x->feed_id > y->feed_id) - (x->feed_id < y->feed_id);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct name *names_find(struct names *names, int64_t feed_id)
{
	struct name key = { .feed_id = feed_id };

	return names->settled == 0
		       ? NULL
		       : bsearch(&key, names->list, names->settled, sizeof(key), by_feed);
}

void names_add(struct names *names, int64_t feed_id, const char *title, size_t length)
{
	if (names_find(names, feed_id) != NULL)
		return;
	if ((names->count & (names->count - 1)) == 0)
		names->list = mem_realloc_array(names->list,
			names->count != 0 ? names->count * 2 : 1, sizeof(*names->list));
	names->list[names->count++] = (struct name){ .feed_id = feed_id,
		.text = files_name_of(title, length) };
}

static void add_number(struct name *name)
{
	char *longer = mem_printf("%s %lld", name->text, (long long)name->feed_id);

	free(name->text);
	name->text = longer;
}

static void take(struct names *names, struct name *name)
{
	while (tfind(name->text, &names->taken, by_text) != NULL)
		add_number(name);
	if (tsearch(name->text, &names->taken, by_text) == NULL)
		mem_is_gone();
}

/* The numbers of feeds grow, so that a new one takes no other's name. */
void names_settle(struct names *names)
{
	size_t fresh = names->count - names->settled;

	if (fresh == 0)
		return;
	qsort(names->list + names->settled, fresh, sizeof(*names->list), by_feed);
	for (size_t i = names->settled; i < names->count; i++)
		take(names, &names->list[i]);
	qsort(names->list, names->count, sizeof(*names->list), by_feed);
	names->settled = names->count;
}

struct name *names_add_stranger(
	struct names *names, int64_t feed_id, const char *title, size_t length)
{
	names_add(names, feed_id, title, length);
	if (names_find(names, feed_id) == NULL)
		add_number(&names->list[names->count - 1]);
	names_settle(names);
	return names_find(names, feed_id);
}
