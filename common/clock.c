#include "common/clock.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int64_t read_ms(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#ifdef FEEDD_TEST_HOOKS
#define REREAD_MS 50

struct offset {
	_Atomic int64_t all_s, set_s;
};

/* A file that is being written anew may be empty for a moment: the offset then
 * stays as it was. */
static void read_offset(const char *path, struct offset *offset)
{
	char text[64];
	char *end;
	ssize_t length;
	long long value;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return;
	text[length] = '\0';
	value = strtoll(text, &end, 10);
	if (end == text)
		return;
	atomic_store(&offset->all_s, value);
	atomic_store(&offset->set_s, strtoll(end, NULL, 10));
}

static const struct offset *offset_read(void)
{
	static struct offset offset;
	static _Atomic int64_t read_at_ms = INT64_MIN / 2;
	const char *path = getenv("FEEDD_TEST_CLOCK_FILE");
	int64_t steady_ms = clock_steady_ms();

	if (path != NULL && steady_ms - atomic_load(&read_at_ms) > REREAD_MS) {
		atomic_store(&read_at_ms, steady_ms);
		read_offset(path, &offset);
	}
	return &offset;
}

static int64_t offset_ms(void)
{
	return atomic_load(&offset_read()->all_s) * 1000;
}

static int64_t passed_ms(void)
{
	const struct offset *offset = offset_read();

	return (atomic_load(&offset->all_s) - atomic_load(&offset->set_s)) * 1000;
}
#else
static int64_t offset_ms(void)
{
	return 0;
}

static int64_t passed_ms(void)
{
	return 0;
}
#endif

int64_t clock_now_ms(void)
{
	return read_ms(CLOCK_REALTIME) + offset_ms();
}

int64_t clock_now_s(void)
{
	int64_t now_ms = clock_now_ms();

	return now_ms / 1000 - (now_ms % 1000 < 0 ? 1 : 0);
}

int64_t clock_steady_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_elapsed_ms(void)
{
	return read_ms(CLOCK_BOOTTIME) + passed_ms();
}

int64_t clock_thread_ms(void)
{
	return read_ms(CLOCK_THREAD_CPUTIME_ID);
}
