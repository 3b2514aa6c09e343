#include "daemon/store/identity.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/mem.h"

#define FLOOD_MIN 20

/* --------------------------------------------------- keys, policy ---- */

static void fill_ident(const struct feed_item *item, struct ident *ident)
{
	const struct feed_digest *digests = item->digests;

	ident->slots[IDENT_CONTENT] = ident_of(&digests[FEED_DIGEST_CONTENT]);
	ident->slots[IDENT_DATE] = ident_of(&digests[FEED_DIGEST_DATE]);
	ident->slots[IDENT_LINK] = ident_of(&digests[FEED_DIGEST_LINK]);
	ident->slots[IDENT_TITLE] = ident_of(&digests[FEED_DIGEST_TITLE]);
	ident->slots[IDENT_ALIAS_ID] = ident_of(&digests[FEED_DIGEST_ALIAS_ID]);
	ident->slots[IDENT_ALIAS_LINK] = ident_of(&digests[FEED_DIGEST_ALIAS_LINK]);
	ident->slots[IDENT_ALIAS_ENCLOSURE] = ident_of(&digests[FEED_DIGEST_ALIAS_ENCLOSURE]);
	ident->slots[IDENT_NATIVE] = 0;
}

static void fill(struct incoming *in, const struct feed_item *item, enum ident_policy policy)
{
	const struct feed_digest *native = &item->digests[FEED_DIGEST_KEY];

	memset(in, 0, sizeof(*in));
	in->item = item;
	fill_ident(item, &in->ident);
	if (policy == POLICY_ID) {
		ident_native_key(native, in->key);
	} else {
		in->ident.slots[IDENT_NATIVE] = ident_of(native);
		ident_mixed_key(policy, ident_of(native), &in->ident, in->key);
	}
}

/* Whether K is nothing but the link, by its kind or letter by letter. */
static bool key_is_link(const struct feed_doc *doc, const struct feed_item *item)
{
	if (item->key_kind == FEED_KEY_LINK)
		return true;
	return item->guid.length != 0 && item->guid.length == item->url.length &&
	       memcmp(feed_doc_text(doc, item->guid), feed_doc_text(doc, item->url),
		       item->guid.length) == 0;
}

static int by_key_title_link(const void *a, const void *b)
{
	const struct incoming *x = a, *y = b;
	int order = memcmp(x->key, y->key, KEY_SIZE);
	static const enum ident_slot slots[] = { IDENT_TITLE, IDENT_LINK };
	size_t i;

	for (i = 0; order == 0 && i < 2; i++) {
		uint64_t p = x->ident.slots[slots[i]], q = y->ident.slots[slots[i]];

		order = (p > q) - (p < q);
	}
	return order;
}

/*
 * Of the items that share one key, how many are different ones: other title
 * and, where the link is no part of the key, other link.  Three titles under
 * one id are three items whatever their link.
 */
static size_t distinct(const struct incoming *group, size_t count, bool link_in_key)
{
	size_t titles = 1, i;
	bool links = false;

	for (i = 1; i < count; i++) {
		const uint64_t *a = group[i - 1].ident.slots, *b = group[i].ident.slots;

		titles += a[IDENT_TITLE] != b[IDENT_TITLE];
		links |= a[IDENT_LINK] != b[IDENT_LINK];
	}
	if (titles < 2 || (titles == 2 && !links && !link_in_key))
		return 0;
	return titles;
}

static bool shares_keys(const struct feed_doc *doc, enum ident_policy policy)
{
	size_t count = doc->items.count, first, end, sharing = 0, i;
	struct incoming *all = MEM_ARRAY(count, struct incoming);

	for (i = 0; i < count; i++)
		fill(&all[i], feed_doc_item(doc, (uint32_t)i), policy);
	if (count > 1)
		qsort(all, count, sizeof(*all), by_key_title_link);
	for (first = 0; first < count; first = end) {
		for (end = first + 1; end < count; end++)
			if (memcmp(all[first].key, all[end].key, KEY_SIZE) != 0)
				break;
		sharing += distinct(&all[first], end - first,
			policy > POLICY_ID || key_is_link(doc, all[first].item));
	}
	free(all);
	return sharing >= 2 && sharing * 20 > count;
}

