#include "daemon/main_selftest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/log.h"
#include "common/nameless.h"
#include "daemon/main_cage.h"
#include "daemon/main_conf.h"
#include "daemon/main_place.h"
#include "daemon/main_trouble.h"
#include "daemon/worker/cage.h"

/* ---------------------------------------------------------------- attempts ---- */

/* Each runs in a process of its own: 0 if it succeeded. */

static int open_shadow(const char *data_dir)
{
	(void)data_dir;
	return open("/etc/shadow", O_RDONLY | O_CLOEXEC) < 0 ? -1 : 0;
}

static int write_elsewhere(const char *data_dir)
{
	char path[] = "/var/tmp/feedd-self-test.XXXXXX";
	int fd = mkstemp(path);

	(void)data_dir;
	if (fd < 0)
		return -1;
	unlink(path);
	return 0;
}

/* Ends with 0 by itself where it is run. */
static int run_shell(const char *data_dir)
{
	(void)data_dir;
	return execl("/bin/sh", "sh", "-c", ":", (char *)NULL);
}

static int trace_parent(const char *data_dir)
{
	(void)data_dir;
	return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) < 0 ? -1 : 0;
}

static int open_packets(const char *data_dir)
{
	(void)data_dir;
	return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) < 0 ? -1 : 0;
}

static int open_network(const char *data_dir)
{
	(void)data_dir;
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 ? -1 : 0;
}

static int write_store(const char *data_dir)
{
	return nameless_open(data_dir) < 0 ? -1 : 0;
}

static int read_names(const char *data_dir)
{
	(void)data_dir;
	if (access("/etc/nsswitch.conf", F_OK) < 0)
		return 0;
	return open("/etc/nsswitch.conf", O_RDONLY | O_CLOEXEC) < 0 ? -1 : 0;
}

static int start_worker(const char *data_dir)
{
	int null = open("/dev/null", O_RDWR);

	(void)data_dir;
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return -1;
	return execl("/proc/self/exe", "feedd", "--worker", (char *)NULL);
}

struct attempt {
	const char *words;
	int (*make)(const char *data_dir);
	bool in_worker; /* in the cage of a parser instead of the daemon's */
	bool succeeds;  /* what is right */
};

static const struct attempt attempts[] = {
	{ "the daemon reads /etc/shadow", open_shadow, false, false },
	{ "the daemon writes outside its directories", write_elsewhere, false, false },
	{ "the daemon runs a shell", run_shell, false, false },
	{ "the daemon traces a process", trace_parent, false, false },
	{ "the daemon reads raw packets", open_packets, false, false },
	{ "the daemon writes to its store", write_store, false, true },
	{ "the daemon opens a connection", open_network, false, true },
	{ "the daemon reads how names are looked up", read_names, false, true },
	{ "the daemon starts a parser, which parses", start_worker, false, true },
	{ "a parser reads /etc/shadow", open_shadow, true, false },
	{ "a parser runs a shell", run_shell, true, false },
	{ "a parser traces a process", trace_parent, true, false },
	{ "a parser opens a connection", open_network, true, false },
};

/* ------------------------------------------------------------------ verdict ---- */

static void enter(const struct attempt *attempt, const struct cage_places *places)
{
	struct cage_level level;

	if (attempt->in_worker) {
		cage_close();
		cage_filter();
		return;
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	main_cage_enter(places, &level);
}

static bool is_right(const struct attempt *attempt, const struct cage_places *places)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		enter(attempt, places);
		_exit(attempt->make(places->data_dir) < 0 ? 1 : 0);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child < 0)
		return false;
	/* To be ended by the filter is to have failed. */
	return (WIFEXITED(status) && WEXITSTATUS(status) == 0) == attempt->succeeds;
}

static int try_all(const struct cage_places *places)
{
	int rc = EX_OK;

	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		const struct attempt *attempt = &attempts[i];
		bool right = is_right(attempt, places);

		printf("%s: %s: %s\n", right ? "ok" : "WRONG", attempt->words,
			attempt->succeeds == right ? "yes" : "no");
		if (!right)
			rc = EX_SOFTWARE;
		if (fflush(stdout) != 0) {
			log_sentence("output can't be written: %s", strerror(errno));
			return EX_IOERR;
		}
	}
	return rc;
}

int main_selftest(const struct main_options *options)
{
	struct cage_places places = { 0 };
	char *data_dir = NULL, *socket = place_socket(options->socket);
	struct err err;
	int rc;

#ifdef FEEDD_SANITIZED
	fputs("feedd: built with a sanitizer, which a sandbox would stop: there is none\n", stderr);
	free(socket);
	return EX_UNAVAILABLE;
#endif
	if (place_data_dir(options->data_dir, &data_dir, &err) < 0) {
		log_sentence("%s", err.text);
		rc = main_exit_code(&err);
	} else {
		places.data_dir = data_dir;
		places.socket = socket;
		main_conf_places(options, places.conf_paths);
		rc = try_all(&places);
		main_conf_places_free(places.conf_paths);
	}
	free(data_dir);
	free(socket);
	return rc;
}
