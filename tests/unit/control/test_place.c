#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/control/place.h"

#define NO_GROUP ((gid_t)-1)

struct den {
	char root[40];
	char dir[60];
	char path[80];
};

static int setup(void **state)
{
	struct den *den = calloc(1, sizeof(*den));

	strcpy(den->root, "/tmp/feedd-place-XXXXXX");
	if (den == NULL || mkdtemp(den->root) == NULL)
		return -1;
	snprintf(den->dir, sizeof(den->dir), "%s/run/feedd", den->root);
	snprintf(den->path, sizeof(den->path), "%s/feedd.sock", den->dir);
	*state = den;
	return 0;
}

static int teardown(void **state)
{
	struct den *den = *state;
	char command[80];

	snprintf(command, sizeof(command), "rm -rf %s", den->root);
	free(den);
	return system(command) == 0 ? 0 : -1;
}

static void make_dir(const struct den *den, mode_t mode)
{
	char parent[60];

	snprintf(parent, sizeof(parent), "%s/run", den->root);
	assert_int_equal(mkdir(parent, 0700), 0);
	assert_int_equal(mkdir(den->dir, 0700), 0);
	assert_int_equal(chmod(den->dir, mode), 0);
}

static void refused(const struct den *den, enum err_code wanted)
{
	struct place place = { 0 };
	struct err err;
	int fd;

	assert_int_equal(place_listen(den->path, NO_GROUP, &place, &fd, &err), -1);
	if (err.code != wanted)
		fail_msg("%s", err.text);
}

static void listen_at(const struct den *den, struct place *out_place, int *out_fd)
{
	struct err err;

	if (place_listen(den->path, NO_GROUP, out_place, out_fd, &err) < 0)
		fail_msg("%s", err.text);
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static void what_is_missing_is_made_for_us_alone(void **state)
{
	struct den *den = *state;
	struct place place = { 0 };
	int fd;

	listen_at(den, &place, &fd);
	assert_int_equal(mode_of(den->dir), 0700);
	assert_int_equal(mode_of(den->path), 0600);
	place_leave(&place);
	assert_int_equal(access(den->path, F_OK), -1);
	close(fd);
}

static void a_directory_open_to_others_is_refused(void **state)
{
	struct den *den = *state;
	static const mode_t modes[] = { 0777, 0755, 0701, 0770, 0710, 01777 };
	size_t i;

	make_dir(den, 0700);
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(den->dir, modes[i]), 0);
		refused(den, ERR_UNSAFE);
	}
}

static void a_symbolic_link_is_no_directory(void **state)
{
	struct den *den = *state;
	char other[60];

	make_dir(den, 0700);
	snprintf(other, sizeof(other), "%s/other", den->root);
	assert_int_equal(rename(den->dir, other), 0);
	assert_int_equal(symlink(other, den->dir), 0);
	refused(den, ERR_UNSAFE);
	/* Nor by way of the slash that would have it followed. */
	snprintf(den->path, sizeof(den->path), "%s//feedd.sock", den->dir);
	refused(den, ERR_UNSAFE);
	snprintf(den->path, sizeof(den->path), "%s/.//./feedd.sock", den->dir);
	refused(den, ERR_UNSAFE);
}

static void a_directory_of_another_user_is_refused(void **state)
{
	struct den *den = *state;

	make_dir(den, 0700);
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(den->dir, 12345, (gid_t)-1), 0);
	refused(den, ERR_UNSAFE);
}

static void what_is_no_socket_is_left_alone(void **state)
{
	struct den *den = *state;
	int fd;

	make_dir(den, 0700);
	fd = open(den->path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	close(fd);
	refused(den, ERR_UNSAFE);
	assert_int_equal(access(den->path, F_OK), 0);
}

static void a_stale_socket_is_replaced_a_living_one_is_not(void **state)
{
	struct den *den = *state;
	struct place place = { 0 }, second = { 0 };
	int fd;

	listen_at(den, &place, &fd);
	refused(den, ERR_LOCKED);
	close(fd); /* as kill -9 would: the file stays */
	listen_at(den, &second, &fd);
	/* The first one's leaving does not take the second one's socket. */
	place_leave(&place);
	assert_int_equal(access(den->path, F_OK), 0);
	place_leave(&second);
	assert_int_equal(access(den->path, F_OK), -1);
	close(fd);
}

static void a_path_too_long_for_a_socket_is_told(void **state)
{
	struct den *den = *state;
	char long_path[200];
	struct place place = { 0 };
	struct err err;
	int fd;

	snprintf(long_path, sizeof(long_path), "%s/%0150d.sock", den->root, 1);
	assert_int_equal(place_listen(long_path, NO_GROUP, &place, &fd, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
}

static void a_group_may_enter_and_connect(void **state)
{
	struct den *den = *state;
	struct place place = { 0 };
	struct err err;
	int fd;

	assert_int_equal(place_listen(den->path, getegid(), &place, &fd, &err), 0);
	assert_int_equal(mode_of(den->dir), 0750);
	assert_int_equal(mode_of(den->path), 0660);
	assert_int_equal(place_regroup(&place, NO_GROUP, &err), 0);
	assert_int_equal(mode_of(den->dir), 0700);
	assert_int_equal(mode_of(den->path), 0600);
	assert_int_equal(place_regroup(&place, getegid(), &err), 0);
	assert_int_equal(mode_of(den->dir), 0750);
	place_leave(&place);
	close(fd);
}

static void ourselves_are_admitted(void **state)
{
	int pair[2];
	uid_t uid;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_true(place_admits(pair[0], NO_GROUP, &uid));
	assert_int_equal(uid, geteuid());
	close(pair[0]);
	close(pair[1]);
}

static void an_unknown_group_is_told(void **state)
{
	struct err err;
	gid_t gid;

	(void)state;
	assert_int_equal(place_group("no-such-group-anywhere", &gid, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	assert_int_equal(place_group(NULL, &gid, &err), 0);
	assert_int_equal(gid, NO_GROUP);
}

int main(void)
{
#define IN_DEN(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_DEN(what_is_missing_is_made_for_us_alone),
		IN_DEN(a_directory_open_to_others_is_refused),
		IN_DEN(a_symbolic_link_is_no_directory),
		IN_DEN(a_directory_of_another_user_is_refused),
		IN_DEN(what_is_no_socket_is_left_alone),
		IN_DEN(a_stale_socket_is_replaced_a_living_one_is_not),
		IN_DEN(a_path_too_long_for_a_socket_is_told),
		IN_DEN(a_group_may_enter_and_connect),
		cmocka_unit_test(ourselves_are_admitted),
		cmocka_unit_test(an_unknown_group_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
