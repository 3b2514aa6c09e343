#include "ctl/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/utf8.h"
#include "ctl/cell.h"
#include "ctl/files.h"

#define VALUE_MAX 4096
#define KILL_AFTER_MS 5000
#define LOOK_EVERY_MS 20 /* where no pidfd tells of the end */
#define DAY_S ((int64_t)24 * 3600)

/* The group that a signal for us ends, too; 0: none runs. */
static volatile sig_atomic_t running;

struct run {
	pid_t pid;
	int pidfd;        /* -1: the system has none */
	int ends[2];      /* reading ends of its output and its errors */
	size_t passed;    /* bytes of both that went on */
	unsigned seconds; /* that it may take */
	int64_t deadline_ms;
	int unwritten; /* errno: its output could not go on; 0: it could */
	bool terminated;
	bool timed_out;
	bool over;
};

extern char **environ;

/* What a command may know of its surroundings: who and where the user is, how
 * to reach the desktop and the network.  One that ends with _ begins a family. */
static const char *const kept[] = { "PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "TMPDIR",
	"TERM", "TZ", "LANG", "LANGUAGE", "LC_", "XDG_", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
	"DBUS_SESSION_BUS_ADDRESS", "TMUX", "TMUX_PANE", "I3SOCK", "SWAYSOCK", "BROWSER", "EDITOR",
	"NO_COLOR", "http_proxy", "https_proxy", "all_proxy", "no_proxy", "FEEDD_SOCKET",
	"FEEDD_TEST_" };

static bool is_kept(const char *entry)
{
	size_t length = strcspn(entry, "=");

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		size_t n = strlen(kept[i]);

		if (strncmp(entry, kept[i], n) == 0 && (n == length || kept[i][n - 1] == '_'))
			return true;
	}
	return false;
}

/* NAME=value as one harmless line. */
static char *entry_of(const char *name, struct text text)
{
	struct buf entry;
	size_t length;

	buf_init(&entry, VALUE_MAX + 64);
	if (buf_printf(&entry, "%s=", name) < 0 ||
		utf8_add_line(&entry, text.at,
			utf8_cut(text.at, text.length < VALUE_MAX ? text.length : VALUE_MAX)) < 0)
		buf_cut(&entry, strlen(name) + 1);
	return buf_take(&entry, &length);
}

/* A little of ours, and the item's. */
static char **environment(const struct hook *hook, const struct wire_row *row)
{
	static const struct {
		const char *name, *field;
	} facts[] = { { "FEEDD_ID", "id" }, { "FEEDD_EVENT", "event" },
		{ "FEEDD_FEED_ID", "feed_id" }, { "FEEDD_FEED_TITLE", "feed_title" },
		{ "FEEDD_TITLE", "title" }, { "FEEDD_URL", "url" }, { "FEEDD_DATE", "date" },
		{ "FEEDD_CURSOR", "cursor" } };
	size_t count = 0, n = 0, fact_count = sizeof(facts) / sizeof(facts[0]);
	struct buf scratch;
	char **list;

	while (environ[count] != NULL)
		count++;
	list = MEM_ARRAY(count + fact_count + 2, char *);
	for (size_t i = 0; i < count; i++) {
		if (is_kept(environ[i]) &&
			(hook->socket == NULL || strncmp(environ[i], "FEEDD_SOCKET=", 13) != 0))
			list[n++] = mem_strdup(environ[i]);
	}
	buf_init(&scratch, (size_t)1 << 20);
	for (size_t i = 0; i < fact_count; i++) {
		const char *field = facts[i].field;
		struct cell cell;

		/* What a feed's event has to say stands where a title would. */
		if (strcmp(field, "title") == 0 && value_is_null(wire_row_get(row, "id")))
			field = "text";
		cell_init(&cell, field, strlen(field));
		list[n++] = entry_of(facts[i].name, cell_text(&cell, row, &scratch));
	}
	buf_release(&scratch);
	if (hook->socket != NULL)
		list[n++] = mem_printf("FEEDD_SOCKET=%s", hook->socket);
	return list;
}

