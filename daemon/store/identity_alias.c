/*
 * The same items under other ids: by what else they share with one that we have and
 * that the document does not show any more.
 */
#include <stdlib.h>

#include "common/mem.h"
#include "common/order.h"
#include "daemon/store/identity.h"

/* -------------------------------------------------------- aliases ---- */

/* In the order in which they are tried; WHOLE is a page or a file with title and text, for
 * where several share it; MOMENT, a raw date alone, is for what nobody edited. */
enum match {
	MATCH_ID,
	MATCH_DATE,
	MATCH_LINK,
	MATCH_ENCLOSURE,
	MATCH_TITLE,
	MATCH_WHOLE_LINK,
	MATCH_WHOLE_ENCLOSURE,
	MATCH_MOMENT,
	MATCHES
};

static uint64_t mixed(uint64_t a, uint64_t b)
{
	return a * 0x9e3779b97f4a7c15ull + b;
}

/* 0 where there is no such page or file. */
static uint64_t whole(const uint64_t *slots, enum ident_slot alias)
{
	if (slots[alias] == 0)
		return 0;
	return mixed(mixed(slots[alias], slots[IDENT_TITLE]), slots[IDENT_CONTENT]);
}

static uint64_t match_value(const struct ident *ident, enum match match)
{
	const uint64_t *slots = ident->slots;

	switch (match) {
	case MATCH_ID:
		return slots[IDENT_ALIAS_ID];
	case MATCH_DATE: /* title and raw date; where one is missing, all that there is */
		if (slots[IDENT_TITLE] == 0 || slots[IDENT_DATE] == 0)
			return mixed(slots[IDENT_CONTENT], slots[IDENT_DATE]);
		return mixed(slots[IDENT_TITLE], slots[IDENT_DATE]);
	case MATCH_LINK:
		return slots[IDENT_ALIAS_LINK];
	case MATCH_ENCLOSURE:
		return slots[IDENT_ALIAS_ENCLOSURE];
	case MATCH_WHOLE_LINK:
		return whole(slots, IDENT_ALIAS_LINK);
	case MATCH_WHOLE_ENCLOSURE:
		return whole(slots, IDENT_ALIAS_ENCLOSURE);
	case MATCH_MOMENT:
		return slots[IDENT_DATE];
	default:
		return slots[IDENT_TITLE];
	}
}

