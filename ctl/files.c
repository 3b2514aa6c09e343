#include "ctl/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/patient.h"
#include "common/utf8.h"

#define PIECE (16 << 10)
#define NAME_BYTES_MAX 200

int files_open(const char *path, int *out_fd, struct err *err)
{
	static bool standard_input_is_read;

	if (strcmp(path, "-") == 0) {
		if (standard_input_is_read)
			return err_set(err, ERR_USAGE, "standard input can be read only once");
		standard_input_is_read = true;
	}
	*out_fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	return *out_fd < 0 ? err_set_errno(err, ERR_IO, errno, "%s", path) : 0;
}

void files_close(int fd)
{
	if (fd > STDIN_FILENO)
		close(fd);
}

static const char *name_of(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

int files_fill(
	int fd, const char *path, char *piece, size_t size, size_t *out_length, struct err *err)
{
	size_t length = 0;

	while (length < size) {
		ssize_t n = patient_read(fd, piece + length, size - length);

		if (n == 0)
			break;
		if (n < 0)
			return err_set_errno(err, ERR_IO, errno, "%s", name_of(path));
		length += (size_t)n;
	}
	*out_length = length;
	return 0;
}

int files_read(const char *path, size_t max, char **out_data, size_t *out_length, struct err *err)
{
	char piece[PIECE];
	struct buf all;
	size_t length;
	int fd, result;

	if (files_open(path, &fd, err) < 0)
		return -1;
	buf_init(&all, max);
	do {
		result = files_fill(fd, path, piece, sizeof(piece), &length, err);
		if (result == 0 && buf_add(&all, piece, length) < 0)
			result = err_set(
				err, ERR_TOO_BIG, "%s: more than %zu bytes", name_of(path), max);
	} while (result == 0 && length == sizeof(piece));
	files_close(fd);
	if (result == 0)
		*out_data = buf_take(&all, out_length);
	buf_release(&all);
	return result;
}

int files_write(int fd, const char *data, size_t length)
{
	return patient_write(fd, data, length);
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? mem_strdup(".") : mem_strndup(path, (size_t)(slash - path) + 1);
}

/* The one that holds the path, so that its name lasts, too. */
static int sync_directory(const char *path, struct err *err)
{
	char *directory = directory_of(path);
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;

	/* Some file systems can't do it; then there is nothing to be done. */
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		result = err_set_errno(err, ERR_IO, errno, "%s", directory);
	if (fd >= 0)
		close(fd);
	free(directory);
	return result;
}

int files_sync_all(const char *directory, struct err *err)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;

	if (fd < 0 || syncfs(fd) < 0)
		result = err_set_errno(err, ERR_IO, errno, "%s", directory);
	if (fd >= 0)
		close(fd);
	return result;
}

/* A device, a pipe: nothing that another file could take the place of. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int write_into(const char *path, const char *data, size_t length, struct err *err)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), result = 0;

	if (fd < 0 || files_write(fd, data, length) < 0)
		result = err_set_errno(err, ERR_IO, errno, "%s can't be written", path);
	if (fd >= 0)
		close(fd);
	return result;
}

/* Whose file it was, and who may read it. */
static int keep_mode(int fd, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return 0; /* a new one */
	if (fchown(fd, st.st_uid, st.st_gid) < 0 && errno != EPERM && errno != EINVAL)
		return -1;
	return fchmod(fd, st.st_mode & 0777);
}

static int replace(const char *path, const char *data, size_t length, struct err *err)
{
	char *made = mem_printf("%s.XXXXXX", path);
	int fd = mkostemp(made, O_CLOEXEC), result = 0;

	if (fd < 0) {
		result = err_set_errno(err, ERR_IO, errno, "%s can't be written", path);
	} else if (keep_mode(fd, path) < 0 || files_write(fd, data, length) < 0 || fsync(fd) < 0 ||
		   rename(made, path) < 0) {
		result = err_set_errno(err, ERR_IO, errno, "%s can't be written", path);
		unlink(made);
	}
	if (fd >= 0)
		close(fd);
	free(made);
	return result < 0 ? result : sync_directory(path, err);
}

