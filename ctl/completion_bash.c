#include "ctl/completion.h"

#include <string.h>

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

static void bash_options(struct out *out, const struct command *command)
{
	for (size_t i = 0; i < command->param_count; i++) {
		if (completion_is_option(&command->params[i]))
			out_printf(out, " --%s", command->params[i].name);
	}
}

/* The options whose value is of that kind. */
static void bash_values(struct out *out, enum complete kind)
{
	const struct param *takers[COMPLETION_TAKERS_MAX];
	size_t count = completion_takers(takers);
	const char *between = "";

	for (size_t i = 0; i < count; i++) {
		if (completion_of_value(takers[i]) != kind)
			continue;
		out_printf(out, "%s--%s", between, takers[i]->name);
		between = "|";
	}
}

static void bash_case(struct out *out, enum complete kind, const char *action)
{
	out_text(out, "\t");
	bash_values(out, kind);
	out_printf(out, ") %s; return ;;\n", action);
}

static void bash_words(struct out *out, enum complete kind)
{
	out_text(out, "\t");
	bash_values(out, kind);
	out_printf(out, ") COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n",
		completion_words(kind));
}

/* What the script calls a kind. */
static const char *bash_kind(enum complete kind)
{
	static const char *const names[COMPLETES] = { [COMPLETE_FEED] = "feed",
		[COMPLETE_TAG] = "tag",
		[COMPLETE_QUERY] = "query",
		[COMPLETE_FILE] = "file",
		[COMPLETE_SETTING] = "setting",
		[COMPLETE_PUSH] = "push",
		[COMPLETE_STAT] = "stat",
		[COMPLETE_ACTION] = "action",
		[COMPLETE_SHELL] = "shell",
		[COMPLETE_COMMAND] = "command" };

	return names[kind] != NULL ? names[kind] : "";
}

static void bash_family(struct out *out, const char *family)
{
	out_printf(out, "\t%s) COMPREPLY=($(compgen -W '", family);
	completion_seconds(out, family);
	out_text(out, "' -- \"$cur\")); return ;;\n");
}

