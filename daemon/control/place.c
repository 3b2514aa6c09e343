#include "daemon/control/place.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/mem.h"

#define NO_GROUP ((gid_t)-1)
#define BACKLOG 128
#define GROUPS_MAX 1024
#define ELSEWHERE "; --socket or XDG_RUNTIME_DIR says another place"

int place_group(const char *group, gid_t *out_gid, struct err *err)
{
	const struct group *entry;

	*out_gid = NO_GROUP;
	if (group == NULL)
		return 0;
	entry = getgrnam(group);
	if (entry == NULL)
		return err_set(err, ERR_USAGE, "[control] group: there is no group \"%s\"", group);
	*out_gid = entry->gr_gid;
	return 0;
}

/* "/run/user/1000/feedd/feedd.sock" to its directory and its name. */
static void split(const char *path, char **out_dir, const char **out_name)
{
	const char *slash = strrchr(path, '/');

	*out_name = slash != NULL ? slash + 1 : path;
	/* Of several slashes none stays, nor a "." between them: behind one a link would be
	 * followed. */
	while (slash != NULL && slash > path &&
		(slash[-1] == '/' || (slash - path > 1 && slash[-1] == '.' && slash[-2] == '/')))
		slash--;
	if (slash == NULL)
		*out_dir = mem_strdup(".");
	else
		*out_dir = slash == path ? mem_strdup("/")
					 : mem_strndup(path, (size_t)(slash - path));
}

/* mkdir -p, all that is missing 0700. */
static int make_dirs(const char *dir, struct err *err)
{
	char *path = mem_strdup(dir);
	char *at = path;
	int result = 0;

	do {
		at += strspn(at, "/");
		at += strcspn(at, "/");
		if (*at == '/')
			*at = '\0';
		else
			at = NULL;
		if (mkdir(path, 0700) < 0 && errno != EEXIST) {
			result = err_set(err, err_code_of_path(errno),
				"%s cannot be made: %s" ELSEWHERE, path, strerror(errno));
			break;
		}
		if (at != NULL)
			*at++ = '/';
	} while (at != NULL && *at != '\0');
	free(path);
	return result;
}

static int check_dir(int fd, const char *dir, gid_t gid, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set_errno(err, ERR_IO, errno, "%s", dir);
	if (st.st_uid != geteuid())
		return err_set(err, ERR_UNSAFE, "%s belongs to another user" ELSEWHERE, dir);
	if (gid == NO_GROUP) {
		if ((st.st_mode & 077) == 0)
			return 0;
		/* So it was left by a feedd that had a group. */
		if ((st.st_mode & 077) == 050 && fchmod(fd, 0700) == 0)
			return 0;
		return err_set(err, ERR_UNSAFE,
			"%s is open to others (mode %04o); chmod 700 makes it safe", dir,
			(unsigned)st.st_mode & 07777);
	}
	if ((st.st_mode & 027) != 0)
		return err_set(err, ERR_UNSAFE,
			"%s is open to others (mode %04o); chmod 750 makes it safe", dir,
			(unsigned)st.st_mode & 07777);
	if (fchown(fd, (uid_t)-1, gid) < 0 || fchmod(fd, 0750) < 0)
		return err_set_errno(err, ERR_UNSAFE, errno, "%s can't be given to the group", dir);
	return 0;
}

static int open_dir(const char *dir, gid_t gid, int *out_fd, struct err *err)
{
	int fd;

	if (make_dirs(dir, err) < 0)
		return -1;
	fd = openat(AT_FDCWD, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_UNSAFE, "%s: %s" ELSEWHERE, dir,
			errno == ELOOP || errno == ENOTDIR ? "a symbolic link or no directory"
							   : strerror(errno));
	if (check_dir(fd, dir, gid, err) < 0) {
		close(fd);
		return -1;
	}
	*out_fd = fd;
	return 0;
}

static int fill_address(const char *path, struct sockaddr_un *address, struct err *err)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(address->sun_path))
		return err_set(err, ERR_USAGE, "%s: a socket's path has at most %zu bytes", path,
			sizeof(address->sun_path) - 1);
	memcpy(address->sun_path, path, strlen(path));
	return 0;
}

static bool somebody_listens(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool listens;

	if (fd < 0)
		return false;
	/* EAGAIN: it listens, and its backlog is full. */
	listens = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
		  errno == EAGAIN || errno == EINPROGRESS;
	close(fd);
	return listens;
}

