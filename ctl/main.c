/*
 * feedctl: the command line of feedd.
 *
 * In reading order:
 *
 *	main.c      which command, what comes of it, exit codes
 *	args        the line, read by the table of commands (near: typos)
 *	params      the line as parameters of a call (when: times, input: @FILE, -)
 *	session     the socket (reply: one answer, row: a row where it lies)
 *	ctl         what the commands share
 *	run_*       the commands, a file for each kind
 *	format      rows to output, format_* for each format
 *	cell        a column's text (columns: which there are, content: articles)
 *	names       what files of feeds are called
 *	term        the terminal (width: columns of text, say: standard error)
 *	hook        a command for each item, cursor: where watch goes on
 *	help        help and completions, out of the table
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/standard.h"
#include "ctl/ctl.h"
#include "ctl/help.h"
#include "ctl/say.h"

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_NO_DAEMON };

static ctl_run *const runs[COMMANDS] = {
	[CMD_ADD] = run_add,
	[CMD_REMOVE] = run_change,
	[CMD_FEEDS] = run_listing,
	[CMD_SET] = run_change,
	[CMD_PAUSE] = run_change,
	[CMD_RESUME] = run_change,
	[CMD_REVERT] = run_change,
	[CMD_LIST] = run_listing,
	[CMD_COUNT] = run_count,
	[CMD_SHOW] = run_show,
	[CMD_OPEN] = run_open,
	[CMD_MARK_READ] = run_change,
	[CMD_MARK_UNREAD] = run_change,
	[CMD_STAR] = run_change,
	[CMD_UNSTAR] = run_change,
	[CMD_TAG] = run_change,
	[CMD_UNTAG] = run_change,
	[CMD_UNDO] = run_change,
	[CMD_REFRESH] = run_refresh,
	[CMD_WATCH] = run_watch,
	[CMD_EXPLAIN] = run_explain,
	[CMD_LOG] = run_listing,
	[CMD_DISCOVER] = run_listing,
	[CMD_BACKFILL] = run_change,
	[CMD_PUSH] = run_push,
	[CMD_IMPORT] = run_import,
	[CMD_EXPORT] = run_export,
	[CMD_QUERY_ADD] = run_change,
	[CMD_QUERY_LIST] = run_listing,
	[CMD_QUERY_REMOVE] = run_change,
	[CMD_RULE_ADD] = run_change,
	[CMD_RULE_LIST] = run_listing,
	[CMD_RULE_REMOVE] = run_change,
	[CMD_RULE_TEST] = run_listing,
	[CMD_RULE_APPLY] = run_change,
	[CMD_STATUS] = run_status,
	[CMD_STATS] = run_stats,
	[CMD_BACKUP] = run_backup,
	[CMD_DUMP] = run_export,
	[CMD_RESTORE] = run_restore,
	[CMD_HELP] = run_help,
	[CMD_COMPLETION] = run_completion,
};

static int exit_code(const struct err *err)
{
	if (err->code == ERR_USAGE)
		return EXIT_USAGE;
	return err->code == ERR_NO_DAEMON ? EXIT_NO_DAEMON : EXIT_FAILED;
}

/* What --help is asked about; NULL for all of it. */
static const char *topic(const struct args *args)
{
	if (args->family != NULL)
		return args->family;
	return args->named ? args->command->name : NULL;
}

static int check_format(const struct args *args, struct err *err)
{
	const struct command *command = args->command;

	for (size_t i = 0; i < command_global_count; i++) {
		const char *name = command_globals[i].name;

		if (!args_has(args, name) || args_takes(command, name))
			continue;
		if (strcmp(name, "null") == 0)
			return err_set(err, ERR_USAGE, "%s writes a format of its own, without -0",
				command->name);
		return err_set(err, ERR_USAGE,
			command->reply == REPLY_TEXT ? "%s writes a format of its own, without --%s"
						     : "%s prints no rows, and takes no --%s",
			command->name, name);
	}
	return 0;
}

static int run(struct ctl *ctl, struct err *err)
{
	struct params params = ctl_params(ctl);
	int result;

	if (args_has(&ctl->args, "version")) {
		out_text(&ctl->out, "feedctl " FEEDD_VERSION "\n" FEEDD_LIBRARIES);
		result = 0;
	} else if (args_has(&ctl->args, "help")) {
		result = help_print(&ctl->out, topic(&ctl->args), err);
	} else {
		result = params_check(&params, err);
		if (result == 0)
			result = check_format(&ctl->args, err);
		if (result == 0)
			result = runs[ctl->args.id](ctl, err);
	}
	if (result < 0) {
		struct err ignored;

		/* What was there is not lost, and the first error is the one to tell. */
		(void)!out_flush(&ctl->out, &ignored);
		return -1;
	}
	return out_flush(&ctl->out, err);
}

/* Whoever started us may ignore them, or have kept them from itself.  Where the end of a
 * child is ignored nobody learns how a hook has ended. */
static void hear_signals(void)
{
	sigset_t pipes;

	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &pipes, NULL);
}

int main(int argc, char **argv)
{
	static struct ctl ctl;
	struct err err;
	int code = EXIT_DONE;

	if (standard_keep() < 0)
		return EXIT_FAILED;
	hear_signals();
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of that write */
	out_init(&ctl.out, STDOUT_FILENO);
	if (args_parse(argc, argv, &ctl.args, &err) < 0 ||
		term_init(&ctl.args, &ctl.term, &err) < 0 || run(&ctl, &err) < 0) {
		term_unpage(&ctl.term);
		say_err(&err);
		code = exit_code(&err);
	} else if (ctl.unfinished) {
		code = EXIT_FAILED;
	}
	term_unpage(&ctl.term);
	say_progress_end();
	session_close(ctl.session);
	args_release(&ctl.args);
	return code;
}