/* What the script's one function is made with. */
static void bash_helpers(struct out *out)
{
	out_text(out,
		"# bash completion for feedctl; made by `feedctl completion bash`.\n\n"
		"# The lines of $1 that begin with $2, as a shell takes them: within the quote\n"
		"# that $2 opens, or else quoted here; then what stands before the last : = or\n"
		"# @ of $2 is a word of its own to bash, and stays.  An @ itself does not, where\n"
		"# it may begin the name of a host.\n"
		"_feedctl_lines() {\n"
		"\tlocal line last quote= typed=$2 before= breaks=${COMP_WORDBREAKS//[^:=@]}\n"
		"\t[[ $typed == [\\'\\\"]* ]] && quote=${typed:0:1} typed=${typed:1}\n"
		"\t# A character behind a backslash parts nothing.\n"
		"\tif [[ -z $quote && -n $breaks ]]; then\n"
		"\t\tbefore=${typed//\\\\?/..}\n"
		"\t\tbefore=${before%\"${before##*[$breaks]}\"}\n"
		"\t\tbefore=${typed:0:${#before}}\n"
		"\tfi\n"
		"\t[[ $quote == \\' ]] || typed=${typed//\\\\/} before=${before//\\\\/}\n"
		"\tshopt -q hostcomplete && before=${before%@}\n"
		"\tCOMPREPLY=()\n"
		"\twhile IFS= read -r line; do\n"
		"\t\t[[ -n $line && $line == \"$typed\"* ]] || continue\n"
		"\t\tcase $quote in\n"
		"\t\t\\') line=${line//\\'/\\'\\\\\\'\\'} ;;\n"
		"\t\t\\\")\n"
		"\t\t\tline=${line//\\\\/\\\\\\\\} line=${line//\\\"/\\\\\\\"}\n"
		"\t\t\tline=${line//\\$/\\\\\\$} line=${line//\\`/\\\\\\`}\n"
		"\t\t\t# Even there it begins an event of the history, but at the end.\n"
		"\t\t\tlast=${line##*[^!]} last=${last:+!} line=${line%\"$last\"}\n"
		"\t\t\tline=${line//!/\\\"\\\\!\\\"}$last ;;\n"
		"\t\t*) printf -v line %q \"${line#\"$before\"}\" ;;\n"
		"\t\tesac\n"
		"\t\tCOMPREPLY+=(\"$line\")\n"
		"\tdone <<<\"$1\"\n"
		"\t# Something goes on behind it.\n"
		"\t[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace\n"
		"}\n"
		"# Names of files are for bash, which knows how to quote them.\n"
		"_feedctl_files() {\n"
		"\tCOMPREPLY=()\n"
		"\tcompopt -o default\n"
		"}\n"
		"# Files behind the @ of $1.\n"
		"_feedctl_at_files() {\n"
		"\tlocal file typed=${1#[\\'\\\"]}\n"
		"\ttyped=${typed//\\\\/}\n"
		"\t[[ $typed == *@* ]] || return\n"
		"\t_feedctl_lines \"$(compgen -f -- \"${typed#*@}\" | while IFS= read -r file; do\n"
		"\t\t[[ -d $file ]] && file+=/\n"
		"\t\tprintf '%s\\n' \"${typed%%@*}@$file\"\n"
		"\tdone)\" \"$1\"\n"
		"}\n"
		"_feedctl_ask() {\n"
		"\tcase $1 in\n"
		"\tfeed)\n"
		"\t\tif [[ ${2#[\\'\\\"]} == @(http|push)* ]]; then\n"
		"\t\t\t" COMPLETION_URLS "\n"
		"\t\telse\n"
		"\t\t\t" COMPLETION_FEEDS "\n"
		"\t\tfi ;;\n"
		"\ttag) " COMPLETION_TAGS " ;;\n"
		"\tquery) feedctl query list --format '{name}' 2>/dev/null ;;\n"
		"\tpush) " COMPLETION_PUSH " ;;\n"
		"\tstat) " COMPLETION_STATS " ;;\n"
		"\tsetting) _feedctl_ask feed \"$2\"; printf '%s\\n' ");
	completion_put_keys(out);
	out_text(out, " ;;\n\tesac\n}\n");
}

/* The line's words, and the command among them. */
static void bash_line(struct out *out)
{
	out_text(out,
		"\tlocal cur= prev= command= word i options= kind= rest= ended= words=(feedctl)\n"
		"\tlocal -i place=0\n"
		"\t# bash parts words at : = and @, too; here they are whole.\n"
		"\tlocal line=${COMP_LINE#*\"${COMP_WORDS[0]}\"}\n"
		"\tfor ((i = 1; i <= COMP_CWORD; i++)); do\n"
		"\t\tword=${COMP_WORDS[i]}\n"
		"\t\tif ((i == 1)) || [[ $line == [[:space:]]* ]]; then\n"
		"\t\t\tline=${line#\"${line%%[![:space:]]*}\"}\n"
		"\t\t\twords+=(\"$word\")\n"
		"\t\telse\n"
		"\t\t\twords[-1]+=$word\n"
		"\t\tfi\n"
		"\t\tline=${line#\"$word\"}\n"
		"\tdone\n"
		"\tcur=${words[-1]} prev=${words[-2]}\n"
		"\t[[ $cur == --*=* ]] && prev=${cur%%=*} cur=${cur#*=}\n"
		"\tfor ((i = 1; i < ${#words[@]} - 1; i++)); do\n"
		"\t\tword=${words[i]}\n"
		"\t\t[[ -z $ended && $word == -- ]] && ended=1\n"
		"\t\tif [[ -z $ended && $word == --exec ]]; then\n"
		"\t\t\t# The rest of the line is another command's.\n"
		"\t\t\tif ((i < ${#words[@]} - 2)); then _feedctl_files; else\n"
		"\t\t\t\tCOMPREPLY=($(compgen -c -- \"$cur\"))\n"
		"\t\t\tfi\n"
		"\t\t\treturn\n"
		"\t\tfi\n"
		"\t\t[[ $word == -* ]] && continue\n"
		"\t\tcase ${words[i-1]} in ");
	completion_put_takers(out, "|");
	out_text(out, ") continue ;; esac\n"
		      "\t\tif [[ -z $command ]]; then\n"
		      "\t\t\tcommand=$word\n"
		      "\t\telif [[ $command == query || $command == rule ]]; then\n"
		      "\t\t\tcommand+=\" $word\"\n"
		      "\t\telse\n"
		      "\t\t\tplace+=1\n"
		      "\t\tfi\n"
		      "\tdone\n");
}