enum ident_policy identity_policy(const struct feed_doc *doc, enum ident_policy policy)
{
	while (policy + 1 < POLICIES && shares_keys(doc, policy))
		policy++;
	return policy;
}

/* -------------------------------------------------------- incoming ---- */

static uint64_t add_digest(uint64_t digest, const struct feed_doc *doc, struct feed_text text)
{
	return XXH3_64bits_withSeed(feed_doc_text(doc, text), text.length, digest);
}

/* Who wrote what names nobody; 0 where the document does not say it. */
static uint64_t authors_of_feed(const struct feed_doc *doc)
{
	uint64_t digest = 0;
	uint32_t i;

	for (i = 0; i < doc->authors.count; i++) {
		const struct feed_person *person = feed_doc_person(doc, doc->authors.first + i);

		digest = add_digest(digest, doc, person->name);
		digest = add_digest(digest, doc, person->email);
		digest = add_digest(digest, doc, person->url);
		digest = add_digest(digest, doc, person->avatar);
		digest = add_digest(digest, doc, person->role);
	}
	return digest;
}

static void fill_state(struct incoming *in, const struct feed_doc *doc, uint64_t authors)
{
	bool own = feed_doc_item_authors(doc, in->item).first != doc->authors.first;

	in->state = ident_state(
		&in->ident, ident_of(&in->item->digests[FEED_DIGEST_DETAILS]), own ? 0 : authors);
}

static int64_t newest_date(const struct feed_item *item)
{
	return item->modified_s > item->published_s ? item->modified_s : item->published_s;
}

/* The same key: the newest first, and by content where dates are equal, so that
 * the place in the document has no say. */
static int by_key_newest(const void *a, const void *b)
{
	const struct incoming *x = a, *y = b;
	int order = memcmp(x->key, y->key, KEY_SIZE);
	int64_t p = newest_date(x->item), q = newest_date(y->item);

	if (order == 0)
		order = (p < q) - (p > q);
	if (order == 0)
		order = (x->state > y->state) - (x->state < y->state);
	return order;
}

/* Oldest first, as they would have come one by one; feeds put the newest on
 * top. */
static int by_age(const void *a, const void *b)
{
	const struct incoming *x = a, *y = b;
	int64_t p = x->item->published_s, q = y->item->published_s;

	if (p != q && p != DATE_NONE && q != DATE_NONE)
		return p < q ? -1 : 1;
	return (x->item->position < y->item->position) - (x->item->position > y->item->position);
}

/* by_age() is no order where only some have dates. */
static int by_position(const void *a, const void *b)
{
	const struct incoming *x = a, *y = b;

	return (x->item->position < y->item->position) - (x->item->position > y->item->position);
}

struct incoming *identity_incoming(
	const struct feed_doc *doc, enum ident_policy policy, size_t *out_count)
{
	size_t count = doc->items.count, kept = 0, i;
	struct incoming *all = MEM_ARRAY(count, struct incoming);
	uint64_t authors = authors_of_feed(doc);
	bool dated = true;

	for (i = 0; i < count; i++) {
		fill(&all[i], feed_doc_item(doc, (uint32_t)i), policy);
		fill_state(&all[i], doc, authors);
		dated &= all[i].item->published_s != DATE_NONE;
	}
	if (count > 1)
		qsort(all, count, sizeof(*all), by_key_newest);
	for (i = 0; i < count; i++)
		if (kept == 0 || memcmp(all[kept - 1].key, all[i].key, KEY_SIZE) != 0)
			all[kept++] = all[i];
	if (kept > 1)
		qsort(all, kept, sizeof(*all), dated ? by_age : by_position);
	*out_count = kept;
	return all;
}