/* Where a link leads is what is meant; that need not be there yet. */
static char *behind_links(const char *path)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) < 0 || !S_ISLNK(st.st_mode))
		return mem_strdup(path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	return realpath(path, NULL);
}

int files_replace(const char *path, const char *data, size_t length, struct err *err)
{
	char *place;
	int result;

	if (is_special(path))
		return write_into(path, data, length, err);
	place = behind_links(path);
	if (place == NULL)
		return err_set_errno(err, ERR_IO, errno, "%s can't be written", path);
	result = replace(place, data, length, err);
	free(place);
	return result;
}

static int exists(const char *path, struct err *err)
{
	return err_set(err, ERR_EXISTS, "%s is there already, and is not overwritten", path);
}

/* A file without a name goes with us, whatever ends us.  -1: there can be none, or
 * none that could be given a name later. */
static int make_nameless(const char *path)
{
	char *directory;
	int fd;

	if (access("/proc/self/fd", X_OK) < 0)
		return -1;
	directory = directory_of(path);
	fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	free(directory);
	return fd;
}

int files_make(const char *path, char **out_made, int *out_fd, struct err *err)
{
	char *made = NULL;
	int fd;

	if (access(path, F_OK) == 0)
		return exists(path, err);
	fd = make_nameless(path);
	if (fd < 0) {
		made = mem_printf("%s.XXXXXX", path);
		fd = mkostemp(made, O_CLOEXEC);
	}
	if (fd < 0) {
		free(made);
		return err_set_errno(err, ERR_IO, errno, "%s can't be written", path);
	}
	*out_made = made;
	*out_fd = fd;
	return 0;
}

static int name_it(int fd, const char *path)
{
	char nameless[32];

	snprintf(nameless, sizeof(nameless), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, nameless, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

int files_place(const char *made, int fd, const char *path, struct err *err)
{
	int result = 0;

	/* Not every file system can rename so; all that matter can link. */
	if (made != NULL && renameat2(AT_FDCWD, made, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return sync_directory(path, err);
	if ((made != NULL ? link(made, path) : name_it(fd, path)) < 0)
		result = errno == EEXIST ? exists(path, err)
					 : err_set_errno(err, ERR_IO, errno, "%s", path);
	files_unmake(made);
	return result < 0 ? result : sync_directory(path, err);
}

void files_unmake(const char *made)
{
	if (made != NULL)
		unlink(made);
}

int files_make_directory(const char *path, struct err *err)
{
	char *copy = mem_strdup(path);
	struct stat st;
	int result = 0, cause = 0;

	for (char *p = copy + 1; copy[0] != '\0' && *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST && errno != ENOENT)
			cause = errno;
		*p = '/';
	}
	/* Below what could not be made there is nothing; why it could not is the reason. */
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		result = err_set_errno(
			err, ERR_IO, errno == ENOENT && cause != 0 ? cause : errno, "%s", path);
	else if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		result = err_set(err, ERR_IO, "%s is no directory", path);
	free(copy);
	return result;
}

char *files_name_of(const char *title, size_t length)
{
	struct buf name;
	size_t end;

	buf_init(&name, (size_t)1 << 20);
	if (utf8_add_line(&name, title, length) < 0 || name.length == 0)
		buf_clear(&name);
	if (name.length == 0 && buf_add_text(&name, "feed") < 0)
		return mem_strdup("feed");
	for (size_t i = 0; i < name.length; i++) {
		if (name.data[i] == '/' || (i == 0 && name.data[i] == '.'))
			name.data[i] = '_';
	}
	end = name.length > NAME_BYTES_MAX ? utf8_cut(name.data, NAME_BYTES_MAX) : name.length;
	buf_cut(&name, end);
	return buf_take(&name, &end);
}

bool files_in_path(const char *name)
{
	const char *path = getenv("PATH");

	if (strchr(name, '/') != NULL)
		return access(name, X_OK) == 0;
	while (path != NULL && *path != '\0') {
		size_t n = strcspn(path, ":");
		char *full = mem_printf("%.*s/%s", (int)n, path, name);
		bool there = access(full, X_OK) == 0;

		free(full);
		if (there)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}
