#include "daemon/store/cluster.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/mem.h"
#include "daemon/store/pool.h"
#include "daemon/url.h"

#define SHARED_FROM 32 /* feeds; what more of them link to is no story */
#define LOOKED_AT 256  /* items that share a hash; more of them say nothing, either */

struct member {
	int64_t id, feed_id, cluster; /* 0: none */
};

struct members {
	struct member rows[SHARED_FROM + 1];
	size_t count;
};

/* -------------------------------------------------------- together ---- */

static bool same(const char *text, const char *other)
{
	return other != NULL && strcmp(text, other) == 0;
}

/* A post and the comment on it have one page. */
static bool is_like(const struct likeness *like, const char *title, const char *url)
{
	return (like->title == NULL || same(like->title, title)) &&
	       (like->url == NULL || (url != NULL && same(url_place(like->url), url_place(url))));
}

static int read_members(struct db *db, int64_t hash, const struct likeness *like,
	struct members *out, struct err *err)
{
	sqlite3_stmt *list = db_use(db, STATEMENT_CLUSTER_STORY);
	size_t looked_at = 0;
	int found;

	out->count = 0;
	db_bind_int(list, 1, hash);
	while ((found = db_step(db, list, err)) > 0) {
		struct member *member = &out->rows[out->count];

		if (out->count == SHARED_FROM + 1 || looked_at++ == LOOKED_AT)
			break;
		if (!is_like(like, db_text(list, 3), db_text(list, 4)))
			continue;
		member->id = db_int(list, 0);
		member->feed_id = db_int(list, 1);
		member->cluster = db_int(list, 2);
		out->count++;
	}
	sqlite3_reset(list);
	return found < 0 ? -1 : 0;
}

static bool is_shared(const struct members *members)
{
	size_t i, j;

	if (members->count > SHARED_FROM)
		return true;
	for (i = 0; i < members->count; i++)
		for (j = 0; j < i; j++)
			if (members->rows[i].feed_id == members->rows[j].feed_id)
				return true;
	return false;
}

static int set_cluster(struct db *db, int64_t item_id, int64_t cluster, struct err *err)
{
	sqlite3_stmt *put = db_use(db, STATEMENT_CLUSTER_SET);

	db_bind_int(put, 1, item_id);
	db_bind_int_or(put, 2, cluster, 0);
	return db_run(db, put, err);
}

static int take_apart(struct db *db, const struct members *members, struct err *err)
{
	size_t i;

	for (i = 0; i < members->count; i++)
		if (members->rows[i].cluster != 0 &&
			set_cluster(db, members->rows[i].id, 0, err) < 0)
			return -1;
	return 0;
}

/* 1: both hold items of one feed. */
static int clash(
	struct db *db, enum statement which, int64_t cluster, int64_t other, struct err *err)
{
	sqlite3_stmt *get = db_use(db, which);
	int64_t yes = 0;

	db_bind_int(get, 1, cluster);
	db_bind_int(get, 2, other);
	return db_get(db, get, &yes, err) < 0 ? -1 : yes != 0;
}

static int join(struct db *db, const struct member *member, int64_t cluster, struct err *err)
{
	sqlite3_stmt *put;
	int result;

	if (member->cluster == cluster)
		return 0;
	if (member->cluster == 0) {
		result = clash(db, STATEMENT_CLUSTER_HAS_FEED, cluster, member->feed_id, err);
		return result != 0 ? -(result < 0) : set_cluster(db, member->id, cluster, err);
	}
	result = clash(db, STATEMENT_CLUSTER_CLASH, cluster, member->cluster, err);
	if (result != 0)
		return -(result < 0);
	put = db_use(db, STATEMENT_CLUSTER_MERGE);
	db_bind_int(put, 1, cluster);
	db_bind_int(put, 2, member->cluster);
	return db_run(db, put, err);
}

/* The id of an item that has given it to no story that it has left since.  One that
 * has just come never has, so that 0, for none, waits for the next. */
static int free_number(
	struct db *db, const struct members *members, int64_t *out_cluster, struct err *err)
{
	int64_t used = 1;
	size_t i;

