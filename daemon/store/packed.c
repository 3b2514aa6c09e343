#include "daemon/store/packed.h"

#include <stdlib.h>

#include "common/mem.h"

struct article {
	int packing;
	size_t at, length;
};

struct packed {
	struct buf bytes;
	struct article articles[];
};

int packed_item(struct content_packer *packer, const struct feed_doc *doc,
	const struct feed_item *item, const void **out_bytes, size_t *out_length)
{
	return content_pack(packer, feed_doc_text(doc, item->content_html),
		item->content_html.length, feed_doc_text(doc, item->content_text),
		item->content_text.length, out_bytes, out_length);
}

struct packed *packed_new(struct content_packer *packer, const struct feed_doc *doc)
{
	size_t count = doc->items.count, i;
	struct packed *packed = mem_alloc(sizeof(*packed) + count * sizeof(struct article));

	/* Where texts are not shared, they fit. */
	buf_init(&packed->bytes, doc->size + count);
	for (i = 0; i < count; i++) {
		struct article *article = &packed->articles[i];
		const void *bytes;

		article->packing = packed_item(
			packer, doc, feed_doc_item(doc, (uint32_t)i), &bytes, &article->length);
		article->at = packed->bytes.length;
		if (buf_add(&packed->bytes, bytes, article->length) < 0)
			article->packing = PACKED_NOT;
	}
	buf_trim(&packed->bytes);
	return packed;
}

void packed_free(struct packed *packed)
{
	if (packed == NULL)
		return;
	buf_release(&packed->bytes);
	free(packed);
}

int packed_article(
	const struct packed *packed, size_t index, const void **out_bytes, size_t *out_length)
{
	const struct article *article = &packed->articles[index];

	*out_bytes = packed->bytes.data + article->at;
	*out_length = article->length;
	return article->packing;
}