static int remove_stale(
	int dir, const char *name, const struct sockaddr_un *address, struct err *err)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT
			       ? 0
			       : err_set_errno(err, err_code_of_path(errno), errno, "%s", name);
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_UNSAFE, "%s is there, and no socket", address->sun_path);
	if (somebody_listens(address))
		return err_set(err, ERR_LOCKED, "another daemon listens at %s", address->sun_path);
	if (unlinkat(dir, name, 0) < 0)
		return err_set_errno(err, err_code_of_path(errno), errno, "%s", address->sun_path);
	return 0;
}

/* Binding makes the file: it must not be reachable for a moment longer than
 * its mode says, so the mask is narrow meanwhile. */
static int bind_narrow(int fd, const struct sockaddr_un *address)
{
	mode_t mask = umask(0177);
	int result = bind(fd, (const struct sockaddr *)address, sizeof(*address));
	int saved = errno;

	umask(mask);
	errno = saved;
	return result;
}

static int set_group(int dir, const char *name, gid_t gid)
{
	if (gid == NO_GROUP)
		return fchmodat(dir, name, 0600, 0);
	if (fchownat(dir, name, (uid_t)-1, gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return fchmodat(dir, name, 0660, 0);
}

static int remember(int dir, const char *name, struct place *place)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	place->device = st.st_dev;
	place->inode = st.st_ino;
	place->changed = st.st_ctim;
	return 0;
}

static bool is_same(const struct place *place)
{
	struct stat st;

	return lstat(place->path, &st) == 0 && st.st_dev == place->device &&
	       st.st_ino == place->inode && st.st_ctim.tv_sec == place->changed.tv_sec &&
	       st.st_ctim.tv_nsec == place->changed.tv_nsec;
}

static int listen_in(int dir, const char *path, const char *name, gid_t gid,
	struct place *out_place, int *out_fd, struct err *err)
{
	struct sockaddr_un address;
	int fd;

	if (fill_address(path, &address, err) < 0 || remove_stale(dir, name, &address, err) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind_narrow(fd, &address) < 0 || set_group(dir, name, gid) < 0 ||
		remember(dir, name, out_place) < 0 || listen(fd, BACKLOG) < 0) {
		err_set_errno(err, err_code_of_path(errno), errno, "%s", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	out_place->path = mem_strdup(path);
	*out_fd = fd;
	return 0;
}

int place_listen(const char *path, gid_t gid, struct place *out_place, int *out_fd, struct err *err)
{
	const char *name;
	char *dir;
	int dir_fd = -1, result;

	split(path, &dir, &name);
	result = open_dir(dir, gid, &dir_fd, err);
	free(dir);
	if (result < 0)
		return -1;
	result = listen_in(dir_fd, path, name, gid, out_place, out_fd, err);
	close(dir_fd);
	return result;
}

int place_regroup(struct place *place, gid_t gid, struct err *err)
{
	const char *name;
	char *dir;
	int fd, result;

	if (place->path == NULL)
		return 0;
	split(place->path, &dir, &name);
	fd = openat(AT_FDCWD, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	result = fd < 0 || (gid == NO_GROUP && fchmod(fd, 0700) < 0)
			 ? err_set_errno(err, ERR_IO, errno, "%s", dir)
			 : check_dir(fd, dir, gid, err);
	if (result == 0 && (set_group(fd, name, gid) < 0 || remember(fd, name, place) < 0))
		result = err_set_errno(err, ERR_IO, errno, "%s", place->path);
	if (fd >= 0)
		close(fd);
	free(dir);
	return result;
}

void place_leave(struct place *place)
{
	if (place->path != NULL && is_same(place))
		unlink(place->path);
	free(place->path);
	place->path = NULL;
}

/* Whether a group is among those that the peer had when it connected. */
static bool has_group(int fd, gid_t gid)
{
	gid_t groups[GROUPS_MAX];
	socklen_t length = sizeof(groups);
	size_t i;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &length) < 0)
		return false;
	for (i = 0; i < length / sizeof(groups[0]); i++) {
		if (groups[i] == gid)
			return true;
	}
	return false;
}

bool place_admits(int fd, gid_t gid, uid_t *out_uid)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	*out_uid = (uid_t)-1;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return false;
	*out_uid = peer.uid;
	if (peer.uid == 0 || peer.uid == geteuid())
		return true;
	return gid != NO_GROUP && (peer.gid == gid || has_group(fd, gid));
}
