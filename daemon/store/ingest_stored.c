#include "daemon/store/ingest_internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/order.h"
#include "daemon/feed/feed.h"
#include "daemon/store/article.h"
#include "daemon/store/keys.h"
#include "daemon/url.h"

static int by_item(const void *a, const void *b)
{
	const struct stored *x = a, *y = b;

	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

/* The keys of a feed are in no order that an item's could be found by: they are read
 * once, and not for each item. */
static int read_stored(struct scene *scene, struct err *err)
{
	if (scene->stored_read)
		return 0;
	if (keys_live(scene->writer, scene->in->feed_id, &scene->stored, &scene->stored_count,
		    err) < 0)
		return -1;
	if (scene->stored_count > 1)
		qsort(scene->stored, scene->stored_count, sizeof(*scene->stored), by_item);
	scene->stored_read = true;
	return 0;
}

static struct stored *find(struct scene *scene, int64_t item_id)
{
	struct stored key = { .item_id = item_id };

	if (scene->stored_count == 0)
		return NULL;
	return bsearch(&key, scene->stored, scene->stored_count, sizeof(key), by_item);
}

int ingest_stored_find(
	struct scene *scene, int64_t item_id, struct stored **out_stored, struct err *err)
{
	if (read_stored(scene, err) < 0)
		return -1;
	*out_stored = find(scene, item_id);
	return 0;
}

void ingest_stored_renew(struct scene *scene, const struct incoming *in)
{
	struct stored *stored = find(scene, in->item_id);

	if (stored == NULL)
		return;
	memcpy(stored->key, in->key, KEY_SIZE);
	stored->ident = in->ident;
}

/* ----------------------------------------------------------- names ---- */

static bool is_same_link(const uint64_t *was, const uint64_t *is)
{
	return was[IDENT_LINK] == is[IDENT_LINK] ||
	       (was[IDENT_ALIAS_LINK] != 0 && was[IDENT_ALIAS_LINK] == is[IDENT_ALIAS_LINK]);
}

/* An address as it is compared, without its query.  NULL if it is no web URL. */
static char *page_of(const char *url)
{
	char *page = mem_strndup(url, strcspn(url, "?#")), *normal = url_normalise(page);

	free(page);
	return normal;
}

static bool is_same_page(const char *a, const char *b)
{
	char *x = page_of(a), *y = page_of(b);
	bool same = x != NULL && y != NULL ? strcmp(x, y) == 0 : strcmp(a, b) == 0;

	free(x);
	free(y);
	return same;
}

int ingest_stored_is_named(
	struct scene *scene, const struct incoming *in, const struct ident *old, struct err *err)
{
	const uint64_t *was = old->slots, *is = in->ident.slots;
	const struct feed_doc *doc = scene->in->doc;
	struct feed_text title = in->item->title;
	struct db *db = &scene->writer->db;
	sqlite3_stmt *get;
	const char *name, *url;
	int found;

	if (was[IDENT_TITLE] == is[IDENT_TITLE] && is_same_link(was, is))
		return 1;
	get = db_use(db, STATEMENT_ITEM_NAMED);
	db_bind_int(get, 1, in->item_id);
	found = db_step(db, get, err);
	if (found <= 0)
		return found;
	name = db_text(get, 0);
	url = db_text(get, 1);
	name = name != NULL ? name : "";
	found = (title.length == 0 || feed_seem_same(feed_doc_text(doc, title), title.length, name,
					      strlen(name))) &&
		(is_same_link(was, is) ||
			is_same_page(feed_doc_text(doc, in->item->url), url != NULL ? url : ""));
	sqlite3_reset(get);
	return found;
}

/* --------------------------------------------------------- aliases ---- */

/* How many links lead to a place on their page; of what we have, up to two. */
struct places {
	bool counted;
	size_t incoming, stored;
	bool uniform; /* all of the document, and to the same */
};

/* What identity asks of an item that we have. */
struct asking {
	struct writer *writer;
	int64_t feed_id;
	const struct feed_doc *doc;
	struct places places;
	struct err *err;
	bool failed;
};

static int64_t published(void *ctx, int64_t item_id)
{
	struct asking *asking = ctx;
	struct item_times times = { .published_s = DATE_NONE };

	asking->failed |= item_times_get(asking->writer, item_id, &times, asking->err) < 0;
	return times.published_s;
}

/*
 * A feed whose links have places on their pages tells items apart by them: a ticket from
 * what was written to it, one change from the next.  Where no other link has one, of the
 * document or of what we have, or all of the document have the same, it is none that an
 * item could be told by.
 */
static void count_incoming_places(struct asking *asking)
{
	const struct feed_doc *doc = asking->doc;
	struct places *places = &asking->places;
	const char *first = NULL;
	bool same = true;
	uint32_t i;

	for (i = 0; i < doc->items.count; i++) {
		const char *place = url_place(feed_doc_text(doc, feed_doc_item(doc, i)->url));

		places->incoming += place[0] != '\0';
		if (first == NULL)
			first = place;
		same &= strcmp(place, first) == 0;
	}
	places->uniform = same && places->incoming != 0;
}

static int count_stored_places(struct asking *asking, struct err *err)
{
	struct db *db = &asking->writer->db;
	sqlite3_stmt *list = db_use(db, STATEMENT_ITEM_PLACES);
	int found = 0;

	db_bind_int(list, 1, asking->feed_id);
	while (asking->places.stored < 2 && (found = db_step(db, list, err)) > 0)
		asking->places.stored += url_place(db_text(list, 0))[0] != '\0';
	sqlite3_reset(list);
	return found < 0 ? -1 : 0;
}

/* One of both links has a place, the incoming or the stored: whether it says nothing. */
static bool is_ornament(struct asking *asking, bool incoming)
{
	struct places *places = &asking->places;

	if (!places->counted) {
		places->counted = true;
		count_incoming_places(asking);
		asking->failed |= count_stored_places(asking, asking->err) < 0;
	}
	if (incoming)
		return (places->incoming == 1 || places->uniform) && places->stored == 0;
	return places->incoming == 0 && places->stored == 1;
}

static bool same_place(void *ctx, const struct feed_item *item, int64_t item_id)
{
	struct asking *asking = ctx;
	struct db *db = &asking->writer->db;
	sqlite3_stmt *get = db_use(db, STATEMENT_ITEM_LINKS);
	const char *place = url_place(feed_doc_text(asking->doc, item->url)), *url = NULL;
	bool same = false, one_has_none = false;
	int found;

	db_bind_int(get, 1, item_id);
	found = db_step(db, get, asking->err);
	asking->failed |= found < 0;
	if (found > 0)
		url = db_text(get, 0);
	if (url != NULL) {
		same = strcmp(place, url_place(url)) == 0;
		one_has_none = place[0] == '\0' || url_place(url)[0] == '\0';
	}
	sqlite3_reset(get);
	return same || (one_has_none && is_ornament(asking, place[0] != '\0'));
}

static bool same_text(void *ctx, const struct feed_item *item, int64_t item_id)
{
	struct asking *asking = ctx;
	int same;

	if (item->content_html.length == 0 && item->content_text.length == 0)
		return false;
	same = article_seems_same(asking->writer, item_id, asking->doc, item, asking->err);
	asking->failed |= same < 0;
	return same > 0;
}

/* Of those that we have, the ones that the last document showed; how many. */
static size_t keep_shown(const struct scene *scene, struct stored *out)
{
	size_t count = scene->shown.count, kept = 0, i;
	int64_t *ids = MEM_ARRAY(count, int64_t);

	for (i = 0; i < count; i++)
		ids[i] = scene->shown.rows[i].item_id;
	if (count > 1)
		qsort(ids, count, sizeof(*ids), order_int64);
	for (i = 0; count > 0 && i < scene->stored_count; i++)
		if (bsearch(&scene->stored[i].item_id, ids, count, sizeof(*ids), order_int64) !=
			NULL)
			out[kept++] = scene->stored[i];
	free(ids);
	return kept;
}

int ingest_stored_alias(struct scene *scene, struct err *err)
{
	struct stored *shown = NULL;
	struct asking asking = { .writer = scene->writer,
		.feed_id = scene->in->feed_id,
		.doc = scene->in->doc,
		.err = err };
	struct identity_feed feed = { .older = scene->in->older,
		.unedited = scene->in->unedited,
		.published = published,
		.same_place = same_place,
		.same_text = same_text,
		.ctx = &asking };

	if (read_stored(scene, err) < 0)
		return -1;
	feed.stored = scene->stored;
	feed.stored_count = scene->stored_count;
	/* It is the last document again: a title that others had before tells who it is. */
	if (feed.unedited) {
		shown = MEM_ARRAY(scene->stored_count, struct stored);
		feed.stored_count = keep_shown(scene, shown);
		feed.stored = shown;
	}
	identity_alias(scene->incoming, scene->count, &feed);
	free(shown);
	return asking.failed ? -1 : 0;
}
