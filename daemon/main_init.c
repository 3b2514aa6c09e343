#include "daemon/main_init.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define BY_SIGNAL 128 /* as a shell says it */

/* All who have ended; if the daemon is among them we do, too. */
static void take_leave(pid_t daemon)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == daemon)
			_exit(WIFEXITED(status) ? WEXITSTATUS(status)
						: BY_SIGNAL + WTERMSIG(status));
}

static void watch_over(pid_t daemon, const sigset_t *all)
{
	/* Of those that ended before signals waited nobody will be told. */
	take_leave(daemon);
	for (;;) {
		int number = sigwaitinfo(all, NULL);

		if (number == SIGCHLD)
			take_leave(daemon);
		else if (number > 0)
			kill(daemon, number);
	}
}

void main_init_leave(void)
{
	sigset_t all, before;
	pid_t daemon;

	/* Sockets that are handed over are handed to one process by its number. */
	if (getpid() != 1 || getenv("LISTEN_FDS") != NULL)
		return;
	signal(SIGCHLD, SIG_DFL); /* whoever started us may ignore it: then we hear of no end */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	daemon = fork();
	if (daemon > 0)
		watch_over(daemon, &all);
	sigprocmask(SIG_SETMASK, &before, NULL);
}
