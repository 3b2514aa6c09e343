#include "daemon/store/identity.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/mem.h"
#include "daemon/feed/feed.h"
#include "daemon/store/identity_join.h"

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
	in->item = in->article = item;
	fill_ident(item, &in->ident);
	if (policy == POLICY_ID) {
		ident_native_key(native, in->key);
	} else {
		in->ident.slots[IDENT_NATIVE] = ident_of(native);
		/* A link that several may have names none of them. */
		if (item->key_kind == FEED_KEY_LINK)
			in->ident.slots[IDENT_ALIAS_ID] = 0;
		ident_mixed_key(policy, ident_of(native), &in->ident, in->key);
	}
}

/* Whether K is nothing but the link, by its kind or letter by letter; a file's address
 * where there is none. */
static bool key_is_link(const struct feed_doc *doc, const struct feed_item *item)
{
	if (item->key_kind == FEED_KEY_LINK || item->key_kind == FEED_KEY_ENCLOSURE)
		return true;
	return item->guid.length != 0 && item->guid.length == item->url.length &&
	       memcmp(feed_doc_text(doc, item->guid), feed_doc_text(doc, item->url),
		       item->guid.length) == 0;
}

/* Whatever tells them apart, so that the place in the document has no say. */
static int by_key_title_link(const void *a, const void *b)
{
	const struct incoming *x = a, *y = b;
	int order = memcmp(x->key, y->key, KEY_SIZE);
	static const enum ident_slot slots[] = { IDENT_TITLE, IDENT_LINK, IDENT_DATE,
		IDENT_ALIAS_ENCLOSURE };
	size_t i;

	for (i = 0; order == 0 && i < sizeof(slots) / sizeof(slots[0]); i++) {
		uint64_t p = x->ident.slots[slots[i]], q = y->ident.slots[slots[i]];

		order = (p > q) - (p < q);
	}
	return order;
}

/* Both have one, and another. */
static bool differs(const struct incoming *a, const struct incoming *b, enum ident_slot slot)
{
	uint64_t p = a->ident.slots[slot], q = b->ident.slots[slot];

	return p != 0 && q != 0 && p != q;
}

/* They say that they came out at two times; when they were edited is nothing of that. */
static bool came_out_apart(const struct incoming *a, const struct incoming *b)
{
	int64_t p = a->item->published_s, q = b->item->published_s;

	return p != DATE_NONE && q != DATE_NONE && p != q;
}

/*
 * Whether two with other titles are no versions of one item: their links are not one;
 * where neither has any, their files or moments are not; and two episodes of one page
 * have both.
 */
static bool are_apart(const struct incoming *a, const struct incoming *b)
{
	bool files = differs(a, b, IDENT_ALIAS_ENCLOSURE), moments = came_out_apart(a, b);

	if (a->ident.slots[IDENT_LINK] != b->ident.slots[IDENT_LINK])
		return true;
	return a->ident.slots[IDENT_LINK] == 0 ? files || moments : files && moments;
}

/* Where there is no title the text stands for it; of a copy, for it is not kept. */
static void put_name(const struct feed_doc *doc, struct incoming *copy)
{
	struct feed_digest text;

	if (copy->ident.slots[IDENT_TITLE] != 0)
		return;
	text = feed_text_digest(doc, copy->item);
	copy->ident.slots[IDENT_TITLE] = ident_of(&text);
}

/* What has neither title nor text is no other than what has no title. */
static bool names_differ(const struct incoming *a, const struct incoming *b)
{
	uint64_t p = a->ident.slots[IDENT_TITLE], q = b->ident.slots[IDENT_TITLE];
	bool titled = a->item->title.length != 0 || b->item->title.length != 0;

	return p != q && (titled || (p != 0 && q != 0));
}

/*
 * Of the items that share one key, how many are different ones: other title, or other text
 * where there are none, and, where the link is no part of the key, other link.  Three titles under
 * one id are three items whatever their link.
 */