void identity_rekey(const struct stored *stored, enum ident_policy from, enum ident_policy to,
	unsigned char out_key[KEY_SIZE], struct ident *out_ident)
{
	*out_ident = stored->ident;
	if (from == POLICY_ID)
		out_ident->slots[IDENT_NATIVE] = ident_native_of(stored->key);
	ident_mixed_key(to, out_ident->slots[IDENT_NATIVE], out_ident, out_key);
}

void identity_earlier_key(
	const struct incoming *in, enum ident_policy policy, unsigned char out_key[KEY_SIZE])
{
	struct incoming earlier;

	fill(&earlier, in->item, policy);
	memcpy(out_key, earlier.key, KEY_SIZE);
}

bool identity_is_flood(size_t fresh, size_t document)
{
	return fresh > FLOOD_MIN && fresh * 2 > document;
}

bool identity_is_edited(const struct incoming *in, const struct ident *old)
{
	const uint64_t *was = old->slots, *is = in->ident.slots;

	return !in->flood && (was[IDENT_TITLE] != is[IDENT_TITLE] ||
				     (was[IDENT_LINK] == is[IDENT_LINK] &&
					     was[IDENT_CONTENT] != is[IDENT_CONTENT]));
}

/* --------------------------------------------------------- aliases ---- */

/* In the order in which they are tried (MATCH_TITLE in a flood only). */
enum match { MATCH_ID, MATCH_DATE, MATCH_LINK, MATCH_ENCLOSURE, MATCH_TITLE, MATCHES };

static uint64_t match_value(const struct ident *ident, enum match match)
{
	const uint64_t *slots = ident->slots;

	switch (match) {
	case MATCH_ID:
		return slots[IDENT_ALIAS_ID];
	case MATCH_DATE: /* title and raw date, both there */
		if (slots[IDENT_TITLE] == 0 || slots[IDENT_DATE] == 0)
			return 0;
		return slots[IDENT_TITLE] * 0x9e3779b97f4a7c15ull + slots[IDENT_DATE];
	case MATCH_LINK:
		return slots[IDENT_ALIAS_LINK];
	case MATCH_ENCLOSURE:
		return slots[IDENT_ALIAS_ENCLOSURE];
	default:
		return slots[IDENT_TITLE];
	}
}

/* One value of one kind: who of either side has it. */
struct probe {
	uint64_t value;
	size_t incoming;             /* how many */
	size_t known;                /* how many */
	const struct stored *stored; /* the last of them */
};

struct table {
	struct probe *probes; /* sorted by value */
	size_t count;
};

