#include "ctl/term.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/mem.h"
#include "ctl/files.h"
#include "ctl/web.h"

#define WIDTH_MIN 20
#define WIDTH_MAX 1000

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

/* Whether it is a terminal that knows no colours and no cursor, or none. */
static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return term == NULL || term[0] == '\0' || strcmp(term, "dumb") == 0;
}

/* A number out of the environment; 0 for none. */
static long number_in(const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? strtol(value, NULL, 10) : 0;
}

static bool term_is(const char *word)
{
	const char *term = getenv("TERM");

	return term != NULL && strstr(term, word) != NULL;
}

/* There is no way to ask for it; these are known to show links, and the rest
 * at worst shows nothing of them, but not the consoles. */
static bool knows_links(void)
{
	const char *program = getenv("TERM_PROGRAM");

	if (number_in("VTE_VERSION") >= 5000)
		return true;
	if (program != NULL &&
		(strcmp(program, "iTerm.app") == 0 || strcmp(program, "WezTerm") == 0 ||
			strcmp(program, "vscode") == 0 || strcmp(program, "ghostty") == 0))
		return true;
	return is_set("KITTY_WINDOW_ID") || is_set("WT_SESSION") || is_set("KONSOLE_VERSION") ||
	       is_set("DOMTERM") || term_is("kitty") || term_is("foot") || term_is("alacritty") ||
	       term_is("ghostty");
}

static int read_width(const struct args *args, struct term *term, struct err *err)
{
	const char *said = args_value(args, "width");
	struct winsize size;
	char *end;

	term->width = 80;
	if (said != NULL) {
		term->width = strtoul(said, &end, 10);
		if (said[0] < '0' || said[0] > '9' || *end != '\0')
			return err_set(err, ERR_USAGE, "--width %s is no number", said);
	} else if (number_in("COLUMNS") > 0) {
		/* What is said counts more than what is measured, as POSIX has it. */
		term->width = (size_t)number_in("COLUMNS");
	} else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
		term->width = size.ws_col;
	}
	if (term->width < WIDTH_MIN)
		term->width = WIDTH_MIN;
	if (term->width > WIDTH_MAX)
		term->width = WIDTH_MAX;
	return 0;
}

int term_init(const struct args *args, struct term *out_term, struct err *err)
{
	const char *when = args_value(args, "color");
	bool dumb = is_dumb();

	memset(out_term, 0, sizeof(*out_term));
	out_term->terminal = isatty(STDOUT_FILENO) != 0;
	out_term->ascii = args_has(args, "ascii");
	out_term->now_s = clock_now_s();
	out_term->colour = out_term->terminal && !dumb && !is_set("NO_COLOR");
	if (when != NULL && strcmp(when, "always") == 0)
		out_term->colour = true;
	else if (when != NULL && strcmp(when, "never") == 0)
		out_term->colour = false;
	else if (when != NULL && strcmp(when, "auto") != 0)
		return err_set(err, ERR_USAGE, "--color is auto, always or never, not %s", when);
	out_term->links = out_term->terminal && !dumb && knows_links();
	return read_width(args, out_term, err);
}

static const char *pager_command(void)
{
	const char *own = getenv("FEEDCTL_PAGER"), *everyones = getenv("PAGER");

	if (own != NULL)
		return own;
	if (everyones != NULL)
		return everyones;
	return files_in_path("less") ? "less -R" : "";
}

/* Of what only a shell can read, the shell will tell. */
static bool can_run(const char *command)
{
	char *name;
	bool can;

	if (strpbrk(command, "|&;<>()$`\\\"'*?[#~=") != NULL)
		return true;
	command += strspn(command, " \t");
	name = mem_strndup(command, strcspn(command, " \t"));
	can = files_in_path(name);
	free(name);
	return can;
}

static void become_pager(const char *command, int in)
{
	dup2(in, STDIN_FILENO);
	signal(SIGXFSZ, SIG_DFL);
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	/* The person's own variable, which is a shell command by custom. */
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

void term_page(struct term *term)
{
	const char *command = pager_command();
	int ends[2];
	pid_t pid;

	if (!term->terminal || term->pager != 0 || command[0] == '\0' ||
		strcmp(command, "cat") == 0 || is_dumb() || !can_run(command) || pipe(ends) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		become_pager(command, ends[0]);
	}
	close(ends[0]);
	if (pid > 0) {
		dup2(ends[1], STDOUT_FILENO);
		term->pager = pid;
		/* Ctrl-C is the pager's; we end when it closes the pipe. */
		signal(SIGINT, SIG_IGN);
	}
	close(ends[1]);
}

void term_unpage(struct term *term)
{
	if (term->pager == 0)
		return;
	close(STDOUT_FILENO);
	while (waitpid(term->pager, NULL, 0) < 0 && errno == EINTR)
		;
	term->pager = 0;
}

void term_colour(const struct term *term, struct out *out, enum colour colour)
{
	static const char *const codes[] = { "", "\033[1m", "\033[2m", "\033[31m", "\033[32m",
		"\033[33m", "\033[34m", "\033[36m" };

	if (term->colour)
		out_text(out, codes[colour]);
}

void term_plain(const struct term *term, struct out *out)
{
	if (term->colour)
		out_text(out, "\033[0m");
}

void term_bytes(const struct term *term, struct out *out, const char *data, size_t length)
{
	if (term->terminal)
		out_lines(out, data, length);
	else
		out_add(out, data, length);
}

void term_link_begin(const struct term *term, struct out *out, const char *url, size_t length)
{
	if (!term->links)
		return;
	out_text(out, "\033]8;;");
	if (web_is_link(url, length))
		web_put_ascii(out, url, length);
	out_text(out, "\033\\");
}

void term_link_end(const struct term *term, struct out *out)
{
	if (term->links)
		out_text(out, "\033]8;;\033\\");
}
