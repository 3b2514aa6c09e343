#include "daemon/store/rule_action.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
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
	return strcmp(action, "star") == 0 ? STORE_STAR : STORE_MARK_READ;
}

/* changed: a flag an item, or NULL. */
static int do_one(struct writer *writer, const char *action, const struct ids *ids, int64_t now_s,
	int64_t rule_id, bool *changed, struct err *err)
{
	const char *tag;
	enum store_mark mark = mark_of(action, &tag);
	size_t i;

	for (i = 0; i < ids->count; i++) {
		int result = mark_item(writer, ids->values[i], mark, tag, now_s, err);

		if (result < 0)
			return -1;
		if (result == 0)
			continue;
		changed[i] = true;
		if (rule_id != 0 &&
			mark_remember(writer, ids->values[i], mark, tag, rule_id, err) < 0)
			return -1;
	}
	return 0;
}

int rule_action_do(struct writer *writer, const char *actions, const struct ids *ids, int64_t now_s,
	int64_t rule_id, bool *out_drops, uint64_t *out_changed, struct err *err)
{
	bool *changed = MEM_ARRAY(ids->count, bool);
	char *lines = mem_strdup(actions), *rest = lines, *action;
	int result = 0;
	size_t i;

	*out_drops = false;
	while (result == 0 && (action = strsep(&rest, "\n")) != NULL) {
		if (strcmp(action, "drop") == 0)
			*out_drops = true;
		else if (action[0] != '\0')
			result = do_one(writer, action, ids, now_s, rule_id, changed, err);
	}
	for (i = 0; out_changed != NULL && i < ids->count; i++)
		*out_changed += changed[i];
	free(lines);
	free(changed);
	return result;
}
