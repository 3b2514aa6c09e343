#include "ctl/completion.h"

#include <stdio.h>
#include <string.h>

static const char *fish_values(enum complete kind)
{
	static const char *const functions[COMPLETES] = {
		[COMPLETE_FEED] = "(__feedctl_feeds)",
		[COMPLETE_TAG] = "(__feedctl_tags)",
		[COMPLETE_QUERY] = "(__feedctl_queries)",
		[COMPLETE_COMMAND] = "(__feedctl_commands)",
		[COMPLETE_AT_FILE] = "(__feedctl_at_files)",
		[COMPLETE_SETTING] = "(__feedctl_settings)",
		[COMPLETE_PUSH] = "(__feedctl_pushed)",
		[COMPLETE_STAT] = "(__feedctl_stats)",
	};

	return completion_words(kind) != NULL ? completion_words(kind) : functions[kind];
}

/* In single quotes. */
static void fish_help(struct out *out, const char *text)
{
	out_text(out, " -d '");
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			out_byte(out, '\\');
		out_byte(out, *text);
	}
	out_text(out, "'\n");
}

static void fish_option(struct out *out, const char *condition, const struct param *p)
{
	const char *values = fish_values(completion_of_value(p));
	bool file = completion_of_value(p) == COMPLETE_FILE;

	if (completion_of_value(p) == COMPLETE_FEED)
		values = "(__feedctl_sources)";
	else if (p->kind == PARAM_REST)
		values = "(__fish_complete_command)";
	out_printf(out, "complete -c feedctl%s -l %s", condition, p->name);
	if (completion_letter(p) != NULL)
		out_printf(out, " -s %s", completion_letter(p));
	if (p->kind != PARAM_FLAG)
		out_text(out, file ? " -r -F" : " -x");
	if (p->kind != PARAM_FLAG && values != NULL)
		out_printf(out, " -a '%s'", values);
	fish_help(out, p->help);
}

static void fish_command(struct out *out, const struct command *command)
{
	int first = (int)strcspn(command->name, " ");

	if (command->name[first] == ' ') {
		/* The family comes once, with the first of its commands. */
		if (strcmp(command->name + first, " add") == 0)
			out_printf(out, "complete -c feedctl -n __feedctl_first -a %.*s\n", first,
				command->name);
		out_printf(out, "complete -c feedctl -n '__feedctl_family %.*s' -a %s", first,
			command->name, command->name + first + 1);
	} else {
		out_printf(out, "complete -c feedctl -n __feedctl_first -a %s", command->name);
	}
	fish_help(out, command->help);
}

/* What comes from the daemon. */
static void fish_lists(struct out *out)
{
	out_text(out, "function __feedctl_feeds\n"
		      "\tif string match -qr '^(--feed=)?(http|push)' -- (commandline -ct)\n"
		      "\t\t" COMPLETION_URLS "\n"
		      "\telse\n"
		      "\t\t" COMPLETION_FEEDS "\n\tend\nend\n"
		      "function __feedctl_tags\n"
		      "\t" COMPLETION_TAGS "\nend\n"
		      "function __feedctl_queries\n"
		      "\tfeedctl query list --format '{name}' 2>/dev/null\nend\n"
		      "# What can be listed: feeds, and saved queries as if they were feeds.\n"
		      "function __feedctl_sources\n\t__feedctl_feeds\n"
		      "\tfeedctl query list --format 'query:{name}' 2>/dev/null\nend\n"
		      "function __feedctl_pushed\n\t" COMPLETION_PUSH "\nend\n"
		      "function __feedctl_stats\n\t" COMPLETION_STATS "\nend\n"
		      "# Behind an @, and what stands before it: an option's name does not.\n"
		      "function __feedctl_at_files\n"
		      "\tset -l parts (string split -m 1 @ -- "
		      "(string replace -r '^--[a-z]*=' '' -- (commandline -ct)))\n"
		      "\ttest (count $parts) -eq 2; or return\n"
		      "\tfor file in $parts[2]*\n"
		      "\t\ttest -d $file; and set file $file/\n"
		      "\t\techo $parts[1]@$file\n\tend\nend\n"
		      "# Other feeds, or what is set of them.\n"
		      "function __feedctl_settings\n"
		      "\tif string match -q -- '*=@*' (commandline -ct)\n"
		      "\t\t__feedctl_at_files\n\t\treturn\n\tend\n"
		      "\t__feedctl_feeds\n"
		      "\tprintf '%s\\n' ");
	completion_put_keys(out);
	out_text(out, "\nend\n");
}

