#include "ctl/mail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "ctl/files.h"

/*
 * A maildir: one file an item, in new/ while it is unread, in cur/ with its
 * flags else.  An item that is there already, wherever a mail program moved it,
 * is not written again.
 */
struct maildir {
	char **names; /* of what is in cur/ and new/, sorted, without flags */
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Where the name stands, or would. */
static size_t place_of(const struct maildir *m, const char *name)
{
	size_t from = 0, to = m->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (strcmp(m->names[middle], name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void keep_name(struct maildir *m, size_t at, char *name)
{
	if ((m->count & (m->count - 1)) == 0)
		m->names = mem_realloc_array(
			m->names, m->count == 0 ? 1 : m->count * 2, sizeof(char *));
	memmove(m->names + at + 1, m->names + at, (m->count++ - at) * sizeof(char *));
	m->names[at] = name;
}

static int gather(struct maildir *m, const char *into, const char *sub, struct err *err)
{
	char *path = mem_printf("%s/%s", into, sub);
	struct dirent *entry;
	DIR *directory;
	int result = files_make_directory(path, err);

	directory = result == 0 ? opendir(path) : NULL;
	if (result == 0 && directory == NULL)
		result = err_set_errno(err, ERR_IO, errno, "%s", path);
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		if (strstr(entry->d_name, ".feedd") == NULL)
			continue;
		keep_name(m, m->count, mem_strndup(entry->d_name, strcspn(entry->d_name, ":")));
	}
	if (directory != NULL)
		closedir(directory);
	free(path);
	return result;
}

static int maildir_begin(struct printer *printer, struct err *err)
{
	struct maildir *m = MEM_NEW(struct maildir);
	char *tmp = mem_printf("%s/tmp", printer->into);
	int result;

	printer->own = m;
	result = files_make_directory(tmp, err);
	free(tmp);
	if (result < 0 || gather(m, printer->into, "cur", err) < 0 ||
		gather(m, printer->into, "new", err) < 0)
		return -1;
	if (m->count > 0)
		qsort(m->names, m->count, sizeof(char *), by_name);
	return 0;
}

/* What another job put there meanwhile is there already. */
static int give_name(const char *made, const char *place, struct err *err)
{
	if (renameat2(AT_FDCWD, made, AT_FDCWD, place, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EEXIST) {
		unlink(made);
		return 0;
	}
	/* Not every file system can rename so; what it replaces is the same item. */
	return rename(made, place) < 0 ? err_set_errno(err, ERR_IO, errno, "%s", place) : 0;
}

/* made: a template of mkstemp(), for another job may be making the same item. */
static int write_file(struct printer *printer, const struct wire_row *row, char *made,
	const char *place, struct err *err)
{
	int fd = mkostemp(made, O_CLOEXEC), result;
	struct out *out;

	if (fd < 0)
		return err_set_errno(err, ERR_IO, errno, "%s", made);
	out = MEM_NEW(struct out);
	out_init(out, fd);
	mail_put(printer, out, row);
	result = out_flush(out, err);
	/* What has a name is never written again, so it is whole before it has one.  (A
	 * listing of thousands would wait for hours, and can be made once more.) */
	if (result == 0 && printer->adds && fsync(fd) < 0)
		result = err_set_errno(err, ERR_IO, errno, "%s", made);
	if (close(fd) < 0 && result == 0)
		result = err_set_errno(err, ERR_IO, errno, "%s", made);
	if (result == 0)
		result = give_name(made, place, err);
	if (result < 0)
		unlink(made);
	free(out);
	return result;
}

static int maildir_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct maildir *m = printer->own;
	bool read = value_is_true(wire_row_get(row, "read"));
	bool starred = value_is_true(wire_row_get(row, "starred"));
	char name[64], *made, *place;
	size_t at;
	int result;

	mail_name(row, name, sizeof(name));
	at = place_of(m, name);
	if (at < m->count && strcmp(m->names[at], name) == 0)
		return 0;
	made = mem_printf("%s/tmp/%s.XXXXXX", printer->into, name);
	/* Flags in ASCII order: flagged, seen. */
	place = read || starred ? mem_printf("%s/cur/%s:2,%s%s", printer->into, name,
					  starred ? "F" : "", read ? "S" : "")
				: mem_printf("%s/new/%s", printer->into, name);
	result = write_file(printer, row, made, place, err);
	/* In a listing no item comes again. */
	if (result == 0 && printer->adds)
		keep_name(m, at, mem_strdup(name));
	free(made);
	free(place);
	return result;
}

static void maildir_release(struct printer *printer)
{
	struct maildir *m = printer->own;

	if (m == NULL)
		return;
	for (size_t i = 0; i < m->count; i++)
		free(m->names[i]);
	free(m->names);
	free(m);
}

const struct format format_maildir = {
	.name = "maildir",
	.needs = FORMAT_ITEMS | FORMAT_FULL | FORMAT_ALL | FORMAT_INTO,
	.begin = maildir_begin,
	.row = maildir_row,
	.release = maildir_release,
};