static int by_value(const void *a, const void *b)
{
	const struct probe *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

static struct probe *table_find(const struct table *table, uint64_t value)
{
	struct probe key = { .value = value };

	if (value == 0 || table->count == 0)
		return NULL;
	return bsearch(&key, table->probes, table->count, sizeof(key), by_value);
}

static void table_fill(struct table *table, enum match match, const struct incoming *incoming,
	size_t count, const struct stored *stored, size_t stored_count)
{
	size_t used = 0, i;
	struct probe *probe;

	table->probes = MEM_ARRAY(count, struct probe);
	for (i = 0; i < count; i++) {
		uint64_t value = match_value(&incoming[i].ident, match);

		if (value != 0)
			table->probes[used++].value = value;
	}
	if (used > 1)
		qsort(table->probes, used, sizeof(*table->probes), by_value);
	table->count = 0;
	for (i = 0; i < used; i++) {
		if (table->count == 0 ||
			table->probes[table->count - 1].value != table->probes[i].value)
			table->probes[table->count++] = table->probes[i];
		table->probes[table->count - 1].incoming++;
	}
	for (i = 0; i < stored_count; i++) {
		probe = table_find(table, match_value(&stored[i].ident, match));
		if (probe != NULL) {
			probe->known++;
			probe->stored = &stored[i];
		}
	}
}

/* Item ids that the document shows, sorted, and those taken meanwhile. */
struct present {
	int64_t *ids;
	size_t count;
};

static int by_id(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void present_sort(struct present *present)
{
	if (present->count > 1)
		qsort(present->ids, present->count, sizeof(*present->ids), by_id);
}

static void present_add(struct present *present, int64_t id)
{
	size_t at = present->count++;

	for (; at > 0 && present->ids[at - 1] > id; at--)
		present->ids[at] = present->ids[at - 1];
	present->ids[at] = id;
}

static bool is_present(const struct present *present, int64_t id)
{
	return present->count != 0 &&
	       bsearch(&id, present->ids, present->count, sizeof(id), by_id) != NULL;
}

/*
 * The one stored item that the alias points to: one on either side, and absent
 * from the document, for what the document shows by its own key is not it.
 */
static const struct stored *unique_match(const struct table *table, enum match match,
	const struct incoming *in, const struct present *present)
{
	const struct probe *probe = table_find(table, match_value(&in->ident, match));

	if (probe == NULL || probe->incoming != 1 || probe->known != 1 ||
		is_present(present, probe->stored->item_id))
		return NULL;
	return probe->stored;
}

static bool same_title(const struct incoming *in, const struct stored *stored)
{
	uint64_t title = in->ident.slots[IDENT_TITLE];

	return title != 0 && title == stored->ident.slots[IDENT_TITLE];
}

static void take(struct incoming *in, const struct stored *stored, struct present *present)
{
	in->verdict = VERDICT_REKEYED;
	in->item_id = stored->item_id;
	present_add(present, stored->item_id);
}

/* One kind of alias over all that is still new. */
static void match_all(struct incoming *incoming, size_t count, const struct table *table,
	enum match match, bool title_too, struct present *present)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct stored *stored;

		if (incoming[i].verdict != VERDICT_NEW)
			continue;
		stored = unique_match(table, match, &incoming[i], present);
		if (stored != NULL && (!title_too || same_title(&incoming[i], stored)))
			take(&incoming[i], stored, present);
	}
}

static size_t still_new(const struct incoming *incoming, size_t count)
{
	size_t fresh = 0, i;

	for (i = 0; i < count; i++)
		fresh += incoming[i].verdict == VERDICT_NEW;
	return fresh;
}

/* How many of the new ones look like something that we have. */
static size_t familiar(const struct incoming *incoming, size_t count, const struct table *tables)
{
	size_t known = 0, i;

	for (i = 0; i < count; i++) {
		const struct probe *link, *title;

		if (incoming[i].verdict != VERDICT_NEW)
			continue;
		link = table_find(&tables[MATCH_LINK], match_value(&incoming[i].ident, MATCH_LINK));
		title = table_find(
			&tables[MATCH_TITLE], match_value(&incoming[i].ident, MATCH_TITLE));
		known += (link != NULL && link->known != 0) || (title != NULL && title->known != 0);
	}
	return known;
}

void identity_alias(
	struct incoming *incoming, size_t count, const struct stored *stored, size_t stored_count)
{
	static const bool title_too[MATCHES] = { [MATCH_LINK] = true, [MATCH_ENCLOSURE] = true };
	struct present present = { MEM_ARRAY(count, int64_t), 0 };
	struct table tables[MATCHES];
	size_t fresh, i;

	for (i = 0; i < count; i++)
		if (incoming[i].verdict == VERDICT_KNOWN)
			present.ids[present.count++] = incoming[i].item_id;
	present_sort(&present);
	for (i = 0; i < MATCHES; i++)
		table_fill(&tables[i], (enum match)i, incoming, count, stored, stored_count);
	for (i = 0; i < MATCH_TITLE; i++)
		match_all(incoming, count, &tables[i], (enum match)i, title_too[i], &present);
	fresh = still_new(incoming, count);
	if (identity_is_flood(fresh, count) &&
		familiar(incoming, count, tables) * 10 >= fresh * 6) {
		for (i = 0; i < count; i++)
			incoming[i].flood = incoming[i].verdict == VERDICT_NEW;
		match_all(incoming, count, &tables[MATCH_LINK], MATCH_LINK, false, &present);
		match_all(incoming, count, &tables[MATCH_TITLE], MATCH_TITLE, false, &present);
	}
	for (i = 0; i < MATCHES; i++)
		free(tables[i].probes);
	free(present.ids);
}
