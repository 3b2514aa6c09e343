#include "daemon/store/story.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "daemon/store/cluster.h"
#include "daemon/url.h"

#define WHOLE_BITS 40
#define DIGEST_MIN 32 /* digits of one of 128 bits */

static int64_t signed_bits(uint64_t bits)
{
	int64_t value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static int64_t hash_of(uint64_t place, uint64_t whole)
{
	return signed_bits(place << WHOLE_BITS | (whole & ((1ull << WHOLE_BITS) - 1)));
}

/* The host of a normalised link, which begins with it. */
static uint64_t site_hash(const char *normal)
{
	return XXH3_64bits(normal, strcspn(normal, "/?#:"));
}

/* All but a guid's last part. */
static uint64_t stem_hash(const char *guid)
{
	size_t length = strlen(guid);

	while (length > 0 && strchr("/:=#?", guid[length - 1]) == NULL)
		length--;
	return XXH3_64bits(guid, length);
}

/* A number or a date, which every site gives its items. */
static bool is_number(const char *guid)
{
	size_t digits = strspn(guid, "0123456789-/:. ");

	return digits < DIGEST_MIN && guid[digits] == '\0';
}

/* like: NULL where the hash makes no copies. */
static int put(struct writer *writer, int64_t item_id, int64_t hash, const struct likeness *like,
	struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_STORY_PUT);

	db_bind_int(put, 1, hash);
	db_bind_int(put, 2, item_id);
	if (db_run(&writer->db, put, err) < 0)
		return -1;
	return like != NULL ? cluster_settle(writer, hash, like, err) : 0;
}

static int drop(struct writer *writer, int64_t item_id, int64_t hash, struct err *err)
{
	sqlite3_stmt *drop = db_use(&writer->db, STATEMENT_STORY_DELETE);

	db_bind_int(drop, 1, hash);
	db_bind_int(drop, 2, item_id);
	return db_run(&writer->db, drop, err);
}

int64_t story_link_hash(const char *url)
{
	char *normal = url_normalise(url);
	int64_t hash = 0;

	if (normal != NULL)
		hash = hash_of(site_hash(normal), XXH3_64bits(normal, strlen(normal)));
	free(normal);
	return hash;
}

int64_t story_guid_hash(const char *guid)
{
	return hash_of(stem_hash(guid), XXH3_64bits(guid, strlen(guid)));
}

int story_put(struct writer *writer, int64_t item_id, const char *url, const char *guid,
	const char *title, struct err *err)
{
	int64_t link = url != NULL ? story_link_hash(url) : 0;
	struct likeness by_link = { .url = url };
	struct likeness by_guid = { .title = title };

	/* Whoever has no page for an item names the site's first one. */
	if (link != 0 && url_is_front(url))
		by_link.title = title;
	if (link != 0 && put(writer, item_id, link, &by_link, err) < 0)
		return -1;
	if (guid == NULL)
		return 0;
	return put(writer, item_id, story_guid_hash(guid), is_number(guid) ? NULL : &by_guid, err);
}

int story_drop(struct writer *writer, int64_t item_id, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_ITEM_LINKS);
	const char *url, *guid;
	int result;

	db_bind_int(get, 1, item_id);
	result = db_step(&writer->db, get, err);
	if (result <= 0)
		return result;
	url = db_text(get, 0);
	guid = db_text(get, 1);
	result = 0;
	if (url != NULL)
		result = drop(writer, item_id, story_link_hash(url), err);
	if (result == 0 && guid != NULL && guid[0] != '\0')
		result = drop(writer, item_id, story_guid_hash(guid), err);
	sqlite3_reset(get);
	return result;
}

int story_renew(struct writer *writer, int64_t item_id, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_ITEM_LINKS);
	char *url, *guid, *title;
	int result;

	db_bind_int(get, 1, item_id);
	result = db_step(&writer->db, get, err);
	if (result <= 0)
		return result;
	url = db_text_copy(get, 0);
	guid = db_text_copy(get, 1);
	title = db_text_copy(get, 2);
	sqlite3_reset(get);
	result = story_put(writer, item_id, url, guid != NULL && guid[0] != '\0' ? guid : NULL,
		title != NULL ? title : "", err);
	free(url);
	free(guid);
	free(title);
	return result;
}
