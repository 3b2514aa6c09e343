/*
 * feedd: keeps a person's feeds.  A map of the program, in reading order:
 *
 *	main_options.c   the command line
 *	main_place.c     the process and its surroundings: descriptors, environment,
 *	                 directories, systemd
 *	main_conf.c      which file the settings are in, at the start and later
 *	main_cage.c      what the daemon may do, and the kernel holds it to it
 *	main_selftest.c  `feedd --self-test sandbox`
 *	main_serve.c     makes the parts, wires them, runs the loop, shuts down
 *	main_init.c      the first process of a container
 *	main_trouble.c   what a failure is to whoever runs it: words, an exit code
 *	main_loop.c      what libuv has to get before it may begin
 *	main_upkeep.c    the store's retention and backups, at their time
 *	parse.c          `feedd --parse`
 *
 *	refresh.c        the main road: due -> fetch -> parse -> store -> tell
 *	  policy.c       when to look next
 *	  fetch/         a URL to bytes, politely
 *	  worker/        bytes to a document, in a process of its own (--worker)
 *	  feed/          the parser that runs there
 *	  store/         documents to items, marks, searches; all SQL
 *	  hub.c          tells whoever listens that something happened
 *	control/         calls from the Unix socket, answers to it
 *	conf.c           feedd.conf
 *	url.c            URLs
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <uv.h>

#include "common/buf.h"
#include "common/log.h"
#include "common/standard.h"
#include "daemon/conf.h"
#include "daemon/feed/feed.h"
#include "daemon/fetch/fetch.h"
#include "daemon/main_init.h"
#include "daemon/main_options.h"
#include "daemon/main_place.h"
#include "daemon/main_selftest.h"
#include "daemon/main_serve.h"
#include "daemon/main_trouble.h"
#include "daemon/parse.h"
#include "daemon/store/store.h"
#include "daemon/store/store_copies.h"
#include "daemon/worker/worker.h"

#define SAMPLE_MAX (1u << 16)

/* Whether all that was printed arrived somewhere. */
static int written(void)
{
	if (!ferror(stdout) && fflush(stdout) == 0)
		return EX_OK;
	log_sentence("output can't be written: %s", strerror(errno));
	return EX_IOERR;
}

static int print_version(void)
{
	printf("feedd %s\n", FEEDD_VERSION);
	printf("libuv %s\n", uv_version_string());
	printf("%s\n", fetcher_library());
	printf("%s\n", feed_library());
	printf("%s\n", store_library());
	fputs(FEEDD_LIBRARIES, stdout);
	return written();
}

static int print_sample(void)
{
	struct buf sample;
	int rc;

	buf_init(&sample, SAMPLE_MAX);
	rc = conf_write_sample(&sample) < 0 ||
	     fwrite(sample.data, 1, sample.length, stdout) != sample.length;
	buf_release(&sample);
	return rc ? EX_IOERR : written();
}

static int check_config(const struct main_options *options)
{
	char *found = options->config == NULL ? conf_find_file() : NULL;
	const char *path = options->config != NULL ? options->config : found;
	struct conf conf;
	struct err err;
	int rc;

	rc = conf_load(path, options->overrides, options->override_count, &conf, &err);
	if (rc < 0)
		log_sentence("%s", err.text);
	else
		conf_release(&conf);
	free(found);
	return rc < 0 ? EX_CONFIG : EX_OK;
}

static int recover(const struct main_options *options)
{
	struct buf words;
	struct err err;
	char *data_dir;
	int rc;

	if (place_data_dir_of_before(options->data_dir, &data_dir, &err) < 0) {
		log_sentence("%s", err.text);
		return main_exit_code(&err);
	}
	buf_init(&words, SAMPLE_MAX);
	rc = store_recover(data_dir, &words, &err);
	fputs(words.data, stdout);
	if (rc < 0)
		log_sentence("%s", err.text);
	buf_release(&words);
	free(data_dir);
	return rc < 0 ? main_exit_code(&err) : written();
}

int main(int argc, char **argv)
{
	struct main_options options;
	int listen_fd, rc = EX_OK;

	if (standard_keep() < 0)
		return EX_OSERR; /* and nowhere to say why */
	if (argc >= 2 && strcmp(argv[1], "--worker") == 0)
		return worker_main(argc == 2 || strcmp(argv[2], WORKER_UNFILTERED) != 0);
	if (parse_is_wanted(argc, argv))
		return parse_main(argc, argv);
	if (main_options_parse(argc, argv, &options) < 0) {
		free(options.overrides);
		return EX_USAGE;
	}
	switch (options.mode) {
	case MAIN_SERVE:
		main_init_leave();
		place_prepare(&listen_fd);
		rc = main_serve(&options, listen_fd);
		break;
	case MAIN_CHECK:
		rc = check_config(&options);
		break;
	case MAIN_RECOVER:
		place_prepare(&listen_fd);
		rc = recover(&options);
		break;
	case MAIN_SELF_TEST:
		place_prepare(&listen_fd);
		rc = main_selftest(&options);
		break;
	case MAIN_VERSION:
		rc = print_version();
		break;
	case MAIN_HELP:
		main_options_help();
		rc = written();
		break;
	case MAIN_SAMPLE:
		rc = print_sample();
		break;
	}
	free(options.overrides);
	return rc;
}
