#include "daemon/feed/digest.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define XXH_INLINE_ALL /* what is hashed is short, and the state on the stack */
#include <xxhash.h>

#include "common/sixteen.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/build_rows.h"
#include "daemon/feed/feed.h"
#include "daemon/url.h"

#define FINGERPRINT_TEXT 4096u

struct stream {
	XXH3_state_t state;
	uint64_t left_out; /* what put_normalised() passed over, and where */
};

static struct feed_digest made(XXH128_hash_t hash)
{
	struct feed_digest digest = { hash.low64, hash.high64 };

	if (!feed_digest_present(&digest))
		digest.low = 1; /* zero means that there is none */
	return digest;
}

struct feed_digest digest_bytes(const void *data, size_t length)
{
	return made(XXH3_128bits(data, length));
}

void digest_hex(const struct feed_digest *digest, char out[33])
{
	snprintf(out, 33, "%016llx%016llx", (unsigned long long)digest->high,
		(unsigned long long)digest->low);
}

static void put(struct stream *stream, const char *data, size_t length)
{
	if (length != 0)
		XXH3_128bits_update(&stream->state, data, length);
}

/* What ends a URL inside of text or markup. */
static bool ends_url(unsigned char c)
{
	return c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>';
}

/* Whether text[at] is the '?' of a URL: what stands before it, up to a blank
 * or quote, holds a "://" or is an attribute's value. */
static bool is_query(const char *text, size_t at)
{
	size_t i = at;

	while (i > 0 && at - i < 512 && !ends_url((unsigned char)text[i - 1]))
		i--;
	if (i > 0 && (text[i - 1] == '"' || text[i - 1] == '\''))
		return true;
	return at - i >= 8 && memchr(text + i, ':', 6) != NULL;
}

/* Blanks but a single space between words, and the '?' of URLs. */
static bool is_special(const char *text, size_t at, size_t length)
{
	if (text[at] == '?')
		return is_query(text, at);
	return blank_is(text[at]) &&
	       (text[at] != ' ' || at + 1 == length || blank_is(text[at + 1]));
}

/* The first of sixteen bytes, with one behind them, that may be special: a control,
 * a '?' or the first of two blanks. */
static unsigned first_suspect(const char *text)
{
	sixteen c = sixteen_at(text), next = sixteen_at(text + 1);

	return sixteen_first((sixteen)((c < ' ') | (c == '?') | ((c == ' ') & (next <= ' '))));
}

static size_t next_special(const char *text, size_t at, size_t length)
{
	while (length - at > 16) {
		unsigned n = first_suspect(text + at);

		at += n;
		if (n == 16)
			continue;
		if (is_special(text, at, length))
			return at;
		at++;
	}
	while (at < length && !is_special(text, at, length))
		at++;
	return at;
}

static size_t skip_blanks(const char *text, size_t at, size_t length)
{
	while (at < length && blank_is(text[at]))
		at++;
	return at;
}

static size_t skip_query(const char *text, size_t at, size_t length)
{
	while (at < length && !ends_url((unsigned char)text[at]))
		at++;
	return at;
}

/* text[from..to-1] is not hashed.  What is passed over is little, so a second hash
 * of it and its places costs next to nothing, and both hashes tell whole texts apart. */
static void pass_over(struct stream *stream, const char *text, size_t from, size_t to)
{
	if (to > from)
		stream->left_out = XXH3_64bits_withSeed(
			text + from, to - from, stream->left_out ^ from);
}

/*
 * Text in which runs of white space are one space and URLs have no query:
 * tokens in image addresses change from answer to answer and mean nothing.
 * Most of it goes to the hash in long runs.
 */
static void put_normalised(struct stream *stream, const char *text, size_t length)
{
	size_t from = skip_blanks(text, 0, length), at;

	pass_over(stream, text, 0, from);
	while ((at = next_special(text, from, length)) < length) {
		put(stream, text + from, at - from);
		from = text[at] == '?' ? skip_query(text, at, length)
				       : skip_blanks(text, at, length);
		pass_over(stream, text, at, from);
		if (text[at] != '?' && from < length)
			put(stream, " ", 1);
	}
	put(stream, text + from, at - from);
	put(stream, "", 1);
}

static struct feed_digest stream_end(struct stream *stream)
{
	return made(XXH3_128bits_digest(&stream->state));
}

static void stream_begin(struct stream *stream)
{
	XXH3_128bits_reset(&stream->state);
	stream->left_out = 0;
}

