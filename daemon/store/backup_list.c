#include "daemon/store/backup_list.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/backup_file.h"
#include "daemon/store/db.h"
#include "daemon/store/file.h"
#include "daemon/store/internal.h"
#include "daemon/store/schema.h"

struct candidate {
	char *path;
	bool is_ours; /* made once a day, or before an upgrade */
	bool unread;
	int64_t store_id, parent_id, seq; /* parent_id: of what it is a copy of; 0: none */
	/* What began anew or was brought from elsewhere is another line, whose numbers
	 * say nothing about ours. */
	int64_t line;
	const char *line_newest; /* the last of its paths, by name */
	size_t generation;       /* of stores within the line */
};

struct candidates {
	struct candidate *list;
	size_t count;
};

static void look_inside(struct candidate *candidate)
{
	struct err ignored;
	struct db db;

	candidate->unread = true;
	/* SQLite would leave files beside it that others can write, too. */
	if (file_check_own(candidate->path, &ignored) < 0 ||
		schema_peek(candidate->path, &ignored) <= 0 ||
		db_open(&db, candidate->path, DB_READ, &ignored) < 0)
		return;
	candidate->store_id = db_number(&db, STATEMENT_STORE_ID);
	candidate->parent_id = db_number(&db, STATEMENT_STORE_PARENT);
	candidate->seq = db_number(&db, STATEMENT_STORE_SEQ);
	candidate->unread = candidate->store_id == 0;
	db_close(&db);
}

static bool is_backup(const char *name)
{
	size_t length = strlen(name);

	return length > 3 && name[0] != '.' && strcmp(name + length - 3, ".db") == 0;
}

static void gather(struct candidates *all, const char *dir_name)
{
	DIR *dir = opendir(dir_name);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct candidate *fresh;

		if (!is_backup(entry->d_name))
			continue;
		all->list = mem_realloc_array(all->list, all->count + 1, sizeof(*all->list));
		fresh = &all->list[all->count++];
		memset(fresh, 0, sizeof(*fresh));
		fresh->path = mem_printf("%s/%s", dir_name, entry->d_name);
		fresh->is_ours = backup_file_is_ours(entry->d_name) ||
				 backup_file_is_before(entry->d_name);
		look_inside(fresh);
	}
	if (dir != NULL)
		closedir(dir);
}

static const struct candidate *parent_of(
	const struct candidates *all, const struct candidate *candidate)
{
	size_t i;

	for (i = 0; candidate->parent_id != 0 && i < all->count; i++)
		if (all->list[i].store_id == candidate->parent_id)
			return &all->list[i];
	return NULL;
}

/* Files may say what they like: no more steps than there are files. */
static void find_line(const struct candidates *all, struct candidate *candidate)
{
	const struct candidate *first = candidate, *parent;

	while (candidate->generation < all->count && (parent = parent_of(all, first)) != NULL) {
		first = parent;
		candidate->generation++;
	}
	candidate->line = first->parent_id != 0 ? first->parent_id : first->store_id;
}

static void find_newest(const struct candidates *all, struct candidate *candidate)
{
	size_t i;

	for (i = 0; i < all->count; i++) {
		const struct candidate *other = &all->list[i];

		if (other->is_ours == candidate->is_ours && other->line == candidate->line &&
			(candidate->line_newest == NULL ||
				strcmp(other->path, candidate->line_newest) > 0))
			candidate->line_newest = other->path;
	}
}

static int by_worth(const void *a, const void *b)
{
	const struct candidate *one = a, *other = b;

	if (one->is_ours != other->is_ours)
		return one->is_ours ? -1 : 1;
	/* It will be passed over, which should be told. */
	if (one->unread != other->unread)
		return one->unread ? -1 : 1;
	if (one->line != other->line)
		return strcmp(other->line_newest, one->line_newest);
	if (one->generation != other->generation)
		return one->generation > other->generation ? -1 : 1;
	if (one->seq != other->seq)
		return one->seq > other->seq ? -1 : 1;
	return strcmp(other->path, one->path);
}

char **backup_list(const char *data_dir, size_t *out_count)
{
	char *dir_name = mem_printf("%s/" STORE_BACKUP_DIR, data_dir);
	struct candidates all = { NULL, 0 };
	char **paths = NULL;
	size_t i;

	gather(&all, dir_name);
	for (i = 0; i < all.count; i++)
		find_line(&all, &all.list[i]);
	for (i = 0; i < all.count; i++)
		find_newest(&all, &all.list[i]);
	if (all.count > 1)
		qsort(all.list, all.count, sizeof(*all.list), by_worth);
	if (all.count > 0)
		paths = MEM_ARRAY(all.count, char *);
	for (i = 0; i < all.count; i++)
		paths[i] = all.list[i].path;
	free(all.list);
	free(dir_name);
	*out_count = all.count;
	return paths;
}
