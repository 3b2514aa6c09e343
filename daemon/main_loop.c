#include "daemon/main_loop.h"

#include <stdlib.h>
#include <unistd.h>

#define READERS 4u /* libuv's pool, which its environment can't change here */

static void *grow(void *old, size_t size)
{
	return mem_realloc_array(old, 1, size);
}

/* The first loop makes a pipe for signals. */
static int try_pipe(void)
{
	uv_file ends[2];
	int rc = uv_pipe(ends, 0, 0);

	if (rc < 0)
		return rc;
	close(ends[0]);
	close(ends[1]);
	return 0;
}

/* Each loop makes another one, with the first signal that is watched on it. */
static int try_signal(uv_loop_t *loop)
{
	static uv_signal_t handle; /* closed when the loop first turns */
	int rc = uv_signal_init(loop, &handle);

	if (rc == 0)
		uv_close((uv_handle_t *)&handle, NULL);
	return rc;
}

int main_loop_init(uv_loop_t *loop, struct err *err)
{
	int rc;

	(void)uv_replace_allocator(mem_alloc, grow, mem_alloc_array, free);
	rc = try_pipe();
	if (rc == 0)
		rc = uv_loop_init(loop);
	if (rc == 0)
		rc = try_signal(loop);
	if (rc < 0)
		return err_set(err, ERR_FAILED, "no descriptors to wait for events with: %s",
			uv_strerror(rc));
	return 0;
}

static void wait_for_all(void *all)
{
	uv_sem_wait(all);
}

int main_loop_try_threads(struct err *err)
{
	uv_thread_t threads[READERS];
	unsigned count = 0, i;
	uv_sem_t all;

	uv_sem_init(&all, 0);
	while (count < READERS && uv_thread_create(&threads[count], wait_for_all, &all) == 0)
		count++;
	for (i = 0; i < count; i++)
		uv_sem_post(&all);
	for (i = 0; i < count; i++)
		uv_thread_join(&threads[i]);
	uv_sem_destroy(&all);
	return count < READERS ? err_set(err, ERR_FAILED, "no threads to read the store with") : 0;
}
