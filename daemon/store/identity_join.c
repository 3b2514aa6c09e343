#include "daemon/store/identity_join.h"

#include <xxhash.h>

static bool take_text(struct feed_text *text, struct feed_text other)
{
	if (text->length != 0 || other.length == 0)
		return false;
	*text = other;
	return true;
}

static bool take_range(struct feed_range *range, struct feed_range other)
{
	if (range->count != 0 || other.count == 0)
		return false;
	*range = other;
	return true;
}

static bool is_same(
	const struct feed_item *item, const struct feed_item *other, enum feed_digest_kind kind)
{
	return feed_digest_equal(&item->digests[kind], &other->digests[kind]);
}

static void take_digest(
	struct feed_item *item, const struct feed_item *other, enum feed_digest_kind kind)
{
	if (!feed_digest_present(&item->digests[kind]))
		item->digests[kind] = other->digests[kind];
}

static void mix_digest(
	struct feed_item *item, const struct feed_item *other, enum feed_digest_kind kind)
{
	struct feed_digest both[] = { item->digests[kind], other->digests[kind] };
	XXH128_hash_t hash = XXH3_128bits(both, sizeof(both));

	item->digests[kind] = (struct feed_digest){ hash.low64, hash.high64 };
}

/* HTML and plain text are two forms of one text, and stay together. */
static bool take_article(struct feed_item *item, const struct feed_item *other)
{
	if (feed_item_has_article(item) || !feed_item_has_article(other))
		return false;
	item->content_html = other->content_html;
	item->content_text = other->content_text;
	return true;
}

/* What the content's digest is made of: the summary only where there is no more.  Under one
 * title and link that of the other copy is what it would be without this one. */
static bool take_content(struct feed_item *item, const struct feed_item *other)
{
	bool alike = is_same(item, other, FEED_DIGEST_TITLE) &&
		     is_same(item, other, FEED_DIGEST_LINK);
	bool silent = !feed_item_has_article(item) && item->summary.length == 0;
	bool article = take_article(item, other);
	bool summary = take_text(&item->summary, other->summary);
	bool title = take_text(&item->title, other->title);
	bool link = take_text(&item->url, other->url);
	bool says = article || (summary && silent);

	if (alike && silent && says)
		item->digests[FEED_DIGEST_CONTENT] = other->digests[FEED_DIGEST_CONTENT];
	else if (title || link || says)
		mix_digest(item, other, FEED_DIGEST_CONTENT);
	take_digest(item, other, FEED_DIGEST_TITLE);
	take_digest(item, other, FEED_DIGEST_LINK);
	take_digest(item, other, FEED_DIGEST_ALIAS_LINK);
	return title || link || summary || article;
}

static bool take_dates(struct feed_item *item, const struct feed_item *other)
{
	bool published = item->published_s == DATE_NONE && other->published_s != DATE_NONE;
	bool modified = item->modified_s == DATE_NONE && other->modified_s != DATE_NONE;

	if (published)
		item->published_s = other->published_s;
	if (modified)
		item->modified_s = other->modified_s;
	take_digest(item, other, FEED_DIGEST_DATE);
	return take_text(&item->date_raw, other->date_raw) || published || modified;
}

static bool take_rest(struct feed_item *item, const struct feed_item *other)
{
	bool took = take_text(&item->external_url, other->external_url);

	took |= take_text(&item->image, other->image);
	took |= take_text(&item->language, other->language);
	took |= take_text(&item->rights, other->rights);
	took |= take_text(&item->comments_url, other->comments_url);
	took |= take_text(&item->source_title, other->source_title);
	took |= take_text(&item->source_url, other->source_url);
	took |= take_range(&item->authors, other->authors);
	took |= take_range(&item->categories, other->categories);
	took |= take_range(&item->attachments, other->attachments);
	took |= take_range(&item->links, other->links);
	took |= take_range(&item->extensions, other->extensions);
	take_digest(item, other, FEED_DIGEST_ALIAS_ENCLOSURE);
	return took;
}

bool identity_join(struct feed_item *item, const struct feed_item *other)
{
	bool took = take_content(item, other);

	took |= take_dates(item, other);
	took |= take_rest(item, other);
	if (took)
		mix_digest(item, other, FEED_DIGEST_DETAILS);
	return took;
}