/* The value of the option before it. */
static void bash_value(struct out *out)
{
	out_text(out, "\tcase $prev in\n");
	bash_case(out, COMPLETE_FEED,
		"_feedctl_lines \"$(_feedctl_ask feed \"$cur\"; _feedctl_ask query | "
		"sed 's/^/query:/')\" \"$cur\"");
	bash_case(out, COMPLETE_TAG, "_feedctl_lines \"$(_feedctl_ask tag)\" \"$cur\"");
	bash_case(out, COMPLETE_FILE, "_feedctl_files");
	bash_case(out, COMPLETE_AT_FILE, "_feedctl_at_files \"$cur\"");
	for (enum complete kind = COMPLETE_SORT; kind <= COMPLETE_GROUP; kind++)
		bash_words(out, kind);
	/* What the others take is not known, but is no word of the command's. */
	out_text(out, "\t");
	completion_put_takers(out, "|");
	out_text(out, ") return ;;\n\tesac\n");
}

/* An option, of the command or of every command. */
static void bash_option(struct out *out)
{
	out_text(out, "\tcase $command in\n\t''|query|rule) kind=command ;;\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		out_printf(out, "\t'%s') kind=%s rest=%s options='", command_table[i].name,
			bash_kind(completion_of_first(&command_table[i])),
			bash_kind(completion_of_rest(&command_table[i])));
		bash_options(out, &command_table[i]);
		out_text(out, "' ;;\n");
	}
	out_text(out, "\tesac\n\t((place == 0)) || kind=$rest\n"
		      "\tif [[ -z $ended && $cur == -* ]]; then\n\t\toptions+='");
	for (size_t i = 0; i < command_global_count; i++)
		out_printf(out, " --%s", command_globals[i].name);
	out_text(out,
		"'\n\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n\t\treturn\n\tfi\n");
}

/* A word of the command's, or the command. */
static void bash_word(struct out *out)
{
	out_text(out, "\t# A family's second word, also behind `help`.\n"
		      "\t[[ $kind == command ]] && case $prev in\n");
	bash_family(out, "query");
	bash_family(out, "rule");
	out_text(out, "\tesac\n\tcase $kind in\n\tcommand) COMPREPLY=($(compgen -W '");
	bash_names(out);
	out_text(out, "' -- \"$cur\")) ;;\n"
		      "\tsetting)\n"
		      "\t\tif [[ $cur == *=@* ]]; then _feedctl_at_files \"$cur\"; else\n"
		      "\t\t\t_feedctl_lines \"$(_feedctl_ask setting \"$cur\")\" \"$cur\"\n"
		      "\t\tfi ;;\n"
		      "\tfeed|tag|query|push|stat)\n"
		      "\t\t_feedctl_lines \"$(_feedctl_ask $kind \"$cur\")\" \"$cur\" ;;\n"
		      "\tfile) _feedctl_files ;;\n");
	for (enum complete kind = COMPLETE_SHELL; kind <= COMPLETE_ACTION; kind++)
		out_printf(out, "\t%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")) ;;\n",
			bash_kind(kind), completion_words(kind));
	out_text(out, "\tesac\n");
}

void completion_print_bash(struct out *out)
{
	bash_helpers(out);
	out_text(out, "_feedctl() {\n");
	bash_line(out);
	bash_value(out);
	bash_option(out);
	bash_word(out);
	out_text(out, "}\ncomplete -F _feedctl feedctl\n");
}
