#include "daemon/store/pinned.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "common/mem.h"
#include "daemon/store/file.h"

/* What a database says of itself that stays while it is open: that it is one, the size of
 * its pages, whether it has a journal.  https://sqlite.org/fileformat2.html */
#define HEAD_SIZE 24

struct pinned {
	char *name, *journal; /* in the directory */
	char *path;           /* of the file */
	int directory_fd, file_fd, journal_fd;
	unsigned char head[HEAD_SIZE]; /* of the file, as it was found */
};

static int open_one(
	int directory_fd, const char *name, int flags, bool may_lack, int *out_fd, struct err *err)
{
	*out_fd = openat(directory_fd, name, flags | O_CLOEXEC);
	if (*out_fd >= 0 || (may_lack && errno == ENOENT))
		return 0;
	return err_set_errno(err, file_code_of_open(errno), errno, "%s can't be opened", name);
}

static ssize_t read_head(int fd, unsigned char *head)
{
	ssize_t got;

	do
		got = pread(fd, head, HEAD_SIZE, 0);
	while (got < 0 && errno == EINTR);
	return got;
}

/* (The descriptor of the journal can't read, as no close of one may take SQLite's locks
 * away that does not need to.) */
int pinned_open(const char *data_dir, const char *name, struct pinned **out_pinned, struct err *err)
{
	struct pinned *pinned = MEM_NEW(struct pinned);

	pinned->name = mem_strdup(name);
	pinned->journal = mem_printf("%s-wal", name);
	pinned->path = mem_printf("%s/%s", data_dir, name);
	pinned->file_fd = pinned->journal_fd = -1;
	if (open_one(AT_FDCWD, data_dir, O_PATH, false, &pinned->directory_fd, err) < 0 ||
		open_one(pinned->directory_fd, name, O_RDONLY, false, &pinned->file_fd, err) < 0 ||
		open_one(pinned->directory_fd, pinned->journal, O_PATH, true, &pinned->journal_fd,
			err) < 0) {
		pinned_close(pinned);
		return -1;
	}
	if (read_head(pinned->file_fd, pinned->head) != HEAD_SIZE)
		memset(pinned->head, 0, HEAD_SIZE);
	*out_pinned = pinned;
	return 0;
}

void pinned_close(struct pinned *pinned)
{
	if (pinned == NULL)
		return;
	if (pinned->journal_fd >= 0)
		close(pinned->journal_fd);
	if (pinned->file_fd >= 0)
		close(pinned->file_fd);
	if (pinned->directory_fd >= 0)
		close(pinned->directory_fd);
	free(pinned->path);
	free(pinned->journal);
	free(pinned->name);
	free(pinned);
}

/* Whether the name leads to another file than the descriptor; `absent` is the answer
 * where it leads to none. */
static bool leads_away(int directory_fd, const char *name, int fd, bool absent)
{
	struct stat held, named;

	if (fd < 0 || fstat(fd, &held) < 0)
		return false;
	if (fstatat(directory_fd, name, &named, 0) < 0)
		return absent && errno == ENOENT;
	return named.st_dev != held.st_dev || named.st_ino != held.st_ino;
}

static int tell(const char *name, struct err *err)
{
	return err_set(err, ERR_REPLACED,
		"store: %s is not the file any more that feedd has open: it was removed or "
		"replaced "
		"while feedd runs",
		name);
}

/* Where its head could be read at first. */
static bool begins_otherwise(const struct pinned *pinned)
{
	unsigned char head[HEAD_SIZE];
	ssize_t got = read_head(pinned->file_fd, head);

	return pinned->head[0] != '\0' && got >= 0 &&
	       (got < HEAD_SIZE || memcmp(head, pinned->head, HEAD_SIZE) != 0);
}

int pinned_check(const struct pinned *pinned, struct err *err)
{
	if (pinned == NULL)
		return 0;
	if (leads_away(pinned->directory_fd, pinned->name, pinned->file_fd, true) ||
		leads_away(AT_FDCWD, pinned->path, pinned->file_fd, false))
		return tell(pinned->name, err);
	if (leads_away(pinned->directory_fd, pinned->journal, pinned->journal_fd, true))
		return tell(pinned->journal, err);
	if (begins_otherwise(pinned))
		return err_set(err, ERR_REPLACED,
			"store: %s does not begin any more as it did: another file was written "
			"over it while feedd runs",
			pinned->name);
	return 0;
}
