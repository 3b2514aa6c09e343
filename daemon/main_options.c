#include "daemon/main_options.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/conf.h"

enum {
	OPT_CONFIG = 256,
	OPT_DATA_DIR,
	OPT_SOCKET,
	OPT_SET,
	OPT_LEVEL,
	OPT_CHECK,
	OPT_RECOVER,
	OPT_SELF_TEST,
	OPT_VERSION,
	OPT_HELP,
	OPT_SAMPLE
};

static const struct option options[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "data-dir", required_argument, NULL, OPT_DATA_DIR },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "set", required_argument, NULL, OPT_SET },
	{ "log-level", required_argument, NULL, OPT_LEVEL },
	{ "check-config", no_argument, NULL, OPT_CHECK },
	{ "recover", no_argument, NULL, OPT_RECOVER },
	{ "self-test", required_argument, NULL, OPT_SELF_TEST },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "sample-config", no_argument, NULL, OPT_SAMPLE },
	{ NULL, 0, NULL, 0 },
};

static void add_override(struct main_options *out, char *text)
{
	out->overrides = mem_realloc_array(
		out->overrides, out->override_count + 1, sizeof(out->overrides[0]));
	out->overrides[out->override_count++] = text;
}

static int take(struct main_options *out, int option)
{
	switch (option) {
	case OPT_CONFIG:
		out->config = optarg;
		return 0;
	case OPT_DATA_DIR:
		out->data_dir = optarg;
		if (optarg[0] != '\0')
			return 0;
		log_sentence("--data-dir is empty");
		return -1;
	case OPT_SOCKET:
		out->socket = optarg;
		if (optarg[0] != '\0')
			return 0;
		log_sentence("--socket is empty");
		return -1;
	case OPT_SET:
		add_override(out, optarg);
		if (conf_is_override(optarg))
			return 0;
		log_sentence(
			"--set %.*s: not section.key=value", (int)strcspn(optarg, "="), optarg);
		return -1;
	case OPT_LEVEL:
		out->level_given = true;
		if (log_level_of(optarg, &out->level))
			return 0;
		log_sentence("--log-level is error, warning, info or debug");
		return -1;
	case OPT_CHECK:
		out->mode = MAIN_CHECK;
		return 0;
	case OPT_RECOVER:
		out->mode = MAIN_RECOVER;
		return 0;
	case OPT_SELF_TEST:
		out->mode = MAIN_SELF_TEST;
		if (strcmp(optarg, "sandbox") == 0)
			return 0;
		log_sentence("--self-test is sandbox");
		return -1;
	case OPT_VERSION:
		out->mode = MAIN_VERSION;
		return 0;
	case OPT_SAMPLE:
		out->mode = MAIN_SAMPLE;
		return 0;
	case OPT_HELP:
	case 'h':
		out->mode = MAIN_HELP;
		return 0;
	default:
		return -1;
	}
}

void main_options_refuse(int answer, char *const *argv)
{
	const char *word = argv[optind - 1]; /* but of a letter among letters */
	bool is_long = optopt > UCHAR_MAX;

	if (answer == ':')
		log_sentence("%s wants a value", word);
	else if (answer == '?' && optopt != 0 && is_long)
		log_sentence("\"%s\": that option takes no value", word);
	else if (answer == '?' && optopt != 0)
		log_sentence("\"-%c\" is no option; feedd --help lists them", optopt);
	else if (answer == '?')
		log_sentence("\"%s\" is no option; feedd --help lists them", word);
}

int main_options_parse(int argc, char **argv, struct main_options *out_options)
{
	int option;

	*out_options = (struct main_options){ .mode = MAIN_SERVE };
	while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (take(out_options, option) < 0) {
			main_options_refuse(option, argv);
			return -1;
		}
	}
	if (optind < argc) {
		log_sentence("\"%s\" is no option; feedd --help lists them", argv[optind]);
		return -1;
	}
	return 0;
}

void main_options_help(void)
{
	fputs("feedd [OPTION]...: keeps your feeds; feedctl(1) talks to it\n"
	      "\n"
	      "  --config FILE            settings, see feedd.conf(5)\n"
	      "  --data-dir DIR           where the store is kept\n"
	      "  --socket PATH            where feedctl finds us\n"
	      "  --set SECTION.KEY=VALUE  one setting, over the file's\n"
	      "  --log-level LEVEL        error, warning, info or debug\n"
	      "  --check-config           say what is wrong with the settings, and end\n"
	      "  --recover                set a damaged store right, or put a backup in its place\n"
	      "  --parse [--base URL] [--content-type CT] [--raw] FILE|-\n"
	      "                           print what we make of a document, as JSON Feed\n"
	      "  --sample-config          print feedd.conf with every setting and its default\n"
	      "  --self-test sandbox      try what an intruder would, and say what came of it\n"
	      "  --version                print versions, ours and the libraries'\n"
	      "  --help                   print this\n",
		stdout);
}