static void become(const struct hook *hook, char **env, int json_fd, int out, int errors, int tell)
{
	static const struct rlimit no_core = { 0, 0 };
	sigset_t none;
	int failure;

	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	setrlimit(RLIMIT_CORE, &no_core);
	/* All of these are above 2: the caller's 0, 1 and 2 are open. */
	if (dup2(json_fd, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
		dup2(errors, STDERR_FILENO) >= 0) {
		lseek(STDIN_FILENO, 0, SEEK_SET);
		if (dup2(tell, 3) >= 0) {
			fcntl(3, F_SETFD, FD_CLOEXEC);
			close_range(4, ~0u, 0);
			tell = 3;
		}
		environ = env;
		execvp(hook->argv[0], hook->argv);
	}
	failure = errno;
	if (write(tell, &failure, sizeof(failure)) < 0)
		_exit(126);
	_exit(127);
}

static void on_signal(int signal_number)
{
	if (running != 0)
		kill(-(pid_t)running, SIGTERM);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

/* The terminal's own reach our group alone, and it is not in that. */
static void hear_signals(void)
{
	static const int numbers[] = { SIGINT, SIGQUIT, SIGHUP };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		/* In a script's background Ctrl-C is none of ours, and stays that; so is the
		 * terminal's end behind nohup(1). */
		if (signal(numbers[i], on_signal) == SIG_IGN)
			signal(numbers[i], SIG_IGN);
	}
	signal(SIGTERM, on_signal);
}

/* Read what is there; beyond the limit it is dropped.  False at the end. */
static bool pass_on(struct run *run, int which)
{
	char data[8192];
	ssize_t n = read(run->ends[which], data, sizeof(data));
	size_t room = HOOK_OUTPUT_MAX - run->passed, length;

	if (n <= 0)
		return n < 0 && (errno == EINTR || errno == EAGAIN);
	length = (size_t)n < room ? (size_t)n : room;
	run->passed += length;
	/* Words that nobody hears are no output that is lost. */
	if (files_write(which == 0 ? STDOUT_FILENO : STDERR_FILENO, data, length) < 0 &&
		which == 0) {
		run->unwritten = errno;
		run->passed = HOOK_OUTPUT_MAX;
	}
	errno = 0; /* of reading alone does the caller want to know */
	return true;
}

static void check_time(struct run *run)
{
	if (clock_steady_ms() < run->deadline_ms)
		return;
	run->timed_out = true;
	kill(-run->pid, run->terminated ? SIGKILL : SIGTERM);
	run->terminated = true;
	run->deadline_ms = clock_steady_ms() + KILL_AFTER_MS;
}

/* Where the system gives no pidfd (an old kernel, a container's filter) the
 * process is asked for, and stays to be waited for. */
static bool has_ended(const struct run *run, short events)
{
	siginfo_t info = { 0 };

	if (run->pidfd >= 0)
		return events != 0;
	return waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	       info.si_pid != 0;
}

/* How long nothing may come before it is looked at again. */
static int patience_ms(const struct run *run)
{
	int64_t left_ms = run->deadline_ms - clock_steady_ms();

	if (run->pidfd < 0 && left_ms > LOOK_EVERY_MS)
		return LOOK_EVERY_MS;
	return left_ms > 0 ? (int)left_ms : 0;
}

/* Until the process itself is over; what it left behind may go on. */
static void follow(struct run *run)
{
	while (!run->over) {
		struct pollfd fds[3] = { { run->pidfd, POLLIN, 0 }, { run->ends[0], POLLIN, 0 },
			{ run->ends[1], POLLIN, 0 } };

		if (poll(fds, 3, patience_ms(run)) < 0 && errno != EINTR)
			return;
		for (int i = 0; i < 2; i++) {
			if (fds[1 + i].revents != 0 && !pass_on(run, i)) {
				close(run->ends[i]);
				run->ends[i] = -1;
			}
		}
		run->over = has_ended(run, fds[0].revents);
		if (!run->over)
			check_time(run);
	}
	for (int i = 0; i < 2; i++) {
		if (run->ends[i] < 0)
			continue;
		fcntl(run->ends[i], F_SETFL, O_NONBLOCK);
		while (run->passed < HOOK_OUTPUT_MAX && pass_on(run, i) && errno != EAGAIN)
			errno = 0;
	}
}

static int judge(const struct run *run, const char *name, int status, struct err *err)
{
	if (run->timed_out)
		return err_set(
			err, ERR_FAILED, "%s did not end within %u seconds", name, run->seconds);
	if (WIFSIGNALED(status))
		return err_set(
			err, ERR_FAILED, "%s was ended by signal %d", name, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(err, ERR_FAILED, "%s failed with %d", name, WEXITSTATUS(status));
	if (run->unwritten != 0)
		return err_set_errno(
			err, ERR_IO, run->unwritten, "the output of %s can't be written", name);
	return 0;
}

/* Start it and wait; pipes are the caller's to close but for the reading ends. */
static int start(const struct hook *hook, char **env, int json_fd, int pipes[3][2], struct run *run,
	struct err *err)
{
	int failure = 0, status = 0;

	run->pid = fork();
	if (run->pid == 0)
		become(hook, env, json_fd, pipes[0][1], pipes[1][1], pipes[2][1]);
	if (run->pid < 0)
		return err_set_errno(err, ERR_IO, errno, "%s can't be started", hook->argv[0]);
	setpgid(run->pid, run->pid); /* whoever of us comes first */
	running = run->pid;
	for (int i = 0; i < 3; i++) {
		close(pipes[i][1]);
		pipes[i][1] = -1;
	}
	if (read(pipes[2][0], &failure, sizeof(failure)) == sizeof(failure)) {
		waitpid(run->pid, &status, 0);
		running = 0;
		return err_set_errno(err, ERR_IO, failure, "%s can't be run", hook->argv[0]);
	}
	run->ends[0] = pipes[0][0];
	run->ends[1] = pipes[1][0];
	pipes[0][0] = pipes[1][0] = -1;
	run->seconds = hook->seconds != 0 ? hook->seconds : HOOK_SECONDS;
	run->deadline_ms = clock_steady_ms() + run->seconds * (int64_t)1000;
	run->pidfd = pidfd_open(run->pid, 0);
	follow(run);
	/* What it started may not have heeded the first signal.  The group's
	 * number is nobody else's until we have waited. */
	if (run->timed_out)
		kill(-run->pid, SIGKILL);
	while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
		;
	running = 0;
	return judge(run, hook->argv[0], status, err);
}

int hook_run(const struct hook *hook, const struct wire_row *row, int json_fd, struct err *err)
{
	struct run run = { .pidfd = -1, .ends = { -1, -1 } };
	int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	char **env = environment(hook, row);
	int result = 0;

	hear_signals();
	for (int i = 0; i < 3 && result == 0; i++) {
		if (pipe2(pipes[i], O_CLOEXEC) < 0)
			result = err_set_errno(err, ERR_IO, errno, "pipe");
	}
	if (result == 0)
		result = start(hook, env, json_fd, pipes, &run, err);
	for (int i = 0; i < 6; i++) {
		if (pipes[i / 2][i % 2] >= 0)
			close(pipes[i / 2][i % 2]);
	}
	for (int i = 0; i < 2; i++) {
		if (run.ends[i] >= 0)
			close(run.ends[i]);
	}
	if (run.pidfd >= 0)
		close(run.pidfd);
	for (size_t i = 0; env[i] != NULL; i++)
		free(env[i]);
	free(env);
	return result;
}

int64_t hook_pause_s(unsigned n)
{
	int64_t pause = n < 30 ? (int64_t)60 << n : DAY_S + 1;

	return pause > DAY_S ? 0 : pause;
}
