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
		[COMPLETE_AT_FILE] = ":file:_feedctl_at_files",
		[COMPLETE_SETTING] = ":setting:_feedctl_settings",
		[COMPLETE_PUSH] = ":name:_feedctl_pushed",
		[COMPLETE_STAT] = ":key:_feedctl_stats",
		[COMPLETE_COMMAND] = ":command:_feedctl_commands",
	};

	if (completion_words(kind) != NULL)
		out_printf(out, ":word:(%s)", completion_words(kind));
	else
		out_text(out, actions[kind] != NULL ? actions[kind] : ":value: ");
}

static void zsh_value(struct out *out, const struct param *p)
{
	if (p->kind == PARAM_REST)
		out_text(out, ":*::command: _normal");
	else if (completion_of_value(p) == COMPLETE_FEED)
		out_text(out, ":feed:_feedctl_sources");
	else if (p->kind != PARAM_FLAG)
		zsh_action(out, completion_of_value(p));
}

static void zsh_spelling(struct out *out, const struct param *p, const char *name, bool is_short)
{
	out_printf(out, " \\\n\t\t'%s%s%s%s[", p->kind == PARAM_LIST ? "*" : "",
		is_short ? "-" : "--", name,
		p->kind == PARAM_FLAG || p->kind == PARAM_REST ? ""
		: is_short                                     ? "+"
							       : "=");
	quoted(out, p->help, "[]:");
	out_byte(out, ']');
	zsh_value(out, p);
	out_byte(out, '\'');
}

static void zsh_option(struct out *out, const struct param *p)
{
	const char *letter = completion_letter(p);

	zsh_spelling(out, p, p->name, false);
	if (letter != NULL)
		zsh_spelling(out, p, letter, true);
}

/* What comes from the daemon. */
static void zsh_lists(struct out *out)
{
	out_text(out, "_feedctl_feeds() {\n"
		      "\tlocal -a feeds\n"
		      "\tif [[ $PREFIX == (http|push)* ]]; then\n"
		      "\t\tfeeds=(${(f)\"$(" COMPLETION_URLS ")\"})\n"
		      "\telse\n"
		      "\t\tfeeds=(${(f)\"$(" COMPLETION_FEEDS ")\"})\n"
		      "\tfi\n"
		      "\tcompadd \"$@\" -a feeds\n}\n"
		      "_feedctl_tags() {\n"
		      "\tlocal -a tags=(${(f)\"$(" COMPLETION_TAGS ")\"})\n"
		      "\tcompadd \"$@\" -a tags\n}\n"
		      "_feedctl_queries() {\n"
		      "\tlocal -a queries=(${(f)\"$(feedctl query list --format '{name}' "
		      "2>/dev/null)\"})\n"
		      "\tcompadd \"$@\" -a queries\n}\n"
		      "# What can be listed: feeds, and saved queries as if they were feeds.\n"
		      "_feedctl_sources() {\n"
		      "\tlocal -a queries=(${(f)\"$(feedctl query list --format 'query:{name}' "
		      "2>/dev/null)\"})\n"
		      "\t(( $#queries )) && compadd \"$@\" -a queries\n"
		      "\t_feedctl_feeds \"$@\"\n}\n"
		      "_feedctl_pushed() {\n"
		      "\tlocal -a names=(${(f)\"$(" COMPLETION_PUSH ")\"})\n"
		      "\tcompadd \"$@\" -a names\n}\n"
		      "_feedctl_stats() {\n"
		      "\tlocal -a keys=(${(f)\"$(" COMPLETION_STATS ")\"})\n"
		      "\tcompadd \"$@\" -a keys\n}\n"
		      "_feedctl_at_files() {\n\tcompset -P '*@' && _files\n}\n"
		      "# Other feeds, or what is set of them.\n"
		      "_feedctl_settings() {\n"
		      "\tif compset -P '*=@'; then\n\t\t_files\n\t\treturn\n\tfi\n"
		      "\tlocal -a keys=(");
	completion_put_keys(out);
	out_text(out, ")\n\tcompadd -S '' -a keys\n\t_feedctl_feeds \"$@\"\n}\n");
}

