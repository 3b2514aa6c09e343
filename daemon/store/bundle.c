#include "daemon/store/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/bytes.h"

/* A reader of one article unpacks the others, too: no more than this, but for
 * an article that is larger alone. */
#define PLAIN_MAX (48u << 10)

#define NUMBER 4u /* bytes of one */

struct row {
	int64_t id;
	unsigned live;
	int packing;
	size_t at, length;
};

struct place {
	uint32_t row, slot;
	bool empty; /* there is no article */
};

struct bundles {
	struct buf bytes;
	struct row *rows;
	size_t row_count;
	struct place *places; /* of each item */
};

/* ---------------------------------------------------------- packing ---- */

static void put_number(struct buf *out, uint32_t number)
{
	unsigned char bytes[NUMBER];

	bytes_put(bytes, NUMBER, number);
	(void)!buf_add(out, bytes, sizeof(bytes)); /* there is room: run_length() */
}

static size_t article_length(const struct feed_item *item)
{
	size_t text = item->content_text.length;

	return item->content_html.length + (text != 0 ? text + 1 : 0);
}

static void put_article(struct buf *out, const struct feed_doc *doc, const struct feed_item *item)
{
	(void)!buf_add(out, feed_doc_text(doc, item->content_html), item->content_html.length);
	(void)!buf_add_byte(out, '\0');
	if (item->content_text.length == 0)
		return;
	(void)!buf_add(out, feed_doc_text(doc, item->content_text), item->content_text.length);
	(void)!buf_add_byte(out, '\0');
}

/* How many items from `first` on go together, empty ones too; *out_size is what
 * they take before packing. */
static size_t run_length(const struct feed_doc *doc, size_t first, size_t *out_size)
{
	size_t count = doc->items.count, size = NUMBER, articles = 0, i;

	for (i = first; i < count; i++) {
		size_t length = article_length(feed_doc_item(doc, (uint32_t)i));

		if (length == 0)
			continue;
		if (articles == BUNDLE_ARTICLES_MAX ||
			(articles > 0 && size + length + NUMBER + 1 > PLAIN_MAX))
			break;
		size += length + NUMBER + 1;
		articles++;
	}
	*out_size = size;
	return i - first;
}

/* Items first..end-1 to `plain`; their places are in the bundle `row`. */
static void put_run(struct bundles *bundles, const struct feed_doc *doc, size_t first, size_t end,
	struct buf *plain)
{
	uint32_t articles = 0;
	size_t i;

	for (i = first; i < end; i++) {
		struct place *place = &bundles->places[i];

		place->row = (uint32_t)bundles->row_count;
		place->empty = article_length(feed_doc_item(doc, (uint32_t)i)) == 0;
		if (!place->empty)
			place->slot = articles++;
	}
	put_number(plain, articles);
	for (i = first; i < end; i++)
		if (!bundles->places[i].empty)
			put_number(
				plain, (uint32_t)article_length(feed_doc_item(doc, (uint32_t)i)));
	for (i = first; i < end; i++)
		if (!bundles->places[i].empty)
			put_article(plain, doc, feed_doc_item(doc, (uint32_t)i));
}

/* Texts of a document may be the same bytes of it; then they are more than it. */
static bool is_repetitive(const struct feed_doc *doc)
{
	size_t total = 0, i;

	for (i = 0; i < doc->items.count; i++)
		total += article_length(feed_doc_item(doc, (uint32_t)i));
	return total > doc->size;
}

static void add_row(struct bundles *bundles, struct content_packer *packer, const struct buf *plain)
{
	struct row *row;
	const void *bytes;

	bundles->rows = mem_realloc_array(
		bundles->rows, bundles->row_count + 1, sizeof(*bundles->rows));
	row = &bundles->rows[bundles->row_count++];
	memset(row, 0, sizeof(*row));
	row->packing = content_pack_bytes(packer, plain->data, plain->length, &bytes, &row->length);
	row->at = bundles->bytes.length;
	(void)!buf_add(&bundles->bytes, bytes, row->length);
}

struct bundles *bundles_new(struct content_packer *packer, const struct feed_doc *doc)
{
	size_t count = doc->items.count, first, run, size;
	struct bundles *bundles;
	struct buf plain;

