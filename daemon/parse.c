#include "daemon/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/log.h"
#include "common/patient.h"
#include "daemon/feed/feed.h"
#include "daemon/main_options.h"
#include "daemon/parse_print.h"

#define CPU_S 3 /* to parse, as in a worker; and as much to print what came of it */
#define BODY_MAX (64u << 20)

struct request {
	const char *base;
	const char *content_type;
	const char *path;
	bool raw;
};

enum { OPT_PARSE = 256, OPT_BASE, OPT_TYPE, OPT_RAW };

static void usage(FILE *out)
{
	fputs("usage: feedd --parse [--base URL] [--content-type CT] [--raw] FILE|-\n", out);
}

/* -1 for words that can't be understood. */
static int read_options(int argc, char **argv, struct request *request)
{
	static const struct option options[] = {
		{ "parse", no_argument, NULL, OPT_PARSE },
		{ "base", required_argument, NULL, OPT_BASE },
		{ "content-type", required_argument, NULL, OPT_TYPE },
		{ "raw", no_argument, NULL, OPT_RAW },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (option) {
		case OPT_BASE:
			request->base = optarg;
			break;
		case OPT_TYPE:
			request->content_type = optarg;
			break;
		case OPT_RAW:
			request->raw = true;
			break;
		case OPT_PARSE:
			break;
		default:
			main_options_refuse(option, argv);
			return -1;
		}
	}
	if (optind + 1 != argc)
		return -1;
	request->path = argv[optind];
	return 0;
}

static int read_all(int fd, struct buf *body, struct err *err)
{
	ssize_t n;

	for (;;) {
		if (buf_reserve(body, 65536) < 0)
			return err_set(err, ERR_TOO_BIG, "more than %u bytes", BODY_MAX);
		n = patient_read(fd, body->data + body->length, 65536);
		if (n < 0)
			return err_set_errno(err, ERR_IO, errno, "cannot read");
		if (n == 0)
			break;
		buf_grown(body, (size_t)n);
	}
	buf_trim(body);
	return 0;
}

static int read_file(const char *path, struct buf *body, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return err_set_errno(err, ERR_IO, errno, "cannot open");
	result = read_all(fd, body, err);
	if (!is_stdin)
		close(fd);
	return result;
}

static void on_cpu_spent(int signal)
{
	static const char words[] = "feedd: the document takes too long and was given up\n";

	(void)signal;
	if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0)
		_exit(1);
	_exit(1);
}

/* From now on, in CPU time. */
static void limit_cpu(void)
{
	struct itimerval budget = { .it_value = { .tv_sec = CPU_S } };

	signal(SIGPROF, on_cpu_spent);
	setitimer(ITIMER_PROF, &budget, NULL);
}

/* A page is no feed, but it may say where its feeds are. */
static void add_candidates(struct feed_charsets *charsets, const struct feed_source *source,
	const struct feed_limits *limits, struct err *err)
{
	struct feed_doc *page;
	struct err other;
	struct buf words;
	uint32_t i;

	if (feed_parse(charsets, FEED_KIND_PAGE, source, limits, &page, &other) < 0)
		return;
	buf_init(&words, sizeof(err->text) / 2);
	for (i = 0; i < page->links.count; i++)
		if (buf_printf(&words, "%s %s", i == 0 ? "; its feeds:" : ",",
			    feed_doc_text(page, feed_doc_link(page, page->links.first + i)->url)) <
			0)
			break;
	other = *err;
	err_set(err, ERR_NOT_FEED, "%s%s", other.text, words.data);
	buf_release(&words);
	free(page);
}

static int parse(
	const struct request *request, struct buf *body, struct feed_doc **out_doc, struct err *err)
{
	struct feed_source source = { body->data, body->length, false, request->base,
		request->content_type, "", body };
	struct feed_charsets *charsets = feed_charsets_later();
	struct feed_limits limits;
	int result;

	feed_limits_default(&limits);
	limit_cpu();
	result = feed_parse(charsets, FEED_KIND_FEED, &source, &limits, out_doc, err);
	/* Only what could not be a feed at first sight is still there. */
	if (result < 0 && err->code == ERR_NOT_FEED && body->length == source.length)
		add_candidates(charsets, &source, &limits, err);
	feed_charsets_free(charsets);
	return result;
}

/* The exit status, in which paper that is full is another thing than a page that is no
 * feed. */
static int print(const struct request *request, struct feed_doc *doc)
{
	struct err err;
	int result;

	limit_cpu();
	result = parse_print(doc, request->raw, STDOUT_FILENO, &err);
	free(doc);
	if (result == 0)
		return EX_OK;
	if (err.code == ERR_IO) {
		log_sentence("%s", err.text);
		return EX_IOERR;
	}
	log_sentence("%s: %s", request->path, err.text);
	return 1;
}

/* What is freed goes back at once.  glibc would begin to keep the largest pieces,
 * after the first one that was freed. */
static void keep_no_memory(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
#endif
}

bool parse_is_wanted(int argc, char *const *argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--parse") == 0)
			return true;
		if (strcmp(argv[i], "--base") == 0 || strcmp(argv[i], "--content-type") == 0)
			i++; /* its value */
		else if (strncmp(argv[i], "--base=", 7) != 0 &&
			 strncmp(argv[i], "--content-type=", 15) != 0 &&
			 strcmp(argv[i], "--raw") != 0)
			return false;
	}
	return false;
}

int parse_main(int argc, char **argv)
{
	struct request request = { "", "", NULL, false };
	struct feed_doc *doc;
	struct buf body;
	struct err err;
	int result;

	if (read_options(argc, argv, &request) < 0) {
		usage(stderr);
		return EX_USAGE;
	}
	keep_no_memory();
	setlocale(LC_CTYPE, "C.UTF-8"); /* names of hosts are IDN */
	buf_init(&body, BODY_MAX);
	result = read_file(request.path, &body, &err);
	if (result == 0)
		result = parse(&request, &body, &doc, &err);
	buf_release(&body);
	if (result == 0)
		return print(&request, doc);
	log_sentence("%s: %s", request.path, err.text);
	return 1;
}