/* The first words of commands, and behind "query" and "rule" the second ones. */
static void zsh_commands(struct out *out)
{
	static const char *const families[] = { "query", "rule" };

	out_text(out, "_feedctl_commands() {\n\tcase $words[CURRENT-1] in\n");
	for (size_t i = 0; i < 2; i++) {
		out_printf(out, "\t(%s) compadd \"$@\" ", families[i]);
		completion_seconds(out, families[i]);
		out_text(out, "; return ;;\n");
	}
	out_text(out, "\tesac\n\tlocal -a commands=(");
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *name = command_table[i].name;
		int first = (int)strcspn(name, " ");

		/* A family comes once, with the first of its commands. */
		if (name[first] == ' ' && strcmp(name + first, " add") != 0)
			continue;
		out_printf(out, "\n\t\t'%.*s:", first, name);
		if (name[first] == ' ')
			completion_seconds(out, i == CMD_QUERY_ADD ? "query" : "rule");
		else
			quoted(out, command_table[i].help, "");
		out_byte(out, '\'');
	}
	out_text(out, ")\n\t_describe command commands\n}\n");
}

static void zsh_command(struct out *out, const struct command *command)
{
	out_text(out, "\t(");
	quoted(out, command->name, " ");
	out_text(out, ")\n\t\t_arguments $globals");
	for (size_t i = 0; i < command->param_count; i++) {
		if (completion_is_option(&command->params[i]))
			zsh_option(out, &command->params[i]);
	}
	if (completion_of_first(command) != completion_of_rest(command)) {
		out_text(out, " \\\n\t\t'1");
		zsh_action(out, completion_of_first(command));
		out_byte(out, '\'');
	}
	/* A word of any kind, too, else options behind it were not offered. */
	out_text(out, " \\\n\t\t'*");
	zsh_action(out, completion_of_rest(command));
	out_byte(out, '\'');
	out_text(out, " ;;\n");
}

void completion_print_zsh(struct out *out)
{
	out_text(out, "#compdef feedctl\n"
		      "# zsh completion for feedctl; made by `feedctl completion zsh`.\n\n");
	zsh_lists(out);
	zsh_commands(out);
	out_text(out, "_feedctl() {\n\tlocal command i taker='");
	completion_put_takers(out, "|");
	out_text(out, "'\n\tlocal -a globals=(");
	for (size_t i = 0; i < command_global_count; i++)
		zsh_option(out, &command_globals[i]);
	out_text(out, ")\n\t# The command stands behind options and their values.\n"
		      "\tfor ((i = 2; i < CURRENT; i++)); do\n"
		      "\t\t[[ $words[i] == -* || $words[i-1] == ($~taker) ]] || break\n"
		      "\tdone\n"
		      "\tif (( i == CURRENT )); then\n"
		      "\t\tif [[ $words[i] == -* || $words[i-1] == ($~taker) ]]; then\n"
		      "\t\t\t_arguments $globals\n"
		      "\t\telse\n\t\t\t_feedctl_commands\n\t\tfi\n\t\treturn\n\tfi\n"
		      "\tcommand=$words[i]\n"
		      "\twords[1,i-1]=()\n\t(( CURRENT -= i - 1 ))\n"
		      "\tif [[ $command == (query|rule) ]]; then\n"
		      "\t\tif (( CURRENT == 2 )); then\n"
		      "\t\t\t_feedctl_commands\n\t\t\treturn\n\t\tfi\n"
		      "\t\tcommand=\"$command $words[2]\"\n"
		      "\t\tshift words\n\t\t(( CURRENT-- ))\n\tfi\n"
		      "\tcase $command in\n");
	for (size_t i = 0; i < COMMANDS; i++)
		zsh_command(out, &command_table[i]);
	out_text(out, "\tesac\n}\n_feedctl \"$@\"\n");
}