static struct feed_digest normalised(const char *text, size_t length)
{
	struct stream stream;

	stream_begin(&stream);
	put_normalised(&stream, text, length);
	return stream_end(&stream);
}

bool feed_seem_same(const char *a, size_t a_length, const char *b, size_t b_length)
{
	struct feed_digest x = normalised(a, a_length), y = normalised(b, b_length);

	return x.low == y.low && x.high == y.high;
}

static struct feed_text content_of(const struct feed_item *item)
{
	if (item->content_html.length != 0)
		return item->content_html;
	if (item->content_text.length != 0)
		return item->content_text;
	return item->summary;
}

struct feed_digest feed_text_digest(const struct feed_doc *doc, const struct feed_item *item)
{
	struct feed_digest none = { 0, 0 };
	struct feed_text text = content_of(item);

	return text.length != 0 ? normalised(feed_doc_text(doc, text), text.length) : none;
}

/* *out_left_out: of what it leaves out. */
static struct feed_digest content_digest(
	const struct build *build, const struct feed_item *item, uint64_t *out_left_out)
{
	const struct feed_text parts[] = { item->title, item->url, content_of(item) };
	struct stream stream;
	size_t i;

	stream_begin(&stream);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		put_normalised(&stream, build_peek(build, parts[i]), parts[i].length);
	*out_left_out = stream.left_out;
	return stream_end(&stream);
}

static void put_text(struct stream *stream, const struct build *build, struct feed_text text)
{
	put(stream, build_peek(build, text), (size_t)text.length + 1);
}

static void put_bits(struct stream *stream, uint64_t bits)
{
	XXH3_128bits_update(&stream->state, &bits, sizeof(bits));
}

static void put_number(struct stream *stream, int64_t number)
{
	put_bits(stream, (uint64_t)number);
}

static void put_persons(
	struct stream *stream, const struct build *build, const struct feed_item *item)
{
	uint32_t i;

	put_number(stream, item->authors.count);
	for (i = 0; i < item->authors.count; i++) {
		const struct feed_person *row = build_open_row(build, LAYOUT_PERSONS, i);

		put_text(stream, build, row->name);
		put_text(stream, build, row->email);
		put_text(stream, build, row->url);
		put_text(stream, build, row->avatar);
		put_text(stream, build, row->role);
	}
}

static void put_categories(
	struct stream *stream, const struct build *build, const struct feed_item *item)
{
	uint32_t i;

	put_number(stream, item->categories.count);
	for (i = 0; i < item->categories.count; i++) {
		const struct feed_category *row = build_open_row(build, LAYOUT_CATEGORIES, i);

		put_text(stream, build, row->term);
		put_text(stream, build, row->label);
	}
}

static void put_attachments(
	struct stream *stream, const struct build *build, const struct feed_item *item)
{
	uint32_t i;

	put_number(stream, item->attachments.count);
	for (i = 0; i < item->attachments.count; i++) {
		const struct feed_attachment *row = build_open_row(build, LAYOUT_ATTACHMENTS, i);

		put_text(stream, build, row->url);
		put_text(stream, build, row->mime_type);
		put_text(stream, build, row->title);
		put_number(stream, row->size);
		put_number(stream, row->duration_s);
	}
}

/* left_out: of the content's digest.  What is no change there is stored all the same. */
static struct feed_digest details_digest(
	const struct build *build, const struct feed_item *item, uint64_t left_out)
{
	struct stream stream;

	stream_begin(&stream);
	put_bits(&stream, left_out);
	put_number(&stream, item->content_html.length != 0);
	put_number(&stream, item->modified_s);
	if (item->content_html.length != 0) /* else it is content */
		put_text(&stream, build, item->content_text);
	put_text(&stream, build, item->url);
	put_text(&stream, build, item->external_url);
	put_text(&stream, build, item->language);
	put_text(&stream, build, item->image);
	put_text(&stream, build, item->summary);
	put_persons(&stream, build, item);
	put_categories(&stream, build, item);
	put_attachments(&stream, build, item);
	return stream_end(&stream);
}

static struct feed_digest prefixed(const char *prefix, const char *text, size_t length)
{
	struct stream stream;

	stream_begin(&stream);
	put(&stream, prefix, strlen(prefix));
	put(&stream, text, length);
	return stream_end(&stream);
}

static struct feed_digest fingerprint(const struct build *build, const struct feed_item *item)
{
	struct feed_text content = content_of(item);
	struct stream stream;

