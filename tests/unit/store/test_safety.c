#include <fcntl.h>
#include <sys/stat.h>

#include "world.h"

#include "daemon/store/internal.h"
#include "daemon/store/store_copies.h"

/* A file that is damaged, newer, taken or lost. */

static const struct words one[] = { { .guid = "a", .title = "A", .text = "a" } };

static char *path_of(struct world *w, const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	return path;
}

static void overwrite(struct world *w, const char *name, off_t at, const char *bytes, size_t length)
{
	int fd = open(path_of(w, name), O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, length, at), length);
	close(fd);
}

static void shell(const struct world *w, const char *words)
{
	char *command = mem_printf("cd %s && %s", w->dir, words);

	assert_int_equal(system(command), 0);
	free(command);
}

static char *contents(struct world *w, size_t *out_length)
{
	FILE *file = fopen(path_of(w, "feedd.db"), "rb");
	char *bytes = mem_alloc(1 << 22);

	assert_non_null(file);
	*out_length = fread(bytes, 1, 1 << 22, file);
	fclose(file);
	return bytes;
}

static enum err_code reopen(struct world *w, struct err *err)
{
	struct store_options options = { w->dir, DAY, DAY, DAY, 3, NULL, NULL };

	if (store_open(&w->loop, &options, &w->store, err) == 0)
		return ERR_NONE;
	return err->code;
}

static void the_store_of_a_newer_feedd_is_refused_untouched(void **state)
{
	struct world *w = *state;
	char *before, *after;
	size_t before_length, after_length;
	struct err err;

	world_close(w);
	overwrite(w, "feedd.db", 60, "\0\0\3\1", 4);
	before = contents(w, &before_length);
	assert_int_equal(reopen(w, &err), ERR_NEWER);
	after = contents(w, &after_length);
	assert_int_equal(before_length, after_length);
	assert_memory_equal(before, after, after_length);
	free(before);
	free(after);
}

/* Of an upgrade that a crash followed only the journal knows; it stays as it is, too. */
static void so_is_one_that_only_its_journal_calls_newer(void **state)
{
	struct world *w = *state;
	struct err err;

	world_close(w);
	shell(w, "sqlite3 feedd.db '.dbconfig no_ckpt_on_close on'"
		 " 'PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 769' >/dev/null");
	shell(w, "cp feedd.db before.db && cp feedd.db-wal before.wal && test -s before.wal");
	assert_int_equal(reopen(w, &err), ERR_NEWER);
	shell(w, "cmp feedd.db before.db && cmp feedd.db-wal before.wal");
}

static void a_damaged_header_is_no_empty_store(void **state)
{
	struct world *w = *state;
	struct err err;

	world_close(w);
	overwrite(w, "feedd.db", 0, "garbage", 7);
	assert_int_equal(reopen(w, &err), ERR_DAMAGED);
}

