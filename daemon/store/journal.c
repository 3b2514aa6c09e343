#include "daemon/store/journal.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "daemon/store/bytes.h"
#include "daemon/store/file.h"

#define HEADER_SIZE 32
#define FRAME_HEADER_SIZE 24
#define MAGIC 0x377f0682u /* and one more where sums are of big-endian words */
#define FORMAT 3007000u
#define PAGE_MAX 65536u
#define INDEX_HEADER_SIZE 48 /* twice, at the start of the -shm file */
#define VERSIONS_AT 18       /* of the database: how it is written, how it is read */
#define VERSION_NO_LOG 1

struct sums {
	uint32_t a, b;
};

/* A log while it is looked at. */
struct journal {
	const char *path;  /* the database's */
	char *log, *index; /* its -wal and its -shm */
	int fd;
	bool has_header, is_big;
	size_t page_size;
	unsigned char salts[8]; /* that tell this log from the one before it in the file */
	struct sums sums;       /* that the next frame goes on from */
	size_t count;           /* frames */
	size_t whole;           /* of them, up to the last commit that SQLite plays back */
	bool is_damaged;
};

/* What the -shm file knows: SQLite writes there how many frames were committed when
 * they are on the disk, and how many of them were copied when the database is.  After
 * a power failure it may be late. */
struct known {
	size_t committed, copied;
};

/* Over an even number of words. */
static struct sums add_sums(
	struct sums sums, bool is_big, const unsigned char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i + 8 <= length; i += 8) {
		const unsigned char *at = bytes + i;

		sums.a += (is_big ? bytes_big_32(at) : bytes_little_32(at)) + sums.b;
		sums.b += (is_big ? bytes_big_32(at + 4) : bytes_little_32(at + 4)) + sums.a;
	}
	return sums;
}

static struct sums read_sums(const unsigned char *at)
{
	return (struct sums){ bytes_big_32(at), bytes_big_32(at + 4) };
}

static bool are_same(struct sums x, struct sums y)
{
	return x.a == y.a && x.b == y.b;
}

static bool is_page_size(size_t size)
{
	return size >= 512 && size <= PAGE_MAX && (size & (size - 1)) == 0;
}

/* ---------------------------------------------------------- reading ---- */

static off_t frame_at(const struct journal *j, size_t i)
{
	return HEADER_SIZE + (off_t)i * (off_t)(FRAME_HEADER_SIZE + j->page_size);
}