/* One value of one kind: who of either side has it. */
struct probe {
	uint64_t value;
	size_t incoming;             /* how many */
	size_t known;                /* how many */
	const struct stored *stored; /* the newest of them */
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

static void present_sort(struct present *present)
{
	if (present->count > 1)
		qsort(present->ids, present->count, sizeof(*present->ids), order_int64);
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
	       bsearch(&id, present->ids, present->count, sizeof(id), order_int64) != NULL;
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

static bool same(const struct incoming *in, const struct stored *stored, enum ident_slot slot)
{
	uint64_t value = in->ident.slots[slot];

	return value != 0 && value == stored->ident.slots[slot];
}

/* ---------------------------------------------------------- trust ---- */

/* What is to be thought of an id that nobody knows. */
struct trust {
	bool alone;       /* no other item of the document says anything of it */
	bool all_are_new; /* nor has any other an id that is known */
	bool ids_change;  /* and some of them are known all the same: they change each time */
	const struct identity_feed *feed;
};

/* Whether they say of one moment that they came out then, however that is written;
 * what stands in place of a date, such as the year 1, is no moment. */
enum agreement { AGREE, SILENT, DISAGREE };

static bool has_moment(const struct incoming *in)
{
	return in->item->published_s != DATE_NONE || in->item->modified_s != DATE_NONE;
}

static enum agreement dates(
	const struct trust *trust, const struct incoming *in, const struct stored *stored)
{
	int64_t p = in->item->published_s, q;

	if (!has_moment(in))
		return SILENT;
	if (same(in, stored, IDENT_DATE))
		return AGREE;
	q = p != DATE_NONE ? trust->feed->published(trust->feed->ctx, stored->item_id) : DATE_NONE;
	return q == DATE_NONE ? SILENT : p == q ? AGREE : DISAGREE;
}

/* A link may be written in another way, but lead there still. */
static bool is_in_one_place(const struct trust *trust, enum match match, const struct incoming *in,
	const struct stored *stored)
{
	return match != MATCH_LINK || same(in, stored, IDENT_LINK) ||
	       trust->feed->same_place(trust->feed->ctx, in->item, stored->item_id);
}

/* Neither has a link, and its file is all the address that it has. */
static bool has_file_only(const struct incoming *in, const struct stored *stored)
{
	return in->ident.slots[IDENT_LINK] == 0 && stored->ident.slots[IDENT_LINK] == 0;
}

/*
 * Another name on the same page, of the same moment: somebody wrote it anew, where the
 * text is what it was, or where ids change each time and tell nothing.  Without a name,
 * that text is enough at another place of the page, or with the same file.  Alone in its
 * feed it is the next item, at the address that all of them have; and so is what has
 * nothing in common but a file that it leads to, such as the stream of a station.
 */
static bool is_renamed(const struct trust *trust, enum match match, const struct incoming *in,
	const struct stored *stored)
{
	const struct identity_feed *feed = trust->feed;
	bool untitled = in->ident.slots[IDENT_TITLE] == stored->ident.slots[IDENT_TITLE];

	if (trust->alone && !feed->older)
		return false;
	if (match == MATCH_LINK && is_in_one_place(trust, match, in, stored))
		return trust->ids_change || untitled ||
		       feed->same_text(feed->ctx, in->item, stored->item_id);
	if (match == MATCH_ENCLOSURE && trust->ids_change && has_file_only(in, stored))
		return true;
	return untitled && feed->same_text(feed->ctx, in->item, stored->item_id);
}

/*
 * One page, or one file, and one name make one item, whatever else was edited.  But two
 * moments and two texts are two where there is nothing to be edited: a comic, alone in
 * its feed, that always has the front page for its link; a ticket that was written to
 * again, which is another place on the page.
 */
static bool is_of_one_page(const struct trust *trust, enum match match, const struct incoming *in,
	const struct stored *stored)
{
	enum agreement said = dates(trust, in, stored);

	if (same(in, stored, IDENT_CONTENT))
		return true;
	if (!same(in, stored, IDENT_TITLE))
		return said == AGREE && is_renamed(trust, match, in, stored);
	return said != DISAGREE || (!trust->alone && is_in_one_place(trust, match, in, stored));
}

/* No date, or what stands in its place, and every letter the same: where ids hold, that is
 * somebody saying a thing once more, and where all of them are new each time it is the same
 * item. */
static bool is_made_anew(
	const struct trust *trust, const struct incoming *in, const struct stored *stored)
{
	return trust->all_are_new &&
	       in->ident.slots[IDENT_DATE] == stored->ident.slots[IDENT_DATE] &&
	       same(in, stored, IDENT_CONTENT);
}

/* One link, written in another way, in the place of an id: where it leads to another site
 * there may be a second item about that, with a name and a moment of its own. */
static bool is_other_of_link(
	const struct trust *trust, const struct incoming *in, const struct stored *stored)
{
	uint64_t was = stored->ident.slots[IDENT_TITLE], is = in->ident.slots[IDENT_TITLE];

	return in->item->key_kind == FEED_KEY_LINK && was != 0 && is != 0 && was != is &&
	       dates(trust, in, stored) == DISAGREE;
}

/* Whether one that an alias points to is the same item. */
static bool is_same(const struct trust *trust, enum match match, const struct incoming *in,
	const struct stored *stored)
{
	switch (match) {
	case MATCH_ID:
		return !is_other_of_link(trust, in, stored);
	case MATCH_LINK:
	case MATCH_ENCLOSURE:
		return is_of_one_page(trust, match, in, stored);
	case MATCH_DATE:
		if (in->ident.slots[IDENT_DATE] == 0 || !has_moment(in))
			return is_made_anew(trust, in, stored);
		return dates(trust, in, stored) == AGREE;
	default:
		return dates(trust, in, stored) == AGREE;
	}
}

/* ------------------------------------------------------- matching ---- */

static void take(struct incoming *in, const struct stored *stored, struct present *present)
{
	in->verdict = VERDICT_REKEYED;
	in->item_id = stored->item_id;
	present_add(present, stored->item_id);
}

/* Neither a name nor a word: what is nothing but its page is told from no other there. */
static bool says_nothing(const struct incoming *in)
{
	return in->ident.slots[IDENT_TITLE] == 0 && in->item->content_html.length == 0 &&
	       in->item->content_text.length == 0 && in->item->summary.length == 0;
}

/*
 * A page that several stored items share, such as those with its old title and with its
 * new one, names none of them; but it does with title and text, all the same, where only
 * one of the document has them.  It is the newest that has them, and no other came to the
 * page since: a status that is what it was before the last one is news.  Unless all ids
 * are new, for then they tell nothing of what came since.
 */
static const struct stored *shared_match(const struct table *tables, enum match match,
	const struct incoming *in, const struct trust *trust, const struct present *present)
{
	enum match page = match == MATCH_WHOLE_LINK ? MATCH_LINK : MATCH_ENCLOSURE;
	const struct probe *all = table_find(&tables[page], match_value(&in->ident, page));
	const struct probe *probe = table_find(&tables[match], match_value(&in->ident, match));

	if (all == NULL || probe == NULL || probe->known == 0 || probe->incoming != 1 ||
		says_nothing(in) || is_present(present, probe->stored->item_id))
		return NULL;
	if (probe->stored != all->stored && !trust->all_are_new)
		return NULL;
	return is_in_one_place(trust, page, in, probe->stored) ? probe->stored : NULL;
}

/* Without `trust` an alias is enough. */
static const struct stored *find_match(const struct table *tables, enum match match,
	const struct incoming *in, const struct trust *trust, const struct present *present)
{
	const struct stored *stored;

	if (match == MATCH_WHOLE_LINK || match == MATCH_WHOLE_ENCLOSURE)
		return shared_match(tables, match, in, trust, present);
	stored = unique_match(&tables[match], match, in, present);
	return stored != NULL && (trust == NULL || is_same(trust, match, in, stored)) ? stored
										      : NULL;
}

/* One kind of alias over all that is still new. */
static void match_all(struct incoming *incoming, size_t count, const struct table *tables,
	enum match match, const struct trust *trust, struct present *present)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct stored *stored;

		if (incoming[i].verdict != VERDICT_NEW)
			continue;
		stored = find_match(tables, match, &incoming[i], trust, present);
		if (stored != NULL)
			take(&incoming[i], stored, present);
	}
}