	stream_begin(&stream);
	put(&stream, "fp:", 3);
	put(&stream, build_peek(build, item->title), item->title.length + 1);
	put(&stream, build_peek(build, item->date_raw), item->date_raw.length + 1);
	put(&stream, build_peek(build, content),
		content.length < FINGERPRINT_TEXT ? content.length : FINGERPRINT_TEXT);
	return stream_end(&stream);
}

static struct feed_digest of_text(const struct build *build, struct feed_text text)
{
	struct feed_digest none = { 0, 0 };

	return text.length != 0 ? digest_bytes(build_peek(build, text), text.length) : none;
}

struct feed_digest feed_key_of_id(const char *id, size_t length)
{
	return digest_bytes(id, length);
}

struct feed_digest feed_key_of_link(const char *link, size_t length)
{
	return prefixed("link:", link, length);
}

static void put_key(const struct build *build, struct feed_item *item, struct feed_text enclosure)
{
	struct feed_digest *key = &item->digests[FEED_DIGEST_KEY];

	if (item->guid.length != 0) {
		item->key_kind = FEED_KEY_ID;
		*key = feed_key_of_id(build_peek(build, item->guid), item->guid.length);
	} else if (item->url.length != 0) {
		item->key_kind = FEED_KEY_LINK;
		*key = feed_key_of_link(build_peek(build, item->url), item->url.length);
	} else if (enclosure.length != 0) {
		item->key_kind = FEED_KEY_ENCLOSURE;
		*key = prefixed("enc:", build_peek(build, enclosure), enclosure.length);
	} else {
		item->key_kind = FEED_KEY_FINGERPRINT;
		*key = fingerprint(build, item);
	}
}

struct feed_digest feed_alias_of_id(const char *id, size_t length)
{
	struct feed_digest none = { 0, 0 };
	size_t skip;

	if (strncasecmp(id, "http://", 7) == 0)
		skip = 7;
	else if (strncasecmp(id, "https://", 8) == 0)
		skip = 8;
	else
		return none;
	if (strncasecmp(id + skip, "www.", 4) == 0)
		skip += 4;
	if (length > skip && id[length - 1] == '/')
		length--;
	return digest_bytes(id + skip, length - skip);
}

struct feed_digest feed_alias_of_link(const char *url)
{
	struct feed_digest digest = { 0, 0 };
	char *normal = url[0] != '\0' ? url_normalise(url) : NULL;

	if (normal != NULL)
		digest = digest_bytes(normal, strlen(normal));
	free(normal);
	return digest;
}

/* The id that K is made of: where there is none, the link. */
static struct feed_digest alias_of_key(const struct build *build, const struct feed_item *item)
{
	struct feed_text id = item->guid.length != 0 ? item->guid : item->url;

	return feed_alias_of_id(build_peek(build, id), id.length);
}

static struct feed_digest alias_of_date(const struct build *build, const struct feed_item *item)
{
	struct feed_digest none = { 0, 0 };
	struct stream stream;

	if (item->title.length == 0 || item->date_raw.length == 0)
		return none;
	stream_begin(&stream);
	put(&stream, build_peek(build, item->title), item->title.length + 1);
	put(&stream, build_peek(build, item->date_raw), item->date_raw.length);
	return stream_end(&stream);
}

void digest_item(const struct build *build, struct feed_item *item)
{
	const struct feed_attachment *first = NULL;
	struct feed_text enclosure = { 0, 0 };
	struct feed_digest *digests = item->digests;
	uint64_t left_out;

	if (item->attachments.count != 0)
		first = build_open_row(build, LAYOUT_ATTACHMENTS, 0);
	if (first != NULL)
		enclosure = first->url;
	put_key(build, item, enclosure);
	digests[FEED_DIGEST_LINK] = of_text(build, item->url);
	digests[FEED_DIGEST_DATE] = of_text(build, item->date_raw);
	digests[FEED_DIGEST_TITLE] = of_text(build, item->title);
	digests[FEED_DIGEST_ALIAS_ID] = alias_of_key(build, item);
	digests[FEED_DIGEST_ALIAS_LINK] = feed_alias_of_link(build_peek(build, item->url));
	digests[FEED_DIGEST_ALIAS_DATE] = alias_of_date(build, item);
	digests[FEED_DIGEST_ALIAS_ENCLOSURE] = of_text(build, enclosure);
	digests[FEED_DIGEST_CONTENT] = content_digest(build, item, &left_out);
	digests[FEED_DIGEST_DETAILS] = details_digest(build, item, left_out);
}