/* As the database itself has it, whose log can't say. */
static size_t page_size_of(const char *path)
{
	unsigned char bytes[2] = { 0, 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size;

	if (fd < 0)
		return 0;
	size = pread(fd, bytes, sizeof(bytes), 16) == sizeof(bytes)
		       ? (size_t)bytes[0] << 8 | bytes[1]
		       : 0;
	close(fd);
	return size == 1 ? PAGE_MAX : size;
}

static void read_header(struct journal *j, const unsigned char *header)
{
	struct sums none = { 0, 0 }, sums;

	j->is_big = bytes_big_32(header) == MAGIC + 1;
	sums = add_sums(none, j->is_big, header, HEADER_SIZE - 8);
	j->has_header = (bytes_big_32(header) | 1) == (MAGIC | 1) &&
			bytes_big_32(header + 4) == FORMAT &&
			is_page_size(bytes_big_32(header + 8)) &&
			are_same(sums, read_sums(header + HEADER_SIZE - 8));
	j->page_size = j->has_header ? bytes_big_32(header + 8) : page_size_of(j->path);
	memcpy(j->salts, header + 16, sizeof(j->salts));
	j->sums = sums;
}

static int read_frame(const struct journal *j, size_t i, unsigned char *frame, struct err *err)
{
	size_t size = FRAME_HEADER_SIZE + j->page_size;

	if (pread(j->fd, frame, size, frame_at(j, i)) == (ssize_t)size)
		return 0;
	return err_set_errno(err, ERR_IO, errno, "%s", j->log);
}

/* Whether the frame goes on from the one before it; whether it is of this log.
 * Where the header is lost any log will do that has two frames in a row. */
static bool follows(struct journal *j, const unsigned char *frame, bool *out_is_ours)
{
	struct sums sums = add_sums(j->sums, j->is_big, frame, 8);

	sums = add_sums(sums, j->is_big, frame + FRAME_HEADER_SIZE, j->page_size);
	j->sums = read_sums(frame + 16);
	*out_is_ours = bytes_big_32(frame) != 0 &&
		       memcmp(frame + 8, j->salts, sizeof(j->salts)) == 0;
	if (!j->has_header)
		memcpy(j->salts, frame + 8, sizeof(j->salts));
	return *out_is_ours && are_same(sums, j->sums);
}

/*
 * A power failure may leave the last transaction in pieces, its commit, too, but none
 * behind it: who wrote that had seen the one before it on the disk.  So a frame that
 * goes on from a commit which is not played back says that it should have been.
 */
static int read_frames(struct journal *j, struct err *err)
{
	unsigned char *frame = mem_alloc(FRAME_HEADER_SIZE + j->page_size);
	bool plays = j->has_header, is_behind_commit = false;
	int result = 0;
	size_t i;

	for (i = 0; i < j->count && (result = read_frame(j, i, frame, err)) == 0; i++) {
		bool is_ours, goes_on = follows(j, frame, &is_ours);
		bool commits = is_ours && bytes_big_32(frame + 4) != 0;

		j->is_damaged = j->is_damaged || (is_behind_commit && goes_on);
		plays = plays && goes_on;
		if (plays && commits)
			j->whole = i + 1;
		is_behind_commit = commits && !plays;
	}
	free(frame);
	return result;
}

static struct known read_index(const struct journal *j)
{
	struct known none = { 0, 0 };
	unsigned char bytes[2 * INDEX_HEADER_SIZE + 4];
	uint32_t words[sizeof(bytes) / 4]; /* in this machine's order */
	int fd = open(j->index, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd >= 0 ? pread(fd, bytes, sizeof(bytes), 0) : -1;
	struct sums sums = { 0, 0 };

	if (fd >= 0)
		close(fd);
	if (length != (ssize_t)sizeof(bytes) ||
		memcmp(bytes, bytes + INDEX_HEADER_SIZE, INDEX_HEADER_SIZE) != 0)
		return none;
	memcpy(words, bytes, sizeof(words));
	sums = add_sums(sums, BYTE_ORDER == BIG_ENDIAN, bytes, INDEX_HEADER_SIZE - 8);
	if (words[0] != FORMAT || !are_same(sums, (struct sums){ words[10], words[11] }))
		return none;
	if (j->has_header && memcmp(bytes + 32, j->salts, sizeof(j->salts)) != 0)
		return none;
	return (struct known){ words[4], words[24] };
}

/* ---------------------------------------------------------- looking ---- */

static void close_log(struct journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	free(j->log);
	free(j->index);
}

static int read_log(struct journal *j, off_t size, struct err *err)
{
	unsigned char header[HEADER_SIZE];

	if (pread(j->fd, header, sizeof(header), 0) != (ssize_t)sizeof(header))
		return err_set_errno(err, ERR_IO, errno, "%s", j->log);
	read_header(j, header);
	if (!is_page_size(j->page_size))
		return 0; /* the database is not right either, and says so */
	j->count = (size_t)(size - HEADER_SIZE) / (FRAME_HEADER_SIZE + j->page_size);
	if (read_frames(j, err) < 0)
		return -1;
	j->is_damaged = j->is_damaged || read_index(j).committed > j->whole;
	return 0;
}

/* To be closed whatever comes of it.  A log shorter than its header is none. */
static int look(struct journal *j, const char *path, struct err *err)
{
	struct stat status;

	*j = (struct journal){ .path = path };
	j->log = mem_printf("%s-wal", path);
	j->index = mem_printf("%s-shm", path);
	j->fd = open(j->log, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (j->fd < 0 && errno == ENOENT)
		return 0;
	if (j->fd < 0 || fstat(j->fd, &status) < 0)
		return err_set_errno(err, err_code_of_path(errno), errno, "%s", j->log);
	return S_ISREG(status.st_mode) && status.st_size > HEADER_SIZE
		       ? read_log(j, status.st_size, err)
		       : 0;
}

static int let_write(const char *name, mode_t mode)
{
	return access(name, R_OK | W_OK) == 0 || errno == ENOENT ? 0 : chmod(name, mode);
}

int journal_check_own(const char *path, struct err *err)
{
	static const char *const suffixes[] = { "-wal", "-shm" };
	int result = 0;
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]) && result == 0; i++) {
		char *name = mem_printf("%s%s", path, suffixes[i]);

		if (file_check_beside(name, err) < 0 || file_check_own(name, err) < 0)
			result = err_prefix(err, "%s", name);
		free(name);
	}
	return result;
}

