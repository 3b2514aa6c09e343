#include "daemon/store/rule_action.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/dropped.h"
#include "daemon/store/mark.h"
#include "daemon/store/tag.h"

static bool is_tag(const char *action, const char **out_tag)
{
	if (strncmp(action, "tag ", 4) != 0)
		return false;
	*out_tag = action + 4 + strspn(action + 4, " ");
	return true;
}

int rule_action_check(const char *action, struct err *err)
{
	const char *tag;

	if (strcmp(action, "mark-read") == 0 || strcmp(action, "star") == 0 ||
		strcmp(action, "drop") == 0)
		return 0;
	if (is_tag(action, &tag))
		return tag_check(tag, err);
	return err_set(err, ERR_USAGE,
		"\"%.100s\" is no action; there are mark-read, star, tag T and drop", action);
}

static enum store_mark mark_of(const char *action, const char **out_tag)
{
	*out_tag = NULL;
	if (is_tag(action, out_tag))
		return STORE_TAG;
	if (strcmp(action, "drop") == 0)
		return STORE_DROP;
	return strcmp(action, "star") == 0 ? STORE_STAR : STORE_MARK_READ;
}

/* changed: a flag an item. */
static int do_one(struct writer *writer, const char *action, const struct ids *ids, int64_t now_s,
	const struct undo_author *author, bool *changed, struct err *err)
{
	const char *tag;
	enum store_mark mark = mark_of(action, &tag);
	size_t i;

	for (i = 0; i < ids->count; i++) {
		int64_t id = ids->values[i];
		int result = mark == STORE_DROP ? dropped_put(writer, id, err)
						: mark_item(writer, id, mark, tag, now_s, err);

		if (result > 0)
			result = undo_log_add(writer, author, id, mark, tag, err) < 0 ? -1 : 1;
		if (result < 0)
			return -1;
		changed[i] |= result > 0;
	}
	return 0;
}

int rule_action_do(struct writer *writer, const char *actions, const struct ids *ids, int64_t now_s,
	const struct undo_author *author, uint64_t *out_changed, struct err *err)
{
	bool *changed = MEM_ARRAY(ids->count, bool);
	char *lines = mem_strdup(actions), *rest = lines, *action;
	int result = 0;
	size_t i;

	while (result == 0 && (action = strsep(&rest, "\n")) != NULL)
		if (action[0] != '\0')
			result = do_one(writer, action, ids, now_s, author, changed, err);
	for (i = 0; i < ids->count; i++)
		*out_changed += changed[i];
	free(lines);
	free(changed);
	return result;
}
