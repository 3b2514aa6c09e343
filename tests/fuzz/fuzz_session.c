/*
 * Any bytes from a client, to the real socket with the real store behind it:
 * whatever is sent, the answers are sound replies, the connection ends, and
 * the next client is served.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "tests/unit/control/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What would go to the network, or start a process of this program. */
static bool is_worldly(const uint8_t *data, size_t size)
{
	static const char *const words[] = { "Add", "Discover", "Import", "Refresh", "Push",
		"Backfill", "\\u" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (memmem(data, size, words[i], strlen(words[i])) != NULL)
			return true;
	}
	return false;
}

static int on_row(void *ctx, const char *list, const struct wire_row *row)
{
	(void)ctx;
	(void)list;
	(void)row;
	return 0;
}

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues)
{
	(void)ctx;
	(void)parameters;
	(void)continues;
	return 0;
}

static int on_error(void *ctx, const char *name, const struct wire_row *parameters)
{
	(void)ctx;
	/* An error says what is wrong: a sentence, or the name of a parameter. */
	if (name[0] == '\0' || parameters->count == 0)
		abort();
	return 0;
}

static void listen_to(struct world *w, int fd)
{
	static const struct wire_listener listener = { on_row, on_reply, on_error };
	struct wire_reader *reader = wire_reader_new(&listener, NULL);
	uint64_t end = uv_hrtime() + UINT64_C(20000000000);
	char bytes[65536];
	struct err err;
	ssize_t n;

	for (;;) {
		if (uv_hrtime() > end)
			world_die("the connection does not end", NULL);
		uv_run(&w->loop, UV_RUN_NOWAIT);
		n = recv(fd, bytes, sizeof(bytes), 0);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			break;
		if (n > 0 && wire_read(reader, bytes, (size_t)n, &err) < 0)
			world_die("no sound reply", &err);
	}
	if (!wire_reader_idle(reader))
		world_die("half a reply", NULL);
	wire_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world *world;
	static const char count[] = "{\"method\":\"org.feedd.Count\"}";
	struct buf heard;
	int fd;

	if (is_worldly(data, size))
		return 0;
	if (world == NULL)
		world = world_new();
	fd = world_connect(world);
	if (world_send(world, fd, (const char *)data, size) == 0)
		shutdown(fd, SHUT_WR);
	listen_to(world, fd);
	close(fd);
	fd = world_connect(world);
	buf_init(&heard, 4096);
	world_say(world, fd, count);
	if (world_hear(world, fd, 1, &heard) || strstr(heard.data, "\"count\":") == NULL)
		world_die("the next client is not served", NULL);
	buf_release(&heard);
	close(fd);
	world_turn(world, 3);
	return 0;
}