int journal_make_writable(const char *path, struct err *err)
{
	char *log = mem_printf("%s-wal", path), *index = mem_printf("%s-shm", path);
	const char *stuck = NULL;
	struct stat status;
	mode_t mode = stat(path, &status) == 0 ? status.st_mode & 0666 : 0600;
	int result = 0;

	if (let_write(log, mode) < 0)
		stuck = log;
	else if (let_write(index, mode) < 0 && unlink(index) < 0)
		stuck = index;
	if (stuck != NULL)
		result = err_set_errno(err, ERR_UNSAFE, errno, "%s can't be written", stuck);
	free(log);
	free(index);
	return result;
}

int journal_check(const char *path, struct err *err)
{
	struct journal journal;
	int result = look(&journal, path, err);

	if (result == 0 && journal.is_damaged)
		result = err_set(err, ERR_DAMAGED,
			"of what was committed into its journal nothing can be read from byte %lld "
			"on",
			(long long)frame_at(&journal, journal.whole));
	close_log(&journal);
	return result;
}

/* Before its first frame there is, a log's database has said on the disk that it has
 * one. */
bool journal_is_stray(const char *path)
{
	unsigned char versions[2];
	char *log = mem_printf("%s-wal", path);
	struct stat status;
	bool stray = false;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		stray = pread(fd, versions, sizeof(versions), VERSIONS_AT) == sizeof(versions) &&
			versions[0] == VERSION_NO_LOG && versions[1] == VERSION_NO_LOG &&
			stat(log, &status) == 0 && status.st_size > HEADER_SIZE;
	if (fd >= 0)
		close(fd);
	free(log);
	return stray;
}

/* ---------------------------------------------------------- mending ---- */

static int set_aside(const char *from, const char *aside, const char *suffix, struct err *err)
{
	char *to = mem_printf("%s%s", aside, suffix);
	int result = file_move(from, to, err);

	free(to);
	return result;
}

/* The part that is whole takes the log's place, which is under another name by then:
 * without a log for a moment, a crash would lose the whole part, too. */
static int put_whole(const struct journal *j, const char *aside, struct err *err)
{
	char *part = mem_printf("%s.new", j->log), *kept = mem_printf("%s-wal", aside);
	int result = file_copy(j->log, part, frame_at(j, j->whole), err);

	if (result == 0)
		result = file_keep(j->log, kept, err);
	if (result == 0)
		result = file_move(part, j->log, err);
	free(kept);
	free(part);
	return result;
}

static int mend(const struct journal *j, const char *aside, struct buf *words, bool *out_is_cut,
	struct err *err)
{
	struct known known = read_index(j);
	bool has_all = known.committed > 0 && known.copied >= known.committed;
	bool has_none = known.committed > 0 && known.copied <= j->whole;
	int result;

	if (!has_all && !has_none)
		return 0;
	result = has_all || j->whole == 0 ? set_aside(j->log, aside, "-wal", err)
					  : put_whole(j, aside, err);
	/* What it knows is of the log that is gone. */
	if (result == 0)
		result = set_aside(j->index, aside, "-shm", err);
	if (result == 0)
		result = buf_printf(words, "the damaged journal was set aside as %s-wal: %s\n",
			aside,
			has_all ? "all that it held is in the store, nothing is lost"
				: "what it held behind the damage is lost");
	*out_is_cut = !has_all;
	return result < 0 ? -1 : 1;
}

int journal_mend(const char *path, const char *aside, struct buf *out_words, bool *out_is_cut,
	struct err *err)
{
	struct journal journal;
	int result = look(&journal, path, err);

	if (result == 0 && journal.is_damaged)
		result = mend(&journal, aside, out_words, out_is_cut, err);
	close_log(&journal);
	return result;
}