	if (is_repetitive(doc))
		return NULL;
	bundles = MEM_NEW(struct bundles);
	bundles->places = MEM_ARRAY(count, struct place);
	buf_init(&bundles->bytes, SIZE_MAX / 2);
	buf_init(&plain, SIZE_MAX / 2);
	for (first = 0; first < count; first += run) {
		run = run_length(doc, first, &size);
		buf_clear(&plain);
		(void)!buf_reserve(&plain, size);
		put_run(bundles, doc, first, first + run, &plain);
		if (plain.length > NUMBER)
			add_row(bundles, packer, &plain);
	}
	buf_release(&plain);
	buf_trim(&bundles->bytes);
	return bundles;
}

void bundles_free(struct bundles *bundles)
{
	if (bundles == NULL)
		return;
	buf_release(&bundles->bytes);
	free(bundles->rows);
	free(bundles->places);
	free(bundles);
}

/* ---------------------------------------------------------- storing ---- */

int64_t bundles_place(struct bundles *bundles, size_t index, int64_t item_id)
{
	const struct place *place = &bundles->places[index];
	struct row *row;

	if (place->empty)
		return 0;
	row = &bundles->rows[place->row];
	if (row->live++ == 0)
		row->id = item_id;
	return bundle_place(row->id, place->slot);
}

size_t bundles_count(const struct bundles *bundles)
{
	return bundles->row_count;
}

void bundles_get(const struct bundles *bundles, size_t index, struct bundle *out_bundle)
{
	const struct row *row = &bundles->rows[index];

	*out_bundle = (struct bundle){ .id = row->id,
		.live = row->live,
		.packing = row->packing,
		.bytes = bundles->bytes.data + row->at,
		.length = row->length };
}

/* ------------------------------------------------------- one by one ---- */

void bundle_draft_init(struct bundle_draft *draft)
{
	buf_init(&draft->lengths, NUMBER * BUNDLE_ARTICLES_MAX);
	buf_init(&draft->articles, PLAIN_MAX);
}

void bundle_draft_release(struct bundle_draft *draft)
{
	buf_release(&draft->lengths);
	buf_release(&draft->articles);
}

bool bundle_draft_add(struct bundle_draft *draft, const char *html, const char *text)
{
	size_t html_length = html != NULL ? strlen(html) : 0;
	size_t length = html_length + (text != NULL ? strlen(text) + 1 : 0);

	if (draft->lengths.length == NUMBER * BUNDLE_ARTICLES_MAX ||
		draft->articles.length + length + 1 > PLAIN_MAX)
		return false;
	put_number(&draft->lengths, (uint32_t)length);
	(void)!buf_add(&draft->articles, html != NULL ? html : "", html_length + 1);
	if (text != NULL)
		(void)!buf_add(&draft->articles, text, strlen(text) + 1);
	return true;
}

int bundle_draft_pack(const struct bundle_draft *draft, struct content_packer *packer,
	const void **out_bytes, size_t *out_length)
{
	struct buf *plain = &packer->plain;

	buf_clear(plain);
	put_number(plain, (uint32_t)(draft->lengths.length / NUMBER));
	(void)!buf_add(plain, draft->lengths.data, draft->lengths.length);
	(void)!buf_add(plain, draft->articles.data, draft->articles.length);
	return content_pack_bytes(packer, plain->data, plain->length, out_bytes, out_length);
}

/* ---------------------------------------------------------- reading ---- */

static size_t number_at(const char *plain, size_t index)
{
	return bytes_little_32((const unsigned char *)plain + index * NUMBER);
}

int bundle_article(const char *plain, size_t length, int64_t bundled, const char **out_article,
	size_t *out_length, struct err *err)
{
	size_t slot = (size_t)(bundled & (BUNDLE_ARTICLES_MAX - 1)), at, i;
	size_t count = length >= NUMBER ? number_at(plain, 0) : 0;

	at = NUMBER * (count + 1);
	if (slot >= count || count > BUNDLE_ARTICLES_MAX || at > length)
		return err_set(err, ERR_DAMAGED, "an article is not in its bundle");
	for (i = 0; i < slot && at <= length; i++)
		at += number_at(plain, i + 1) + 1;
	if (at > length || number_at(plain, slot + 1) >= length - at)
		return err_set(err, ERR_DAMAGED, "a bundle of articles ends early");
	*out_article = plain + at;
	*out_length = number_at(plain, slot + 1);
	return 0;
}
