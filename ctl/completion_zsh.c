#include "ctl/completion.h"

#include <string.h>

/* Inside single quotes, and without what _arguments and _describe split at. */
static void quoted(struct out *out, const char *text, const char *escaped)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			out_text(out, "'\\''");
		else if (strchr(escaped, *text) != NULL)
			out_printf(out, "\\%c", *text);
		else
			out_byte(out, *text);
	}
}

static void zsh_action(struct out *out, enum complete kind)
{
	static const char *const actions[COMPLETES] = {
		[COMPLETE_FEED] = ":feed:_feedctl_feeds",
		[COMPLETE_TAG] = ":tag:_feedctl_tags",
		[COMPLETE_QUERY] = ":query:_feedctl_queries",
		[COMPLETE_FILE] = ":file:_files",
		[COMPLETE_COMMAND] = ":command:_feedctl_commands",
	};

	if (completion_words(kind) != NULL)
		out_printf(out, ":word:(%s)", completion_words(kind));
	else
		out_text(out, actions[kind] != NULL ? actions[kind] : ":value: ");
}

static void zsh_option(struct out *out, const struct param *p)
{
	out_printf(out, " \\\n\t\t'%s--%s%s[", p->kind == PARAM_LIST ? "*" : "", p->name,
		p->kind == PARAM_FLAG || p->kind == PARAM_REST ? "" : "=");
	quoted(out, p->help, "[]:");
	out_byte(out, ']');
	if (p->kind == PARAM_REST)
		out_text(out, ":*::command: _normal");
	else if (p->kind != PARAM_FLAG)
		zsh_action(out, completion_of_value(p));
	out_byte(out, '\'');
}

void completion_print_zsh(struct out *out)
{
	out_text(out,
		"#compdef feedctl\n"
		"# zsh completion for feedctl; made by `feedctl completion zsh`.\n\n"
		"_feedctl_feeds() {\n"
		"\tlocal -a feeds=(${(f)\"$(feedctl feeds --format '{title}' 2>/dev/null)\"})\n"
		"\tcompadd -a feeds\n}\n"
		"_feedctl_tags() {\n"
		"\tlocal -aU tags=(${(s:,:)\"$(feedctl feeds --format '{tags}' 2>/dev/null | "
		"tr '\\n' ',')\"})\n"
		"\tcompadd -a tags\n}\n"
		"_feedctl_queries() {\n"
		"\tlocal -a queries=(${(f)\"$(feedctl query list --format '{name}' "
		"2>/dev/null)\"})\n"
		"\tcompadd -a queries\n}\n"
		"_feedctl_commands() {\n\tlocal -a commands=(");
	for (size_t i = 0; i < COMMANDS; i++) {
		out_text(out, "\n\t\t'");
		quoted(out, command_table[i].name, ":");
		out_byte(out, ':');
		quoted(out, command_table[i].help, "");
		out_byte(out, '\'');
	}
	out_text(out, ")\n\t_describe command commands\n}\n"
		      "_feedctl() {\n\tlocal command=$words[2]\n"
		      "\tif (( CURRENT == 2 )); then\n\t\t_feedctl_commands\n\t\treturn\n\tfi\n"
		      "\tif [[ $command == (query|rule) ]]; then\n"
		      "\t\tif (( CURRENT == 3 )); then\n"
		      "\t\t\t[[ $command == query ]] && compadd ");
	completion_seconds(out, "query");
	out_text(out, " || compadd ");
	completion_seconds(out, "rule");
	out_text(out, "\n\t\t\treturn\n\t\tfi\n\t\tcommand=\"$command $words[3]\"\n"
		      "\t\tshift words\n\t\t(( CURRENT-- ))\n\tfi\n"
		      "\tshift words\n\t(( CURRENT-- ))\n\tcase $command in\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *command = &command_table[i];

		out_text(out, "\t(");
		quoted(out, command->name, " ");
		out_text(out, ")\n\t\t_arguments");
		for (size_t k = 0; k < command->param_count; k++) {
			if (completion_is_option(&command->params[k]))
				zsh_option(out, &command->params[k]);
		}
		for (size_t k = 0; k < command_global_count; k++)
			zsh_option(out, &command_globals[k]);
		if (completion_of_word(command) != COMPLETE_NOTHING) {
			out_text(out, " \\\n\t\t'*");
			zsh_action(out, completion_of_word(command));
			out_byte(out, '\'');
		}
		out_text(out, " ;;\n");
	}
	out_text(out, "\tesac\n}\n_feedctl \"$@\"\n");
}