static size_t distinct(const struct incoming *group, size_t count, bool by_link)
{
	size_t titles = 1, i;
	bool apart = false;

	for (i = 1; i < count; i++) {
		const struct incoming *a = &group[i - 1], *b = &group[i];

		titles += names_differ(a, b);
		apart |= are_apart(a, b);
	}
	if (titles < 2 || (titles == 2 && !apart && !by_link))
		return 0;
	return titles;
}

/* Whether the link is part of the key of an item, or all of it. */
static bool link_in_key(
	const struct feed_doc *doc, enum ident_policy policy, const struct feed_item *item)
{
	return policy > POLICY_ID || key_is_link(doc, item);
}

/* Where the items with that one's key end. */
static size_t group_end(const struct incoming *all, size_t count, size_t first)
{
	size_t end = first + 1;

	while (end < count && memcmp(all[first].key, all[end].key, KEY_SIZE) == 0)
		end++;
	return end;
}

static bool shares_keys(const struct feed_doc *doc, enum ident_policy policy)
{
	size_t count = doc->items.count, first, end, sharing = 0, i;
	struct incoming *all = MEM_ARRAY(count, struct incoming);

	for (i = 0; i < count; i++) {
		fill(&all[i], feed_doc_item(doc, (uint32_t)i), policy);
		put_name(doc, &all[i]);
	}
	if (count > 1)
		qsort(all, count, sizeof(*all), by_key_title_link);
	for (first = 0; first < count; first = end) {
		end = group_end(all, count, first);
		sharing += distinct(
			&all[first], end - first, link_in_key(doc, policy, all[first].item));
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

/* What the newest of several copies lacks, but of none that seems to be another item.
 * Whether it lacked something; then its item is `room`. */
static bool join(const struct feed_doc *doc, struct incoming *group, size_t count,
	enum ident_policy policy, struct feed_item *room)
{
	bool by_link = link_in_key(doc, policy, group->item), took = false;
	const struct feed_item *article = group->item;
	struct incoming newest = *group;
	size_t i;

	put_name(doc, &newest);
	*room = *group->item;
	for (i = 1; i < count; i++) {
		struct incoming other = group[i];

		put_name(doc, &other);
		if (names_differ(&newest, &other) && (by_link || are_apart(&newest, &other)))
			continue;
		took |= identity_join(room, other.item);
		if (!feed_item_has_article(article) && feed_item_has_article(room))
			article = other.item;
	}
	if (took) {
		fill(group, room, policy);
		group->article = article;
	}
	return took;
}

static size_t count_shared(const struct incoming *all, size_t count)
{
	size_t shared = 0, first, end;

	for (first = 0; first < count; first = end) {
		end = group_end(all, count, first);
		shared += end > first + 1;
	}
	return shared;
}

/* Each key once, the first that has it; what is joined lies behind them all.  They are
 * moved there; how many are left. */
static size_t join_copies(const struct feed_doc *doc, struct incoming **all, size_t count,
	enum ident_policy policy, uint64_t authors)
{
	size_t size = count * sizeof(**all), kept = 0, first, end;
	size_t shared = count_shared(*all, count);
	struct feed_item *room;

	if (shared == 0)
		return count;
	*all = mem_realloc_array(*all, 1, size + shared * sizeof(*room));
	room = (struct feed_item *)(void *)(*all + count);
	for (first = 0; first < count; first = end) {
		struct incoming *group = *all + first;

		end = group_end(*all, count, first);
		if (end > first + 1 && join(doc, group, end - first, policy, room)) {
			fill_state(group, doc, authors);
			room++;
		}
		(*all)[kept++] = *group;
	}
	return kept;
}

struct incoming *identity_incoming(
	const struct feed_doc *doc, enum ident_policy policy, size_t *out_count)
{
	size_t count = doc->items.count, kept, i;
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
	kept = join_copies(doc, &all, count, policy, authors);
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