static void somebody_elses_database_is_refused(void **state)
{
	struct world *w = *state;
	struct err err;

	world_close(w);
	overwrite(w, "feedd.db", 68, "\0\0\0\7", 4);
	assert_int_equal(reopen(w, &err), ERR_DAMAGED);
	/* Most programs give their databases neither number. */
	overwrite(w, "feedd.db", 60, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
	assert_int_equal(reopen(w, &err), ERR_DAMAGED);
}

static void a_second_feedd_is_refused(void **state)
{
	struct world *w = *state;
	struct store_options options = { w->dir, DAY, DAY, DAY, 3, NULL, NULL };
	struct store *other;
	struct err err;

	assert_int_equal(store_open(&w->loop, &options, &other, &err), -1);
	assert_int_equal(err.code, ERR_LOCKED);
}

static void nobody_else_can_read_the_data(void **state)
{
	struct world *w = *state;
	static const char *const names[] = { "feedd.db", "feedd.db-wal", "feedd.db-shm",
		"feedd.lock" };
	struct stat status;
	size_t i;

	world_add(w, "https://e.org/feed");
	for (i = 0; i < 4; i++) {
		assert_int_equal(stat(path_of(w, names[i]), &status), 0);
		assert_int_equal(status.st_mode & 0777, 0600);
	}
}

static void what_others_can_write_is_refused(void **state)
{
	struct world *w = *state;
	static const char *const names[] = { "feedd.db", "feedd.db-wal", "feedd.db-shm" };
	static const mode_t modes[] = { 0620, 0602, 0666 };
	struct buf words;
	struct err err;
	size_t i;

	world_close(w);
	buf_init(&words, 4096);
	for (i = 0; i < 9; i++) {
		int fd = open(path_of(w, names[i / 3]), O_RDWR | O_CREAT, 0600);

		assert_int_equal(fchmod(fd, modes[i % 3]), 0);
		assert_int_equal(reopen(w, &err), ERR_UNSAFE);
		assert_non_null(strstr(err.text, path_of(w, names[i / 3])));
		assert_non_null(strstr(err.text, "it can be written by others; chmod 600 it"));
		assert_int_equal(store_recover(w->dir, &words, &err), -1);
		assert_int_equal(err.code, ERR_UNSAFE);
		assert_int_equal(fchmod(fd, 0644), 0);
		close(fd);
	}
	buf_release(&words);
	world_open(w);
}

static void nor_is_a_backup_put_in_place_that_others_can_write(void **state)
{
	struct world *w = *state;
	struct buf words;
	struct err err;

	world_close(w);
	shell(w, "mkdir backup && mv feedd.db backup/1.db && chmod 666 backup/1.db");
	buf_init(&words, 4096);
	assert_int_equal(store_recover(w->dir, &words, &err), -1);
	assert_int_equal(err.code, ERR_UNSAFE);
	assert_non_null(strstr(err.text, "backup/1.db: it can be written by others"));
	shell(w, "chmod 644 backup/1.db");
	if (store_recover(w->dir, &words, &err) < 0)
		fail_msg("%s", err.text);
	buf_release(&words);
	world_open(w);
	nobody_else_can_read_the_data(state);
}

static void on_fatal(void *ctx, const struct err *err)
{
	((struct world *)ctx)->id = err->code;
	world_answer(ctx, NULL);
}

static void damage_is_found_after_a_stop_that_was_none(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char zeros[4096];
	struct err err;
	int page;

	INGEST(w, feed, one);
	world_close(w);
	/* A page of an index that opening does not touch. */
	world_sql(w, "UPDATE store SET clean = 0");
	page = atoi(world_sql(w, "SELECT rootpage FROM sqlite_schema WHERE name = 'dated'"));
	memset(zeros, 0xff, sizeof(zeros));
	overwrite(w, "feedd.db", (off_t)(page - 1) * 4096, zeros, sizeof(zeros));
	assert_int_equal(reopen(w, &err), ERR_NONE);
	store_on_fatal(w->store, on_fatal, w);
	world_wait(w);
	assert_int_equal(w->id, ERR_DAMAGED);
}

static int broken_run(struct job *job, struct writer *writer, struct err *err)
{
	(void)job;
	(void)writer;
	return err_set(err, ERR_IO, "a disk that does not write");
}

static void broken_release(struct job *job)
{
	free(job);
}

static void what_a_broken_disk_has_is_looked_at_by_the_next_start(void **state)
{
	struct world *w = *state;
	struct job *job = MEM_NEW(struct job);

	job->run = broken_run;
	job->release = broken_release;
	queue_push(w->store->queue, job);
	world_close(w);
	assert_string_equal(world_sql(w, "SELECT clean FROM store"), "0");
	world_open(w);
}

static void a_check_that_a_stop_ends_is_begun_anew(void **state)
{
	struct world *w = *state;
	struct err err;

	world_close(w);
	assert_string_equal(world_sql(w, "SELECT clean FROM store"), "1");
	world_sql(w, "UPDATE store SET clean = 0");
	assert_int_equal(reopen(w, &err), ERR_NONE);
	world_close(w);
	assert_string_equal(world_sql(w, "SELECT clean FROM store"), "0");
	world_open(w);
}

static void recovery_puts_the_newest_sound_backup_in_place(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char command[512];
	struct buf words;
	struct err err;

	INGEST(w, feed, one);
	world_close(w);
	snprintf(command, sizeof(command),
		"cd %s && mkdir backup && cp feedd.db backup/feedd-1.db &&"
		" echo rubbish > backup/feedd-2.db && echo xmlUrl= > subscriptions.opml",
		w->dir);
	assert_int_equal(system(command), 0);
	overwrite(w, "feedd.db", 0, "garbage", 7);
	buf_init(&words, 1 << 16);
	if (store_recover(w->dir, &words, &err) < 0)
		fail_msg("%s", err.text);
	assert_non_null(strstr(words.data, "1 feeds, 1 items"));
	assert_int_equal(access(path_of(w, "feedd.db.damaged-1"), F_OK), 0);
	assert_non_null(strstr(words.data, "subscriptions-1.opml: feedctl import it"));
	assert_int_equal(access(path_of(w, "subscriptions-1.opml"), F_OK), 0);
	buf_clear(&words);
	assert_int_equal(store_recover(w->dir, &words, &err), 0);
	assert_non_null(strstr(words.data, "is sound"));
	buf_release(&words);
	world_open(w);
	assert_int_equal(world_count(w, NULL), 1);
}

/* Three empty days later the backups would be empty, too. */
static void no_empty_store_begins_beside_backups_of_a_full_one(void **state)
{
	static const char *const losses[] = { "rm feedd.db", ": >feedd.db" };
	struct world *w = *state;
	struct store_options options = { w->dir, 90 * DAY, INT64_MAX, DAY, 3, NULL, NULL };
	char command[512];
	struct err err;
	size_t i;

	world_close(w);
	snprintf(command, sizeof(command), "cd %s && mkdir backup && cp feedd.db backup/1.db",
		w->dir);
	assert_int_equal(system(command), 0);
	assert_int_equal(unlink(path_of(w, "feedd.db")), 0);
	world_open(w); /* backups of an empty one say nothing */
	world_add(w, "https://e.org/feed");
	world_close(w);
	for (i = 0; i < 2; i++) {
		snprintf(command, sizeof(command), "cd %s && cp feedd.db backup/2.db && %s", w->dir,
			losses[i]);
		assert_int_equal(system(command), 0);
		assert_int_equal(store_open(&w->loop, &options, &w->store, &err), -1);
		assert_int_equal(err.code, ERR_DAMAGED);
		assert_non_null(strstr(err.text, "gone or empty"));
		snprintf(command, sizeof(command), "cd %s && mv backup/2.db feedd.db", w->dir);
		assert_int_equal(system(command), 0);
	}
	world_open(w);
}

static void a_new_store_does_not_write_over_the_feeds_of_the_one_before(void **state)
{
	struct world *w = *state;
	char command[512];

	world_close(w);
	snprintf(command, sizeof(command), "cd %s && rm feedd.db && echo none >subscriptions.opml",
		w->dir);
	assert_int_equal(system(command), 0);
	world_open(w);
	world_close(w);
	assert_int_equal(access(path_of(w, "subscriptions.opml"), F_OK), 0);
	snprintf(command, sizeof(command),
		"cd %s && rm feedd.db && echo xmlUrl= >subscriptions.opml", w->dir);
	assert_int_equal(system(command), 0);
	world_open(w);
	assert_int_equal(access(path_of(w, "subscriptions.opml"), F_OK), -1);
	assert_string_equal(store_earlier_list(w->store), path_of(w, "subscriptions-1.opml"));
	assert_int_equal(access(path_of(w, "subscriptions-1.opml"), F_OK), 0);
}

static void recovery_of_no_store_calls_nothing_damaged(void **state)
{
	struct world *w = *state;
	struct buf words;
	struct err err;
	char *dir = mem_printf("%s/none", w->dir);

	assert_int_equal(mkdir(dir, 0700), 0);
	buf_init(&words, 4096);
	assert_int_equal(store_recover(dir, &words, &err), -1);
	assert_non_null(strstr(err.text, "there is no store"));
	assert_null(strstr(err.text, "damaged"));
	buf_release(&words);
	/* And leaves nothing behind. */
	assert_int_equal(rmdir(dir), 0);
	free(dir);
}

static void recovery_without_a_backup_touches_nothing(void **state)
{
	struct world *w = *state;
	struct buf words;
	struct err err;

	world_close(w);
	overwrite(w, "feedd.db", 0, "garbage", 7);
	buf_init(&words, 1 << 16);
	assert_int_equal(store_recover(w->dir, &words, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	buf_release(&words);
	assert_int_equal(access(path_of(w, "feedd.db"), F_OK), 0);
}

/* To SQLite it is as good a name as any other. */
static void a_flipped_bit_in_a_columns_name_is_damage(void **state)
{
	static const char name[] = "last_unconditional_s";
	struct world *w = *state;
	char *file, *at;
	size_t length;
	struct buf words;
	struct err err;

	world_close(w);
	buf_init(&words, 1 << 16);
	assert_int_equal(store_recover(w->dir, &words, &err), 0);
	assert_non_null(strstr(words.data, "is sound"));
	file = contents(w, &length);
	at = memmem(file, length, name, strlen(name));
	assert_non_null(at);
	overwrite(w, "feedd.db", at - file, "m", 1);
	free(file);
	assert_int_equal(reopen(w, &err), ERR_DAMAGED);
	assert_non_null(strstr(err.text, "its tables are not as feedd made them"));
	assert_int_equal(store_recover(w->dir, &words, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	buf_release(&words);
}

/* ------------------------------------------------------------ cursors ---- */

static void a_cursor_is_good_for_its_store_only(void **state)
{
	struct world *w = *state;
	char cursor[STORE_CURSOR_MAX], other[STORE_CURSOR_MAX];
	uint64_t seq;
	struct err err;

	world_add(w, "https://e.org/feed");
	INGEST(w, w->id, one);
	store_cursor_format(w->store, w->delta.seq, cursor);
	assert_int_equal(cursor[0], 'c');
	assert_int_equal(store_cursor_parse(w->store, cursor, &seq, &err), 0);
	assert_int_equal(seq, w->delta.seq);
	store_cursor_format(w->store, w->delta.seq + 1, other);
	assert_int_equal(store_cursor_parse(w->store, other, &seq, &err), -1);
	assert_int_equal(store_cursor_parse(w->store, "c1.1", &seq, &err), -1);
	assert_int_equal(err.code, ERR_REFUSED);
	assert_int_equal(store_cursor_parse(w->store, "c", &seq, &err), -1);
	assert_int_equal(store_cursor_parse(w->store, "12", &seq, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(the_store_of_a_newer_feedd_is_refused_untouched),
		TEST(so_is_one_that_only_its_journal_calls_newer),
		TEST(a_damaged_header_is_no_empty_store),
		TEST(somebody_elses_database_is_refused),
		TEST(a_second_feedd_is_refused),
		TEST(nobody_else_can_read_the_data),
		TEST(what_others_can_write_is_refused),
		TEST(nor_is_a_backup_put_in_place_that_others_can_write),
		TEST(damage_is_found_after_a_stop_that_was_none),
		TEST(what_a_broken_disk_has_is_looked_at_by_the_next_start),
		TEST(a_check_that_a_stop_ends_is_begun_anew),
		TEST(recovery_puts_the_newest_sound_backup_in_place),
		TEST(no_empty_store_begins_beside_backups_of_a_full_one),
		TEST(a_new_store_does_not_write_over_the_feeds_of_the_one_before),
		TEST(recovery_of_no_store_calls_nothing_damaged),
		TEST(recovery_without_a_backup_touches_nothing),
		TEST(a_flipped_bit_in_a_columns_name_is_damage),
		TEST(a_cursor_is_good_for_its_store_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