	*out_cluster = 0;
	for (i = 0; i < members->count && used != 0; i++) {
		sqlite3_stmt *get = db_use(db, STATEMENT_CLUSTER_USED);

		db_bind_int(get, 1, members->rows[i].id);
		if (db_get(db, get, &used, err) < 0)
			return -1;
		if (used == 0)
			*out_cluster = members->rows[i].id;
	}
	return 0;
}

int cluster_settle(
	struct writer *writer, int64_t hash, const struct likeness *like, struct err *err)
{
	struct db *db = &writer->db;
	struct members members;
	int64_t cluster = 0;
	size_t i;

	if (read_members(db, hash, like, &members, err) < 0)
		return -1;
	if (members.count < 2)
		return 0;
	if (is_shared(&members))
		return take_apart(db, &members, err);
	for (i = 0; i < members.count && cluster == 0; i++)
		cluster = members.rows[i].cluster;
	if (cluster == 0 && free_number(db, &members, &cluster, err) < 0)
		return -1;
	for (i = 0; i < members.count && cluster != 0; i++)
		if (join(db, &members.rows[i], cluster, err) < 0)
			return -1;
	return 0;
}

int cluster_leave(struct writer *writer, int64_t item_id, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_CLUSTER_OF);
	int64_t cluster = 0;

	db_bind_int(get, 1, item_id);
	if (db_get(&writer->db, get, &cluster, err) < 0)
		return -1;
	if (cluster == 0)
		return 0;
	if (set_cluster(&writer->db, item_id, 0, err) < 0)
		return -1;
	get = db_use(&writer->db, STATEMENT_CLUSTER_LONELY);
	db_bind_int(get, 1, cluster);
	return db_run(&writer->db, get, err);
}

/* ------------------------------------------------------------- rows ---- */

int cluster_also_in(
	struct reader *reader, int64_t cluster, int64_t item_id, struct buf *out, struct err *err)
{
	sqlite3_stmt *list = db_use(&reader->db, STATEMENT_CLUSTER_LIST);
	struct json_writer json;
	int found;

	json_begin(&json, out);
	json_put_array(&json);
	db_bind_int(list, 1, cluster);
	while ((found = db_step(&reader->db, list, err)) > 0) {
		const struct name *name;

		if (db_int(list, 0) == item_id)
			continue;
		if (names_find(&reader->names, &reader->db, db_int(list, 1), &name, err) < 0) {
			sqlite3_reset(list);
			return -1;
		}
		json_put_object(&json);
		json_put_key(&json, "id");
		json_put_int(&json, db_int(list, 0));
		json_put_key(&json, "feed_id");
		json_put_int(&json, db_int(list, 1));
		json_put_key(&json, "feed_title");
		json_put_string(&json, name->title);
		json_put_object_end(&json);
	}
	json_put_array_end(&json);
	return found;
}

/* -------------------------------------------------------------- set ---- */

/* Open addressing; 0 is a free slot, for no item has that id. */
struct cluster_set {
	size_t count, capacity; /* capacity is a power of two */
	int64_t slots[];
};

static int64_t *find_slot(struct cluster_set *set, int64_t cluster)
{
	size_t at = (size_t)((uint64_t)cluster * 0x9e3779b97f4a7c15u >> 17) & (set->capacity - 1);

	while (set->slots[at] != 0 && set->slots[at] != cluster)
		at = (at + 1) & (set->capacity - 1);
	return &set->slots[at];
}

static struct cluster_set *grown(struct cluster_set *old)
{
	size_t capacity = old != NULL ? old->capacity * 2 : 64, i;
	struct cluster_set *set = mem_alloc(sizeof(*set) + capacity * sizeof(set->slots[0]));

	memset(set->slots, 0, capacity * sizeof(set->slots[0]));
	set->capacity = capacity;
	set->count = old != NULL ? old->count : 0;
	for (i = 0; old != NULL && i < old->capacity; i++)
		if (old->slots[i] != 0)
			*find_slot(set, old->slots[i]) = old->slots[i];
	free(old);
	return set;
}

bool cluster_set_add(struct cluster_set **set, int64_t cluster)
{
	int64_t *slot;

	if (*set == NULL || (*set)->count * 4 >= (*set)->capacity * 3)
		*set = grown(*set);
	slot = find_slot(*set, cluster);
	if (*slot == cluster)
		return false;
	*slot = cluster;
	(*set)->count++;
	return true;
}