/* How many of the new ones would be the same item if ids changed each time. */
static size_t count_renamed(const struct incoming *incoming, size_t count,
	const struct table *tables, const struct trust *trust, const struct present *present)
{
	static const enum match matches[] = { MATCH_LINK, MATCH_ENCLOSURE };
	struct trust would = *trust;
	size_t renamed = 0, i, m;
	bool found;

	would.ids_change = true;
	for (i = 0; i < count; i++) {
		found = incoming[i].verdict != VERDICT_NEW;
		for (m = 0; m < 2 && !found; m++) {
			found = find_match(tables, matches[m], &incoming[i], &would, present) !=
				NULL;
			renamed += found;
		}
	}
	return renamed;
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

void identity_alias(struct incoming *incoming, size_t count, const struct identity_feed *feed)
{
	struct present present = { MEM_ARRAY(count, int64_t), 0 };
	struct trust trust = { .alone = feed->older || count == 1, .feed = feed };
	struct table tables[MATCHES];
	size_t fresh, i;

	for (i = 0; i < count; i++)
		if (incoming[i].verdict == VERDICT_KNOWN)
			present.ids[present.count++] = incoming[i].item_id;
	present_sort(&present);
	trust.all_are_new = !trust.alone && still_new(incoming, count) == count;
	for (i = 0; i < MATCHES; i++)
		table_fill(&tables[i], (enum match)i, incoming, count, feed->stored,
			feed->stored_count);
	/* A page of the past lacks what is newer, and that may say the same. */
	for (i = 0; i < (feed->older ? MATCH_WHOLE_LINK : MATCH_MOMENT); i++)
		match_all(incoming, count, tables, (enum match)i, &trust, &present);
	fresh = still_new(incoming, count);
	/* One page and one moment may be two items': a single one proves nothing. */
	trust.ids_change = trust.all_are_new &&
			   count_renamed(incoming, count, tables, &trust, &present) +
					   (count - fresh) >
				   1;
	if (trust.ids_change) {
		match_all(incoming, count, tables, MATCH_LINK, &trust, &present);
		match_all(incoming, count, tables, MATCH_ENCLOSURE, &trust, &present);
		fresh = still_new(incoming, count);
	}
	if (feed->unedited || (!feed->older && identity_is_flood(fresh, count) &&
				      familiar(incoming, count, tables) * 10 >= fresh * 6)) {
		for (i = 0; i < count; i++)
			incoming[i].flood = incoming[i].verdict == VERDICT_NEW;
		match_all(incoming, count, tables, MATCH_LINK, NULL, &present);
		match_all(incoming, count, tables, MATCH_TITLE, NULL, &present);
	}
	if (feed->unedited)
		match_all(incoming, count, tables, MATCH_MOMENT, NULL, &present);
	for (i = 0; i < MATCHES; i++)
		free(tables[i].probes);
	free(present.ids);
}
