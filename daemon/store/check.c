#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/internal.h"

/*
 * After a stop that was none: read the whole file once, in the background,
 * while it already serves.  Damage comes to the store's fatal callback.
 */

static int check_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	sqlite3_stmt *check = db_use(&reader->db, STATEMENT_QUICK_CHECK);
	int found = db_step(&reader->db, check, err);
	const char *words;

	(void)job;
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
	(void)job;
	(void)err; /* damage is told by the pool */
}

static void check_release(struct store_read_job *job)
{
	free(job);
}

void store_check_start(struct store *store)
{
	struct store_read_job *job = MEM_NEW(struct store_read_job);

	job->run = check_run;
	job->done = check_done;
	job->release = check_release;
	(void)pool_start(store->pool, job);
}
