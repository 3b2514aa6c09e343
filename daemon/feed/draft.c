#include "daemon/feed/draft.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/feed/blank.h"

void draft_init(struct draft *draft, size_t text_max)
{
	memset(draft, 0, sizeof(*draft));
	buf_init(&draft->text, text_max);
}

void draft_release(struct draft *draft)
{
	buf_release(&draft->text);
	free(draft->persons);
	free(draft->attachments);
	free(draft->spares);
	free(draft->seen);
	memset(draft, 0, sizeof(*draft));
}

void draft_clear(struct draft *draft)
{
	buf_clear(&draft->text);
	memset(draft->slots, 0, sizeof(draft->slots));
	draft->image_width = -1;
	draft->person_count = 0;
	draft->attachment_count = 0;
	draft->spare_count = 0;
	draft->seen_count = 0;
}

struct value draft_text(struct draft *draft, const char *text, size_t length)
{
	struct value value = { .offset = (uint32_t)draft->text.length };

	if (length == 0 || buf_reserve(&draft->text, length + 1) < 0)
		return value;
	memcpy(draft->text.data + draft->text.length, text, length);
	draft->text.data[draft->text.length + length] = '\0';
	buf_grown(&draft->text, length + 1);
	value.length = (uint32_t)length;
	return value;
}

const char *draft_peek(const struct draft *draft, const struct value *value)
{
	return value->length != 0 ? draft->text.data + value->offset : "";
}

bool draft_wants(const struct draft *draft, enum slot slot, uint8_t priority)
{
	return draft->slots[slot].priority < priority;
}

int draft_offer(struct draft *draft, enum slot slot, uint8_t priority, enum text_type type,
	uint32_t base, const char *text, size_t length)
{
	struct value value;

	if (!draft_wants(draft, slot, priority))
		return 0;
	blank_trim(&text, &length);
	if (length == 0)
		return 0;
	value = draft_text(draft, text, length);
	if (value.length == 0)
		return 0;
	value.priority = priority;
	value.type = (uint8_t)type;
	value.base = base;
	draft->slots[slot] = value;
	return 1;
}

/* The list with room for one more. */
static void *grown(void *list, uint32_t count, uint32_t *capacity, size_t size)
{
	if (count < *capacity)
		return list;
	*capacity = *capacity != 0 ? *capacity * 2 : 4;
	return mem_realloc_array(list, *capacity, size);
}

struct draft_person *draft_person(struct draft *draft, uint32_t max)
{
	struct draft_person *person;

	if (draft->person_count >= max)
		return NULL;
	draft->persons = grown(draft->persons, draft->person_count, &draft->person_capacity,
		sizeof(*draft->persons));
	person = &draft->persons[draft->person_count++];
	memset(person, 0, sizeof(*person));
	return person;
}

struct draft_attachment *draft_attachment(struct draft *draft, uint32_t max)
{
	struct draft_attachment *attachment;

	if (draft->attachment_count >= max)
		return NULL;
	draft->attachments = grown(draft->attachments, draft->attachment_count,
		&draft->attachment_capacity, sizeof(*draft->attachments));
	attachment = &draft->attachments[draft->attachment_count++];
	memset(attachment, 0, sizeof(*attachment));
	attachment->size = attachment->duration_s = attachment->width = -1;
	return attachment;
}

struct draft_spare *draft_spare(struct draft *draft, uint32_t max)
{
	struct draft_spare *spare;

	if (draft->spare_count >= max)
		return NULL;
	draft->spares = grown(
		draft->spares, draft->spare_count, &draft->spare_capacity, sizeof(*draft->spares));
	spare = &draft->spares[draft->spare_count++];
	memset(spare, 0, sizeof(*spare));
	return spare;
}

bool draft_first_seen(struct draft *draft, uint64_t hash, uint32_t max)
{
	uint32_t i;

	for (i = 0; i < draft->seen_count; i++)
		if (draft->seen[i] == hash)
			return false;
	if (draft->seen_count >= max)
		return false;
	draft->seen = grown(
		draft->seen, draft->seen_count, &draft->seen_capacity, sizeof(*draft->seen));
	draft->seen[draft->seen_count++] = hash;
	return true;
}
