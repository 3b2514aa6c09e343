#include "ctl/help.h"

#include <stdio.h>
#include <string.h>

#include "common/command.h"

/*
 * Completion scripts.  Commands and options are written into them out of the
 * table; feeds, tags and saved queries are asked of the daemon when they are
 * needed, and are simply not there when it is not.
 */

static bool is_option(const struct param *p)
{
	return p->scope != SCOPE_CALL && p->kind >= PARAM_REST;
}

/* What a positional word completes to: "feed", "tag", "query", "file", or "". */
static const char *word_kind(const struct command *command)
{
	for (size_t i = 0; i < command->param_count; i++) {
		const struct param *p = &command->params[i];

		if (p->kind > PARAM_ANY || p->scope == SCOPE_CALL)
			continue;
		switch (p->type) {
		case TYPE_FEED:
			return "feed";
		case TYPE_TAG:
			return "tag";
		case TYPE_QUERY:
			return strcmp(command->name, "query add") == 0 ? "" : "query";
		case TYPE_FILE:
			return "file";
		default:
			break;
		}
		if (strcmp(p->name, "shell") == 0)
			return "shell";
		if (strcmp(p->name, "command") == 0)
			return "command";
	}
	return "";
}

static const char *value_kind(const struct param *p)
{
	switch (p->type) {
	case TYPE_FEED:
		return "feed";
	case TYPE_TAG:
		return "tag";
	case TYPE_SORT:
		return "sort";
	case TYPE_STATE:
		return "state";
	case TYPE_FORMAT:
		return "format";
	case TYPE_FILE:
		return "file";
	default:
		return strcmp(p->name, "color") == 0   ? "color"
		       : strcmp(p->name, "group") == 0 ? "group"
						       : "";
	}
}

#define SORTS "-date date -added added -feed feed -title title -rank rank"
#define STATES "ok new failing held paused moved dead gone"
#define FORMATS "table tsv json sfeed urls csv mbox maildir atom jsonfeed html"

/* ------------------------------------------------------------- bash ---- */

static void bash_names(struct out *out)
{
	const char *last = "";

	for (size_t i = 0; i < COMMANDS; i++) {
		const char *name = command_table[i].name;
		size_t n = strcspn(name, " ");

		/* Two-word commands are neighbours: their first word comes once. */
		if (strncmp(last, name, n) == 0 && (last[n] == ' ' || last[n] == '\0'))
			continue;
		out_printf(out, "%s%.*s", last[0] != '\0' ? " " : "", (int)n, name);
		last = name;
	}
}

static void bash_seconds(struct out *out, const char *family)
{
	size_t n = strlen(family);
	bool first = true;

	for (size_t i = 0; i < COMMANDS; i++) {
		const char *name = command_table[i].name;

		if (strncmp(name, family, n) != 0 || name[n] != ' ')
			continue;
		out_printf(out, "%s%s", first ? "" : " ", name + n + 1);
		first = false;
	}
}

static void bash_options(struct out *out, const struct command *command)
{
	for (size_t i = 0; i < command->param_count; i++) {
		if (is_option(&command->params[i]))
			out_printf(out, " --%s", command->params[i].name);
	}
}

/* Each option that takes a value, once, by what it takes. */
static void bash_values(struct out *out, const char *kind)
{
	const char *seen[64];
	size_t count = 0;

	for (size_t c = 0; c <= COMMANDS; c++) {
		const struct param *params = c < COMMANDS ? command_table[c].params
							  : command_globals;
		size_t param_count = c < COMMANDS ? command_table[c].param_count
						  : command_global_count;

		for (size_t i = 0; i < param_count; i++) {
			const struct param *p = &params[i];
			bool known = p->kind != PARAM_OPTION && p->kind != PARAM_LIST;

			for (size_t k = 0; k < count && !known; k++)
				known = strcmp(seen[k], p->name) == 0;
			if (known || p->scope == SCOPE_CALL || count == 64 ||
				strcmp(value_kind(p), kind) != 0)
				continue;
			out_printf(out, "%s--%s", count > 0 ? "|" : "", p->name);
			seen[count++] = p->name;
		}
	}
}

static void bash_case(struct out *out, const char *kind, const char *action)
{
	out_text(out, "\t");
	bash_values(out, kind);
	out_printf(out, ") %s; return ;;\n", action);
}

