#include "daemon/worker/worker.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/mem.h"
#include "daemon/feed/feed.h"
#include "daemon/worker/cage.h"
#include "daemon/worker/frame.h"

#define NICE 5 /* behind feedd itself, whose loop has clients that wait */
#define CPU_MAX_S 3
#define MEMORY_MAX (256u << 20)
#define BODY_MAX ((uint64_t)1 << 30) /* above any setting */

/* One document's worth; the memory is used again for the next. */
struct child {
	struct feed_charsets *charsets;
	struct frame_request head;
	struct buf body;
	char *url, *content_type, *content_location;
};

/* 1 when all came, 0 at an end before the first byte, -1 otherwise. */
static int read_whole(void *to, size_t length)
{
	size_t have = 0;

	while (have < length) {
		ssize_t got = read(STDIN_FILENO, (char *)to + have, length - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return have == 0 && got == 0 ? 0 : -1;
		have += (size_t)got;
	}
	return 1;
}

static int write_whole(const void *from, size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t put = write(STDOUT_FILENO, (const char *)from + done, length - done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return -1;
		done += (size_t)put;
	}
	return 0;
}

static int read_text(uint32_t length, char **out_text)
{
	char *text;

	if (length > FRAME_TEXT_MAX)
		return -1;
	text = mem_alloc(length + 1);
	text[length] = '\0';
	free(*out_text);
	*out_text = text;
	return length == 0 || read_whole(text, length) == 1 ? 0 : -1;
}

/* 1 with a request, 0 when there are no more. */
static int read_request(struct child *child)
{
	struct frame_request *head = &child->head;
	int rc = read_whole(head, sizeof(*head));

	if (rc != 1)
		return rc;
	if (head->magic != FRAME_MAGIC || head->version != FRAME_VERSION ||
		head->body_length > BODY_MAX)
		return -1;
	if (read_text(head->url_length, &child->url) < 0 ||
		read_text(head->content_type_length, &child->content_type) < 0 ||
		read_text(head->content_location_length, &child->content_location) < 0)
		return -1;
	if (buf_reserve(&child->body, (size_t)head->body_length) < 0)
		return -1;
	if (head->body_length > 0 && read_whole(child->body.data, (size_t)head->body_length) != 1)
		return -1;
	buf_grown(&child->body, (size_t)head->body_length);
	return 1;
}

static int answer(uint32_t error, const void *bytes, size_t length)
{
	struct frame_answer head = { FRAME_MAGIC, FRAME_VERSION, error, (uint32_t)length };

	if (write_whole(&head, sizeof(head)) < 0)
		return -1;
	return write_whole(bytes, length);
}

/* The kernel counts our time and ends us with SIGPROF: a parser that hangs
 * would not look at a clock of its own. */
static void limit_cpu(long seconds)
{
	struct itimerval timer = { .it_value = { .tv_sec = seconds } };

	setitimer(ITIMER_PROF, &timer, NULL);
}

static int parse_one(struct child *child)
{
	struct feed_source source = { .body = child->body.data,
		.length = child->body.length,
		.cut = child->head.cut != 0,
		.url = child->url,
		.content_type = child->content_type,
		.content_location = child->content_location,
		.body_owner = &child->body };
	struct feed_doc *doc = NULL;
	struct err err;
	int rc;

	limit_cpu(CPU_MAX_S);
	rc = feed_parse(child->charsets, (enum feed_kind)child->head.kind, &source,
		&child->head.limits, &doc, &err);
	limit_cpu(0);
	buf_release(&child->body); /* a page's is still there */
	if (rc < 0)
		return answer(err.code, err.text, strlen(err.text));
	rc = answer(ERR_NONE, doc, doc->size);
	free(doc);
	return rc;
}

/* A macro, because the C libraries disagree about the first argument's type. */
#define LIMIT(resource, most) setrlimit((resource), &(struct rlimit){ (most), (most) })

/*
 * Nothing is left that a hostile document could want.
 *
 * RLIMIT_NPROC is compared with how many processes the user has, but only when
 * this one wants another: 0 takes nothing from anybody else.  RLIMIT_CPU is not
 * set: it counts a life, and ours is as long as the daemon's; a document's
 * time is limit_cpu()'s, and whoever would switch that off has the parent's
 * clock against him.
 */
static void lock_in(bool filter, struct frame_hello *hello)
{
	close_range(3, ~0u, 0);
	(void)setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + NICE);
	LIMIT(RLIMIT_CORE, 0);
	LIMIT(RLIMIT_FSIZE, 0);
	LIMIT(RLIMIT_NOFILE, 16);
#ifndef FEEDD_SANITIZED
	/* A sanitizer's shadow memory alone is larger, and what looks for leaks
	 * is a process of its own. */
	LIMIT(RLIMIT_AS, MEMORY_MAX);
	LIMIT(RLIMIT_NPROC, 0);
#endif
	/* A parent that is killed takes us with it, hanging or not. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef FEEDD_SANITIZED
	/* A sanitizer reads /proc when it has something to say. */
	(void)cage_close(); /* some kernels know nothing of it; the filter holds without */
#endif
	signal(SIGPIPE, SIG_IGN);
	/* The terminal's interrupts are for the parent, who ends us by the pipe. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
#ifndef FEEDD_SANITIZED
	hello->filtered = filter && cage_filter();
#else
	(void)filter;
	(void)hello;
#endif
}

/* Something of everything, so that a C library which does otherwise than we
 * thought dies of the filter here, and not of somebody's feed. */
static const char sample[] =
	"<?xml version='1.0' encoding='windows-1252'?>"
	"<rss version='2.0'><channel><title>a \xe9 &amp; b</title>"
	"<link>https://b\xfc"
	"cher.example/</link>"
	"<item><guid>1</guid><title>one</title><link>x?y#z</link>"
	"<pubDate>Mon, 23 Nov 2026 09:00:00 +0100</pubDate>"
	"<description><![CDATA[<p>some <b>words</b><script>x</script>]]></description>"
	"</item></channel></rss>";

/* -1 if even that does not parse. */
static int try_sample(struct child *child)
{
	struct feed_source source = { .body = sample,
		.length = sizeof(sample) - 1,
		.url = "https://example.org/feed",
		.content_type = "application/rss+xml",
		.content_location = "" };
	struct feed_limits limits;
	struct feed_doc *doc;
	struct err err;

	feed_limits_default(&limits);
	limit_cpu(CPU_MAX_S);
	if (feed_parse(child->charsets, FEED_KIND_FEED, &source, &limits, &doc, &err) < 0)
		return -1;
	limit_cpu(0);
	free(doc);
	return 0;
}

int worker_main(bool filter)
{
	struct frame_hello hello = { .magic = FRAME_MAGIC, .version = FRAME_VERSION };
	struct child child = { 0 };
	int rc;

	setlocale(LC_ALL, "C.UTF-8");
	mem_keep(2 << 20);
	buf_init(&child.body, BODY_MAX);
	/* iconv reads files for each character set, so all are opened before. */
	child.charsets = feed_charsets_open();
	lock_in(filter, &hello);
	if (try_sample(&child) < 0 || write_whole(&hello, sizeof(hello)) < 0)
		return 1;
	do {
		rc = read_request(&child);
		if (rc == 1 && parse_one(&child) < 0)
			rc = -1;
	} while (rc == 1);
	feed_charsets_free(child.charsets);
	buf_release(&child.body);
	free(child.url);
	free(child.content_type);
	free(child.content_location);
	return rc < 0 ? 1 : 0;
}
