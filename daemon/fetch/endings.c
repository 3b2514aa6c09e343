#include "daemon/fetch/endings.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/fetch/kernel.h"

/* The turns in which it last happened; 0: never. */
struct ending {
	uint64_t unread, reset;
};

void endings_release(struct endings *endings)
{
	free(endings->of);
	*endings = (struct endings){ NULL, 0 };
}

static struct ending *room_for(struct endings *endings, size_t at)
{
	size_t room = endings->room;

	if (at < room)
		return &endings->of[at];
	endings->room = at + 64;
	endings->of = mem_realloc_array(endings->of, endings->room, sizeof(*endings->of));
	memset(endings->of + room, 0, (endings->room - room) * sizeof(*endings->of));
	return &endings->of[at];
}

void endings_note(struct endings *endings, int fd, uint64_t turn)
{
	struct ending *ending = room_for(endings, (size_t)fd);

	if (kernel_has_unread(fd))
		ending->unread = turn;
	if (kernel_was_reset(fd))
		ending->reset = turn;
}

static const struct ending *find(const struct endings *endings, int fd)
{
	return fd >= 0 && (size_t)fd < endings->room ? &endings->of[fd] : NULL;
}

bool endings_left_unread(const struct endings *endings, int fd, uint64_t turn)
{
	const struct ending *ending = find(endings, fd);

	return ending != NULL && ending->unread == turn;
}

bool endings_was_reset(const struct endings *endings, int fd, uint64_t since)
{
	const struct ending *ending = find(endings, fd);

	return ending != NULL && ending->reset >= since;
}
