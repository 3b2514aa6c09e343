#include "daemon/store/names.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "daemon/store/db.h"
#include "daemon/store/tag.h"

#define SLOTS 1024u /* direct-mapped by feed id */

void names_init(struct names *names)
{
	names->slots = NULL;
	names->epoch = 0;
}

static void forget(struct names *names)
{
	size_t i;

	if (names->slots == NULL)
		return;
	for (i = 0; i < SLOTS; i++)
		free(names->slots[i].memory);
	free(names->slots);
	names->slots = NULL;
}

void names_release(struct names *names)
{
	forget(names);
}

void names_check(struct names *names, uint64_t epoch)
{
	if (names->epoch == epoch)
		return;
	forget(names);
	names->epoch = epoch;
}

static int fill(struct name_slot *slot, struct db *db, int64_t feed_id, struct err *err)
{
	sqlite3_stmt *get = db_use(db, STATEMENT_FEED_NAME);
	enum ident_policy policy = POLICY_ID;
	const char *title = "", *url = "";
	struct buf tags;
	int found;

	db_bind_int(get, 1, feed_id);
	found = db_step(db, get, err);
	if (found < 0)
		return -1;
	if (found > 0) {
		url = db_text(get, 1);
		title = db_text(get, 0);
		policy = (enum ident_policy)db_int(get, 2);
	}
	buf_init(&tags, TAGS_JSON_MAX);
	if (tag_feed_json(db, feed_id, &tags, err) < 0) {
		buf_release(&tags);
		return -1;
	}
	free(slot->memory);
	slot->memory = mem_printf("%s%c%s%c%s", title, 0, url, 0, tags.data);
	slot->name.feed_id = feed_id;
	slot->name.policy = policy;
	slot->name.title = slot->memory;
	slot->name.url = slot->memory + strlen(title) + 1;
	slot->name.tags_json = slot->name.url + strlen(url) + 1;
	sqlite3_reset(get);
	buf_release(&tags);
	return 0;
}

int names_find(struct names *names, struct db *db, int64_t feed_id, const struct name **out,
	struct err *err)
{
	struct name_slot *slot;

	if (names->slots == NULL)
		names->slots = MEM_ARRAY(SLOTS, struct name_slot);
	slot = &names->slots[(uint64_t)feed_id % SLOTS];
	if ((slot->memory == NULL || slot->name.feed_id != feed_id) &&
		fill(slot, db, feed_id, err) < 0)
		return -1;
	*out = &slot->name;
	return 0;
}
