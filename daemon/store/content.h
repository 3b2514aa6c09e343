#ifndef STORE_CONTENT_H
#define STORE_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * An article as one packed blob: its html, then, where there is any, a NUL and
 * its plain text; compressed with zstd where that pays.  Knows no SQL.
 */

enum content_packing { CONTENT_PLAIN, CONTENT_ZSTD };

#define CONTENT_MAX (64u << 20) /* no article unpacks to more */

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

/* Belongs to one thread. */
struct content_packer {
	int level; /* of zstd, to be changed before the first use */
	struct ZSTD_CCtx_s *compressor;
	struct buf plain;
	struct buf packed;
};
void content_packer_init(struct content_packer *packer);
void content_packer_release(struct content_packer *packer);

/*
 * Pack; *out_bytes live until the next call.  The result is the packing.
 * html and text may be "".
 */
int content_pack(struct content_packer *packer, const char *html, size_t html_length,
	const char *text, size_t text_length, const void **out_bytes, size_t *out_length);

/* The same of bytes that are what they are: a bundle (bundle.h). */
int content_pack_bytes(struct content_packer *packer, const char *plain, size_t length,
	const void **out_bytes, size_t *out_length);

/*
 * What is searched of an article: its words, or NULL where there are none.  They are
 * `text`, or in `plain`, which is cleared first.
 */
const char *content_words(const char *html, const char *text, struct buf *plain);

struct content_unpacker {
	struct ZSTD_DCtx_s *decompressor;
	struct buf plain;
	int64_t bundle; /* that is in `plain`, or 0 */
};
void content_unpacker_init(struct content_unpacker *unpacker);
void content_unpacker_release(struct content_unpacker *unpacker);

/*
 * Both texts, NULL where there is none; they live until the next call.
 * ERR_DAMAGED.
 */
int content_unpack(struct content_unpacker *unpacker, int packing, const void *bytes, size_t length,
	const char **out_html, const char **out_text, struct err *err) MUST_USE;

/* The same of an article in a bundle; the last bundle is not unpacked again, for
 * one never changes. */
int content_unpack_bundled(struct content_unpacker *unpacker, int64_t bundled, int packing,
	const void *bytes, size_t length, const char **out_html, const char **out_text,
	struct err *err) MUST_USE;

#endif
