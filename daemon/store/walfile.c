#include "daemon/store/walfile.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "common/err.h"

#define NAME "feedd"
#define WAITING_MAX (64 << 10)

/* The system's file stands behind this one. */
struct walfile {
	sqlite3_file file;
	char *waiting;    /* WAITING_MAX bytes, of which */
	int length;       /* so many are to be written */
	sqlite3_int64 at; /* there */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static sqlite3_vfs *system_vfs;
static sqlite3_vfs vfs;

static sqlite3_file *system_file(struct walfile *wal)
{
	return (sqlite3_file *)(wal + 1);
}

/* To SQLite a quota and a limit on the size of files are a broken disk; and of a
 * commit that fails it does not tell errno later. */
static int write_system(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 at)
{
	int result = file->pMethods->xWrite(file, bytes, length, at);

	if (result == SQLITE_IOERR_WRITE && err_is_no_space(errno))
		return SQLITE_FULL;
	return result;
}

/* What can't be written goes on waiting: SQLite counts on it, for it may take back
 * one statement only and go on. */
static int write_waiting(struct walfile *wal)
{
	sqlite3_file *file = system_file(wal);
	int result = SQLITE_OK;

	if (wal->length > 0)
		result = write_system(file, wal->waiting, wal->length, wal->at);
	if (result == SQLITE_OK)
		wal->length = 0;
	return result;
}

static int on_write(sqlite3_file *self, const void *bytes, int length, sqlite3_int64 at)
{
	struct walfile *wal = (struct walfile *)self;
	sqlite3_file *file = system_file(wal);
	int result;

	if (wal->length > 0 &&
		(at != wal->at + wal->length || length > WAITING_MAX - wal->length)) {
		result = write_waiting(wal);
		if (result != SQLITE_OK)
			return result;
	}
	if (length > WAITING_MAX)
		return write_system(file, bytes, length, at);
	if (wal->length == 0)
		wal->at = at;
	memcpy(wal->waiting + wal->length, bytes, (size_t)length);
	wal->length += length;
	return SQLITE_OK;
}

static int on_read(sqlite3_file *self, void *bytes, int length, sqlite3_int64 at)
{
	struct walfile *wal = (struct walfile *)self;
	sqlite3_file *file = system_file(wal);
	int result = SQLITE_OK;

	if (at + length > wal->at && at < wal->at + wal->length)
		result = write_waiting(wal);
	return result != SQLITE_OK ? result : file->pMethods->xRead(file, bytes, length, at);
}

static int on_truncate(sqlite3_file *self, sqlite3_int64 size)
{
	struct walfile *wal = (struct walfile *)self;
	sqlite3_file *file = system_file(wal);
	int result = write_waiting(wal);

	return result != SQLITE_OK ? result : file->pMethods->xTruncate(file, size);
}

static int on_sync(sqlite3_file *self, int flags)
{
	struct walfile *wal = (struct walfile *)self;
	sqlite3_file *file = system_file(wal);
	int result = write_waiting(wal);

	/* A commit that fails is taken back, and must not come to light later. */
	wal->length = 0;
	return result != SQLITE_OK ? result : file->pMethods->xSync(file, flags);
}

static int on_size(sqlite3_file *self, sqlite3_int64 *out_size)
{
	struct walfile *wal = (struct walfile *)self;
	sqlite3_file *file = system_file(wal);
	int result = write_waiting(wal);

	return result != SQLITE_OK ? result : file->pMethods->xFileSize(file, out_size);
}

static int on_control(sqlite3_file *self, int op, void *arg)
{
	sqlite3_file *file = system_file((struct walfile *)self);

	return file->pMethods->xFileControl(file, op, arg);
}

static int on_sector_size(sqlite3_file *self)
{
	sqlite3_file *file = system_file((struct walfile *)self);

	return file->pMethods->xSectorSize(file);
}

static int on_device(sqlite3_file *self)
{
	sqlite3_file *file = system_file((struct walfile *)self);

	return file->pMethods->xDeviceCharacteristics(file);
}

static int on_close(sqlite3_file *self)
{
	struct walfile *wal = (struct walfile *)self;
	sqlite3_file *file = system_file(wal);

	/* Nothing waits that was committed. */
	sqlite3_free(wal->waiting);
	return file->pMethods->xClose(file);
}

/* A log is locked by its database's file, and mapped by nobody. */
static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_size,
	.xFileControl = on_control,
	.xSectorSize = on_sector_size,
	.xDeviceCharacteristics = on_device,
};

static int on_open(
	sqlite3_vfs *self, const char *path, sqlite3_file *self_file, int flags, int *out_flags)
{
	struct walfile *wal = (struct walfile *)self_file;
	int result;

	(void)self;
	if ((flags & SQLITE_OPEN_WAL) == 0)
		return system_vfs->xOpen(system_vfs, path, self_file, flags, out_flags);
	*wal = (struct walfile){ .waiting = sqlite3_malloc(WAITING_MAX) };
	if (wal->waiting == NULL)
		return SQLITE_NOMEM;
	result = system_vfs->xOpen(system_vfs, path, system_file(wal), flags, out_flags);
	if (result != SQLITE_OK) {
		sqlite3_free(wal->waiting);
		return result;
	}
	wal->file.pMethods = &methods;
	return SQLITE_OK;
}

static void make_vfs(void)
{
	system_vfs = sqlite3_vfs_find(NULL);
	if (system_vfs == NULL)
		return;
	vfs = *system_vfs;
	vfs.pNext = NULL;
	vfs.zName = NAME;
	vfs.szOsFile += (int)sizeof(struct walfile);
	vfs.xOpen = on_open;
	if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
		system_vfs = NULL;
}

const char *walfile_vfs(void)
{
	pthread_once(&once, make_vfs);
	return system_vfs != NULL ? NAME : NULL;
}

static void on_rollback(void *ctx)
{
	sqlite3_file *file = NULL;

	if (sqlite3_file_control(ctx, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK &&
		file != NULL && file->pMethods == &methods)
		((struct walfile *)file)->length = 0;
}

void walfile_watch(sqlite3 *handle)
{
	sqlite3_rollback_hook(handle, on_rollback, handle);
}
