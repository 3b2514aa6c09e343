#include "daemon/store/content.h"

#include <string.h>
#include <zstd.h>

#include "common/strip.h"
#include "daemon/store/bundle.h"

#define PAYS_FROM 160 /* bytes; below, a frame's overhead eats the gain */
#define LEVEL 1       /* what arrives is to be on disk soon */

void content_packer_init(struct content_packer *packer)
{
	packer->level = LEVEL;
	packer->compressor = NULL;
	buf_init(&packer->plain, CONTENT_MAX);
	buf_init(&packer->packed, CONTENT_MAX);
}

void content_packer_release(struct content_packer *packer)
{
	ZSTD_freeCCtx(packer->compressor);
	buf_release(&packer->plain);
	buf_release(&packer->packed);
	content_packer_init(packer);
}

/* One article can be large and is soon over; its memory is not kept. */
static void make_empty(struct buf *buf)
{
	if (buf->capacity > 1u << 20)
		buf_release(buf);
	else
		buf_clear(buf);
}

static int compress(struct content_packer *packer, const char *plain, size_t length)
{
	size_t bound = ZSTD_compressBound(length), size;

	if (packer->compressor == NULL) {
		packer->compressor = ZSTD_createCCtx();
		if (packer->compressor == NULL)
			return -1;
		ZSTD_CCtx_setParameter(packer->compressor, ZSTD_c_compressionLevel, packer->level);
		ZSTD_CCtx_setParameter(packer->compressor, ZSTD_c_dictIDFlag, 0);
	}
	make_empty(&packer->packed);
	if (buf_reserve(&packer->packed, bound) < 0)
		return -1;
	size = ZSTD_compress2(packer->compressor, packer->packed.data, bound, plain, length);
	if (ZSTD_isError(size) || size > length - length / 8)
		return -1;
	buf_grown(&packer->packed, size);
	return 0;
}

int content_pack(struct content_packer *packer, const char *html, size_t html_length,
	const char *text, size_t text_length, const void **out_bytes, size_t *out_length)
{
	const char *plain = html;
	size_t length = html_length;

	if (text_length != 0) {
		make_empty(&packer->plain);
		if (buf_add(&packer->plain, html, html_length) == 0 &&
			buf_add_byte(&packer->plain, '\0') == 0 &&
			buf_add(&packer->plain, text, text_length) == 0) {
			plain = packer->plain.data;
			length = packer->plain.length;
		}
	}
	return content_pack_bytes(packer, plain, length, out_bytes, out_length);
}

int content_pack_bytes(struct content_packer *packer, const char *plain, size_t length,
	const void **out_bytes, size_t *out_length)
{
	if (length >= PAYS_FROM && compress(packer, plain, length) == 0) {
		*out_bytes = packer->packed.data;
		*out_length = packer->packed.length;
		return CONTENT_ZSTD;
	}
	*out_bytes = plain;
	*out_length = length;
	return CONTENT_PLAIN;
}

const char *content_words(const char *html, const char *text, struct buf *plain)
{
	if (html == NULL)
		return text;
	buf_clear(plain);
	if (strip_text(html, strlen(html), STRIP_WORDS, plain) < 0)
		return NULL;
	return plain->data;
}

void content_unpacker_init(struct content_unpacker *unpacker)
{
	unpacker->decompressor = NULL;
	unpacker->bundle = 0;
	buf_init(&unpacker->plain, CONTENT_MAX);
}

void content_unpacker_release(struct content_unpacker *unpacker)
{
	ZSTD_freeDCtx(unpacker->decompressor);
	buf_release(&unpacker->plain);
	content_unpacker_init(unpacker);
}

static int decompress(struct content_unpacker *unpacker, const void *bytes, size_t length)
{
	unsigned long long size = ZSTD_getFrameContentSize(bytes, length);
	size_t got;

	if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
		size > CONTENT_MAX)
		return -1;
	if (unpacker->decompressor == NULL)
		unpacker->decompressor = ZSTD_createDCtx();
	if (unpacker->decompressor == NULL || buf_reserve(&unpacker->plain, (size_t)size) < 0)
		return -1;
	got = ZSTD_decompressDCtx(
		unpacker->decompressor, unpacker->plain.data, (size_t)size, bytes, length);
	if (ZSTD_isError(got) || got != size)
		return -1;
	buf_grown(&unpacker->plain, got);
	return 0;
}

/* What was packed, to unpacker->plain. */
static int unpack(struct content_unpacker *unpacker, int packing, const void *bytes, size_t length,
	struct err *err)
{
	unpacker->bundle = 0;
	make_empty(&unpacker->plain);
	if (packing == CONTENT_PLAIN) {
		if (buf_add(&unpacker->plain, bytes, length) < 0)
			return err_set(err, ERR_DAMAGED, "an article is larger than any can be");
	} else if (packing != CONTENT_ZSTD || decompress(unpacker, bytes, length) < 0) {
		return err_set(err, ERR_DAMAGED, "an article can't be unpacked");
	}
	return 0;
}

/* There is a NUL behind the article. */
static void split(const char *article, size_t length, const char **out_html, const char **out_text)
{
	size_t html_length = strlen(article);

	*out_html = html_length != 0 ? article : NULL;
	*out_text = html_length < length ? article + html_length + 1 : NULL;
}

int content_unpack(struct content_unpacker *unpacker, int packing, const void *bytes, size_t length,
	const char **out_html, const char **out_text, struct err *err)
{
	if (unpack(unpacker, packing, bytes, length, err) < 0)
		return -1;
	split(unpacker->plain.data, unpacker->plain.length, out_html, out_text);
	return 0;
}

int content_unpack_bundled(struct content_unpacker *unpacker, int64_t bundled, int packing,
	const void *bytes, size_t length, const char **out_html, const char **out_text,
	struct err *err)
{
	const char *article;
	size_t article_length;

	if (unpacker->bundle != bundle_id(bundled)) {
		if (unpack(unpacker, packing, bytes, length, err) < 0)
			return -1;
		unpacker->bundle = bundle_id(bundled);
	}
	if (bundle_article(unpacker->plain.data, unpacker->plain.length, bundled, &article,
		    &article_length, err) < 0)
		return -1;
	split(article, article_length, out_html, out_text);
	return 0;
}