static void print_bash(struct out *out)
{
	out_text(out,
		"# bash completion for feedctl; made by `feedctl completion bash`.\n\n"
		"_feedctl_lines() {\n"
		"\tlocal IFS=$'\\n'\n"
		"\tCOMPREPLY=($(compgen -W \"$1\" -- \"$2\" | sed "
		"'s/[^A-Za-z0-9_.:/%+-]/\\\\&/g'))\n"
		"}\n"
		"_feedctl_ask() {\n"
		"\tcase $1 in\n"
		"\tfeed) feedctl feeds --format '{title}' 2>/dev/null | sed 's/[\\\\$`\"]//g' ;;\n"
		"\ttag) feedctl feeds --format '{tags}' 2>/dev/null | tr ',' '\\n' | sort -u | "
		"sed 's/[\\\\$`\"]//g' ;;\n"
		"\tquery) feedctl query list --format '{name}' 2>/dev/null | sed 's/[\\\\$`\"]//g' "
		";;\n"
		"\tesac\n"
		"}\n"
		"_feedctl() {\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		"\tlocal command= word i options= kind=\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\tword=${COMP_WORDS[i]}\n"
		"\t\t[[ $word == -* ]] && continue\n"
		"\t\tif [[ -z $command ]]; then\n"
		"\t\t\tcommand=$word\n"
		"\t\telif [[ $command == query || $command == rule ]]; then\n"
		"\t\t\tcommand+=\" $word\"\n"
		"\t\tfi\n"
		"\tdone\n"
		"\tcase $prev in\n");
	bash_case(out, "feed",
		"_feedctl_lines \"$(_feedctl_ask feed; _feedctl_ask query | "
		"sed 's/^/query:/')\" \"$cur\"");
	bash_case(out, "tag", "_feedctl_lines \"$(_feedctl_ask tag)\" \"$cur\"");
	bash_case(out, "file", "COMPREPLY=($(compgen -f -- \"$cur\"))");
	bash_case(out, "sort", "COMPREPLY=($(compgen -W '" SORTS "' -- \"$cur\"))");
	bash_case(out, "state", "COMPREPLY=($(compgen -W '" STATES "' -- \"$cur\"))");
	bash_case(out, "format", "COMPREPLY=($(compgen -W '" FORMATS "' -- \"$cur\"))");
	bash_case(out, "color", "COMPREPLY=($(compgen -W 'auto always never' -- \"$cur\"))");
	bash_case(out, "group", "COMPREPLY=($(compgen -W 'day feed' -- \"$cur\"))");
	out_text(out, "\t--exec) COMPREPLY=($(compgen -c -- \"$cur\")); return ;;\n\tesac\n"
		      "\tcase $command in\n\t'') kind=command ;;\n"
		      "\tquery) COMPREPLY=($(compgen -W '");
	bash_seconds(out, "query");
	out_text(out, "' -- \"$cur\")); return ;;\n\trule) COMPREPLY=($(compgen -W '");
	bash_seconds(out, "rule");
	out_text(out, "' -- \"$cur\")); return ;;\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		out_printf(out, "\t'%s') kind=%s options='", command_table[i].name,
			word_kind(&command_table[i]));
		bash_options(out, &command_table[i]);
		out_text(out, "' ;;\n");
	}
	out_text(out, "\tesac\n\tif [[ $cur == -* ]]; then\n\t\toptions+='");
	for (size_t i = 0; i < command_global_count; i++)
		out_printf(out, " --%s", command_globals[i].name);
	out_text(out,
		"'\n\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n\t\treturn\n\tfi\n"
		"\tcase $kind in\n\tcommand) COMPREPLY=($(compgen -W '");
	bash_names(out);
	out_text(out, "' -- \"$cur\")) ;;\n"
		      "\tfeed|tag|query) _feedctl_lines \"$(_feedctl_ask $kind)\" \"$cur\" ;;\n"
		      "\tfile) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
		      "\tshell) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$cur\")) ;;\n"
		      "\tesac\n}\ncomplete -F _feedctl feedctl\n");
}

/* -------------------------------------------------------------- zsh ---- */

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

static const char *zsh_action(const char *kind)
{
	static const struct {
		const char *kind, *action;
	} table[] = { { "feed", ":feed:_feedctl_feeds" }, { "tag", ":tag:_feedctl_tags" },
		{ "query", ":query:_feedctl_queries" }, { "file", ":file:_files" },
		{ "sort", ":key:(" SORTS ")" }, { "state", ":state:(" STATES ")" },
		{ "format", ":format:(" FORMATS ")" }, { "color", ":when:(auto always never)" },
		{ "group", ":by:(day feed)" }, { "shell", ":shell:(bash zsh fish)" },
		{ "command", ":command:_feedctl_commands" } };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].kind, kind) == 0)
			return table[i].action;
	}
	return ":value: ";
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
		out_text(out, zsh_action(value_kind(p)));
	out_byte(out, '\'');
}

