#include "daemon/feed/finish_spare.h"

#include <stdbool.h>
#include <string.h>

#include "daemon/feed/link.h"
#include "daemon/feed/reader.h"
#include "daemon/feed/text.h"

static const char *peek(const struct reader *reader, const struct value *value)
{
	return draft_peek(reader->now, value);
}

static bool is_same(const struct reader *reader, const struct value *a, const struct value *b)
{
	return a->length == b->length && memcmp(peek(reader, a), peek(reader, b), a->length) == 0;
}

/* One date may be a candidate for both. */
static enum slot twin(enum slot slot)
{
	return slot == SLOT_PUBLISHED  ? SLOT_MODIFIED
	       : slot == SLOT_MODIFIED ? SLOT_PUBLISHED
				       : slot;
}

/* What won its slot says the same, or one of the earlier spares. */
static bool is_said(const struct reader *reader, uint32_t at)
{
	const struct draft *draft = reader->now;
	const struct draft_spare *spare = &draft->spares[at];
	enum slot other = twin(spare->slot);
	uint32_t i;

	if (is_same(reader, &draft->slots[spare->slot], &spare->value) ||
		is_same(reader, &draft->slots[other], &spare->value))
		return true;
	for (i = 0; i < at; i++)
		if ((draft->spares[i].slot == spare->slot || draft->spares[i].slot == other) &&
			is_same(reader, &draft->spares[i].value, &spare->value))
			return true;
	return false;
}

/* No summary that is shorter was cut (feed/finish.c). */
#define UNCUT_MAX 1020u

/* A summary may have been cut, and its markup is gone. */
static bool is_in_summary(const struct reader *reader, const char *text, size_t length)
{
	const struct feed_text *said = reader->in_item ? &build_item_open(reader->build)->summary
						       : &build_doc(reader->build)->description;

	if (said->length != length && said->length <= UNCUT_MAX)
		return false;
	return said->length != 0 && said->length <= length &&
	       memcmp(build_peek(reader->build, *said), text, said->length) == 0;
}

static bool is_address(enum slot slot)
{
	return slot == SLOT_IMAGE || slot == SLOT_ICON || slot == SLOT_COMMENTS;
}

static void put_text(struct reader *reader, const struct draft_spare *spare)
{
	const char *text = peek(reader, &spare->value);
	size_t length = spare->value.length, max = reader->limits->title_max;
	struct feed_extension row;

	if (is_address(spare->slot)) {
		link_resolve(
			reader_base_url(reader, spare->value.base), text, length, &reader->finish);
		text = reader->finish.data;
		length = reader->finish.length;
	}
	text_make_plain((enum text_type)spare->value.type, &text, &length, max, &reader->finish);
	if (length == 0 || (spare->slot == SLOT_SUMMARY && is_in_summary(reader, text, length)))
		return;
	row.value = build_text(reader->build, text, length, max);
	row.name = build_text(
		reader->build, peek(reader, &spare->name), spare->name.length, READER_NAME_MAX);
	build_extension(reader->build, &row);
}

void finish_spares(struct reader *reader)
{
	const struct draft *draft = reader->now;
	uint32_t i;

	for (i = 0; i < draft->spare_count; i++) {
		const struct draft_spare *spare = &draft->spares[i];

		if (is_said(reader, i))
			continue;
		if (spare->slot != SLOT_LINK ||
			reader_link_from(reader, spare->value.base, "alternate",
				peek(reader, &spare->value)) == 0)
			put_text(reader, spare);
	}
}
