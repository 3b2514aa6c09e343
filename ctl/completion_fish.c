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

	out_printf(out, "complete -c feedctl%s -l %s", condition, p->name);
	if (strcmp(p->name, "limit") == 0)
		out_text(out, " -s n");
	else if (strcmp(p->name, "help") == 0)
		out_text(out, " -s h");
	else if (strcmp(p->name, "null") == 0)
		out_text(out, " -s 0");
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
		out_printf(out, "complete -c feedctl -n '__feedctl_is %.*s' -a %s", first,
			command->name, command->name + first + 1);
	} else {
		out_printf(out, "complete -c feedctl -n __feedctl_first -a %s", command->name);
	}
	fish_help(out, command->help);
}

void completion_print_fish(struct out *out)
{
	out_text(out,
		"# fish completion for feedctl; made by `feedctl completion fish`.\n\n"
		"function __feedctl_feeds\n\tfeedctl feeds --format '{title}' 2>/dev/null\nend\n"
		"function __feedctl_tags\n"
		"\tfeedctl feeds --format '{tags}' 2>/dev/null | tr ',' '\\n' | sort -u\nend\n"
		"function __feedctl_queries\n"
		"\tfeedctl query list --format '{name}' 2>/dev/null\nend\n"
		"function __feedctl_commands\n\tprintf '%s\\n'");
	for (size_t i = 0; i < COMMANDS; i++)
		out_printf(out, " '%s'", command_table[i].name);
	out_text(out, "\nend\nfunction __feedctl_is\n"
		      "\tset -l words (commandline -opc | string match -v -- '-*')\n"
		      "\tstring match -q -- \"$argv\" \"$words[2]\"; "
		      "or string match -q -- \"$argv\" \"$words[2] $words[3]\"\nend\n"
		      "function __feedctl_first\n"
		      "\ttest (count (commandline -opc | string match -v -- '-*')) -eq 1\nend\n"
		      "complete -c feedctl -f\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fish_command(out, &command_table[i]);
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *command = &command_table[i];
		const char *values = fish_values(completion_of_word(command));
		char condition[96];

		snprintf(condition, sizeof(condition), " -n '__feedctl_is %s'", command->name);
		for (size_t k = 0; k < command->param_count; k++) {
			if (completion_is_option(&command->params[k]))
				fish_option(out, condition, &command->params[k]);
		}
		if (values != NULL)
			out_printf(out, "complete -c feedctl%s -a '%s'\n", condition, values);
		else if (completion_of_word(command) == COMPLETE_FILE)
			out_printf(out, "complete -c feedctl%s -F\n", condition);
	}
	for (size_t i = 0; i < command_global_count; i++)
		fish_option(out, "", &command_globals[i]);
}
