#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/internal.h"

/*
 * After a stop that was none: read the whole file once, in the background,
 * while it already serves.  Damage comes to the store's fatal callback.  What a stop
 * ends is begun anew at the next start.
 */

struct check_job {
	struct store_read_job job;
	struct store *store;
};

static int check_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	sqlite3_stmt *check = db_use(&reader->db, STATEMENT_QUICK_CHECK);
	const char *words;
	int found;

	read_uses(job, reader->db.handle); /* a stop does not wait for it */
	found = db_step(&reader->db, check, err);
	read_uses(job, NULL);
	if (found <= 0)
		return found;
	words = db_text(check, 0);
	if (words != NULL && strcmp(words, "ok") != 0)
		found = err_set(err, ERR_DAMAGED, "the store is damaged: %s", words);
	sqlite3_reset(check);
	return found < 0 ? -1 : 0;
}

static void check_done(struct store_read_job *job, const struct err *err)
{
	if (err == NULL) /* damage is told by the pool */
		((struct check_job *)job)->store->unchecked = false;
}

static void check_release(struct store_read_job *job)
{
	free(job);
}

bool store_was_cut_off(const struct store *store)
{
	return store->unchecked;
}

void store_check_start(struct store *store)
{
	struct check_job *check = MEM_NEW(struct check_job);

	check->job.run = check_run;
	check->job.done = check_done;
	check->job.release = check_release;
	check->job.costly = true;
	check->store = store;
	store->unchecked = true;
	(void)pool_start(store->pool, &check->job);
}