/* Behind `help`: commands, and the second words of a family. */
static void fish_commands(struct out *out)
{
	static const char *const families[] = { "query", "rule" };

	out_text(out, "function __feedctl_commands\n\tset -l words (__feedctl_words)\n"
		      "\tswitch \"$words[3]\"\n");
	for (size_t i = 0; i < 2; i++) {
		out_printf(out, "\tcase %s\n\t\tstring split ' ' '", families[i]);
		completion_seconds(out, families[i]);
		out_text(out, "'\n");
	}
	out_text(out, "\tcase ''\n\t\tprintf '%s\\n'");
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *name = command_table[i].name;
		int first = (int)strcspn(name, " ");

		if (name[first] == '\0' || strcmp(name + first, " add") == 0)
			out_printf(out, " %.*s", first, name);
	}
	out_text(out, "\n\tend\nend\n");
}

/* Where on the line we are. */
static void fish_places(struct out *out)
{
	out_text(out, "# The words so far without options and their values.\n"
		      "function __feedctl_words\n\tset -l last\n"
		      "\tfor word in (commandline -opc)\n"
		      "\t\tif not string match -q -- '-*' $word\n"
		      "\t\t\tand not contains -- \"$last\" ");
	completion_put_takers(out, " ");
	out_text(out, "\n\t\t\techo $word\n\t\tend\n\t\tset last $word\n\tend\nend\n"
		      "function __feedctl_is\n\tset -l words (__feedctl_words)\n"
		      "\tstring match -q -- \"$argv\" \"$words[2]\"; "
		      "or string match -q -- \"$argv\" \"$words[2] $words[3]\"\nend\n"
		      "function __feedctl_has\n\ttest (count (__feedctl_words)) $argv\nend\n"
		      "function __feedctl_first\n\t__feedctl_has -eq 1\nend\n"
		      "function __feedctl_family\n\tset -l words (__feedctl_words)\n"
		      "\ttest \"$words[2..]\" = $argv[1]\nend\n");
}

/* What stands at that place; where: "", or which one it is. */
static void fish_word(
	struct out *out, const struct command *command, enum complete kind, const char *where)
{
	const char *values = fish_values(kind);

	if (values == NULL && kind != COMPLETE_FILE)
		return;
	out_printf(out, "complete -c feedctl -n '__feedctl_is %s%s'", command->name, where);
	if (values != NULL)
		out_printf(out, " -a '%s'\n", values);
	else
		out_text(out, " -F\n");
}

static void fish_words(struct out *out, const struct command *command)
{
	enum complete first = completion_of_first(command), rest = completion_of_rest(command);
	size_t words = strchr(command->name, ' ') != NULL ? 3 : 2; /* with ours */
	char where[40];

	if (first == rest) {
		fish_word(out, command, first, "");
		return;
	}
	snprintf(where, sizeof(where), "; and __feedctl_has -eq %zu", words);
	fish_word(out, command, first, where);
	snprintf(where, sizeof(where), "; and __feedctl_has -gt %zu", words);
	fish_word(out, command, rest, where);
}

void completion_print_fish(struct out *out)
{
	out_text(out, "# fish completion for feedctl; made by `feedctl completion fish`.\n\n");
	fish_lists(out);
	fish_places(out);
	fish_commands(out);
	out_text(out, "complete -c feedctl -f\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fish_command(out, &command_table[i]);
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *command = &command_table[i];
		char condition[96];

		snprintf(condition, sizeof(condition), " -n '__feedctl_is %s'", command->name);
		for (size_t k = 0; k < command->param_count; k++) {
			if (completion_is_option(&command->params[k]))
				fish_option(out, condition, &command->params[k]);
		}
		fish_words(out, command);
	}
	for (size_t i = 0; i < command_global_count; i++)
		fish_option(out, "", &command_globals[i]);
}
