#include "daemon/store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/nameless.h"

static int write_all(int fd, const char *bytes, size_t length)
{
	ssize_t put;

	for (; length > 0; bytes += put, length -= (size_t)put) {
		put = write(fd, bytes, length);
		if (put < 0)
			return -1;
	}
	return 0;
}

static int copy_bytes(int from, int to, off_t most)
{
	char buffer[1 << 16];
	ssize_t got;

	for (; most > 0; most -= got) {
		got = read(
			from, buffer, most < (off_t)sizeof(buffer) ? (size_t)most : sizeof(buffer));
		if (got < 0 || write_all(to, buffer, (size_t)got) < 0)
			return -1;
		if (got == 0)
			break;
	}
	return fsync(to);
}

int file_make(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd < 0)
		return file_refuse("it can't be written", errno, err);
	close(fd);
	return 0;
}

int file_refuse(const char *words, int saved_errno, struct err *err)
{
	if (saved_errno == EACCES)
		return err_set(err, ERR_UNSAFE,
			"%s: it must belong to who runs feedd, with the mode 600", words);
	return err_set_errno(err, err_code_of_path(saved_errno), saved_errno, "%s", words);
}

/* link: why it must be none, and what to do. */
static int check_plain(const char *path, const char *link, struct err *err)
{
	struct stat status;

	/* What else is wrong with it who opens it is told. */
	if (lstat(path, &status) < 0 || S_ISREG(status.st_mode))
		return 0;
	if (S_ISLNK(status.st_mode))
		return err_set(err, ERR_UNSAFE, "it is a symbolic link%s", link);
	return err_set(err, ERR_UNSAFE, "it is %s: move it away",
		S_ISDIR(status.st_mode) ? "a directory" : "no plain file");
}

int file_check_plain(const char *path, struct err *err)
{
	return check_plain(path,
		", and its journal would not be beside it: put the file itself in its place, or "
		"let --data-dir name its directory",
		err);
}

int file_check_beside(const char *path, struct err *err)
{
	return check_plain(path,
		access(path, F_OK) == 0 ? ": put the file itself in its place"
					: " that leads nowhere: move it away",
		err);
}

int file_check_own(const char *path, struct err *err)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return errno == ENOENT ? 0
				       : err_set_errno(err, err_code_of_path(errno), errno,
						 "it can't be looked at");
	if (status.st_uid != geteuid())
		return err_set(err, ERR_UNSAFE,
			"it belongs to another user; it must belong to who runs feedd, with the "
			"mode 600");
	if ((status.st_mode & 022) != 0)
		return err_set(err, ERR_UNSAFE, "it can be written by others; chmod 600 it");
	return 0;
}

int file_copy(const char *from, const char *to, off_t most, struct err *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out = -1, result = 0;

	if (in >= 0)
		out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (out < 0 || copy_bytes(in, out, most) < 0)
		result = err_set_errno(err, err_is_no_space(errno) ? ERR_NO_SPACE : ERR_IO, errno,
			"%s to %s", from, to);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	if (out >= 0 && result < 0)
		unlink(to);
	return result;
}

int file_keep(const char *from, const char *to, struct err *err)
{
	/* Not every file system has files of two names. */
	return link(from, to) == 0 ? 0 : file_copy(from, to, INT64_MAX, err);
}

int file_move(const char *from, const char *to, struct err *err)
{
	if (rename(from, to) == 0 || errno == ENOENT)
		return 0;
	return err_set_errno(err, ERR_IO, errno, "%s to %s", from, to);
}

static bool has_room(const char *directory)
{
	static const char nothing[1 << 16];
	int fd = nameless_open(directory);
	bool has = (fd >= 0 && write_all(fd, nothing, sizeof(nothing)) == 0) ||
		   !err_is_no_space(errno);

	if (fd >= 0)
		close(fd);
	return has;
}

enum err_code file_code_of_open(int saved_errno)
{
	return err_code_of_path(saved_errno) == ERR_FAILED ? ERR_FAILED : ERR_IO;
}

void file_tell_room(const char *directory, struct err *err)
{
	if (err->code == ERR_IO && !has_room(directory))
		err->code = ERR_NO_SPACE;
	if (err->code == ERR_NO_SPACE)
		err_prefix(err, "there is no room on the disk");
}

uint64_t file_room(const char *path)
{
	struct statvfs about;

	/* Some that are no disk have no blocks at all. */
	if (statvfs(path, &about) < 0 || about.f_blocks == 0 || about.f_frsize == 0)
		return UINT64_MAX;
	if (about.f_bavail > UINT64_MAX / about.f_frsize)
		return UINT64_MAX;
	return (uint64_t)about.f_bavail * about.f_frsize;
}

int file_sync_dir(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;

	if (fd < 0 || fsync(fd) < 0)
		result = err_set_errno(err, ERR_IO, errno, "%s", path);
	if (fd >= 0)
		close(fd);
	return result;
}