static void print_zsh(struct out *out)
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
	bash_seconds(out, "query");
	out_text(out, " || compadd ");
	bash_seconds(out, "rule");
	out_text(out, "\n\t\t\treturn\n\t\tfi\n\t\tcommand=\"$command $words[3]\"\n"
		      "\t\tshift words\n\t\t(( CURRENT-- ))\n\tfi\n"
		      "\tshift words\n\t(( CURRENT-- ))\n\tcase $command in\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *command = &command_table[i];

		out_text(out, "\t(");
		quoted(out, command->name, " ");
		out_text(out, ")\n\t\t_arguments");
		for (size_t k = 0; k < command->param_count; k++) {
			if (is_option(&command->params[k]))
				zsh_option(out, &command->params[k]);
		}
		for (size_t k = 0; k < command_global_count; k++)
			zsh_option(out, &command_globals[k]);
		if (word_kind(command)[0] != '\0')
			out_printf(out, " \\\n\t\t'*%s'", zsh_action(word_kind(command)));
		out_text(out, " ;;\n");
	}
	out_text(out, "\tesac\n}\n_feedctl \"$@\"\n");
}

/* ------------------------------------------------------------- fish ---- */

static const char *fish_values(const char *kind)
{
	static const struct {
		const char *kind, *values;
	} table[] = { { "feed", "(__feedctl_feeds)" }, { "tag", "(__feedctl_tags)" },
		{ "query", "(__feedctl_queries)" }, { "sort", SORTS }, { "state", STATES },
		{ "format", FORMATS }, { "color", "auto always never" }, { "group", "day feed" },
		{ "shell", "bash zsh fish" }, { "command", "(__feedctl_commands)" } };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].kind, kind) == 0)
			return table[i].values;
	}
	return NULL;
}

static void fish_option(struct out *out, const char *condition, const struct param *p)
{
	const char *values = fish_values(value_kind(p));
	bool file = strcmp(value_kind(p), "file") == 0;

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
	out_text(out, " -d '");
	for (const char *c = p->help; *c != '\0'; c++) {
		if (*c == '\'' || *c == '\\')
			out_byte(out, '\\');
		out_byte(out, *c);
	}
	out_text(out, "'\n");
}

static void print_fish(struct out *out)
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
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *command = &command_table[i];
		size_t first = strcspn(command->name, " ");

		if (command->name[first] == ' ')
			out_printf(out,
				"complete -c feedctl -n '__feedctl_is %.*s' -a %s -d '%s'\n"
				"complete -c feedctl -n __feedctl_first -a %.*s\n",
				(int)first, command->name, command->name + first + 1, command->help,
				(int)first, command->name);
		else
			out_printf(out, "complete -c feedctl -n __feedctl_first -a %s -d '",
				command->name);
		if (command->name[first] != ' ') {
			for (const char *c = command->help; *c != '\0'; c++) {
				if (*c == '\'')
					out_byte(out, '\\');
				out_byte(out, *c);
			}
			out_text(out, "'\n");
		}
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *command = &command_table[i];
		const char *values = fish_values(word_kind(command));
		char condition[96];

		snprintf(condition, sizeof(condition), " -n '__feedctl_is %s'", command->name);
		for (size_t k = 0; k < command->param_count; k++) {
			if (is_option(&command->params[k]))
				fish_option(out, condition, &command->params[k]);
		}
		if (values != NULL)
			out_printf(out, "complete -c feedctl%s -a '%s'\n", condition, values);
		else if (strcmp(word_kind(command), "file") == 0)
			out_printf(out, "complete -c feedctl%s -F\n", condition);
	}
	for (size_t i = 0; i < command_global_count; i++)
		fish_option(out, "", &command_globals[i]);
}

int completion_print(struct out *out, const char *shell, struct err *err)
{
	if (strcmp(shell, "bash") == 0)
		print_bash(out);
	else if (strcmp(shell, "zsh") == 0)
		print_zsh(out);
	else if (strcmp(shell, "fish") == 0)
		print_fish(out);
	else
		return err_set(err, ERR_USAGE, "there are completions for bash, zsh and fish");
	return 0;
}
