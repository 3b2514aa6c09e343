#include "daemon/control/list_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"

#define LINE_SHOWN 200u /* bytes of one that is too long */

/* A date in seconds or none, and eight more columns. */
static bool is_sfeed_items(const char *text, size_t length)
{
	const char *end = memchr(text, '\n', length);
	size_t i = 0, tabs = 0, line = end != NULL ? (size_t)(end - text) : length;

	while (i < line && text[i] >= '0' && text[i] <= '9')
		i++;
	if (i == line || text[i] != '\t')
		return false;
	for (; i < line; i++)
		tabs += text[i] == '\t';
	return tabs == 8;
}

/* Behind its mark; `low` is where the byte of a unit lies that ASCII has. */
static enum list_kind wide_kind_of(const char *text, size_t length, size_t low)
{
	size_t i = 2;

	while (i + 1 < length && text[i + 1 - low] == '\0' &&
		strchr(" \t\r\n", text[i + low]) != NULL)
		i += 2;
	return i + 1 < length && text[i + low] == '<' ? LIST_OPML : LIST_WIDE_LINES;
}

enum list_kind list_kind_of(const char *text, size_t length)
{
	size_t i = 0;

	if (length >= 16 && memcmp(text, "SQLite format 3", 16) == 0)
		return LIST_NEWSBOAT_CACHE;
	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		i = 3;
	if (length >= 2 && (memcmp(text, "\xFE\xFF", 2) == 0 || memcmp(text, "\xFF\xFE", 2) == 0))
		return wide_kind_of(text, length, text[0] == '\xFE');
	if (is_sfeed_items(text + i, length - i))
		return LIST_SFEED_ITEMS;
	while (i < length && strchr(" \t\r\n", text[i]) != NULL)
		i++;
	return i < length && text[i] == '<' ? LIST_OPML : LIST_LINES;
}

/* What a word ends at. */
#define BLANKS " \t"
#define SHELL_BLANKS BLANKS "<>" /* where it is led to is no name and no address */
#define SHELL_ENDS ";&|()"       /* the command's end as well */

static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

struct word {
	char *text;
	bool is_made; /* a shell would put something else in it */
};

/* A variable, or what a command prints; a $ before anything else is one. */
static bool is_substitution(const char *at)
{
	return *at == '`' ||
	       (*at == '$' && at[1] != '\0' &&
		       (isalnum((unsigned char)at[1]) || strchr("_{(@*#?-$!", at[1]) != NULL));
}

/* What a substitution ends at; within it quotes and blanks are not the word's. */
struct inside {
	char open, close; /* close is '\0' where none is open */
	size_t depth;
};

static struct inside inside_of(const char *at)
{
	if (*at == '`')
		return (struct inside){ .close = '`', .depth = 1 };
	if (at[1] == '(' || at[1] == '{')
		return (struct inside){ .open = at[1], .close = at[1] == '(' ? ')' : '}' };
	return (struct inside){ 0 };
}

static void pass_inside(struct inside *inside, char c)
{
	if (c == inside->open)
		inside->depth++;
	else if (c == inside->close && --inside->depth == 0)
		inside->close = '\0';
}

/* The word that begins at *from goes to *to, which is not behind it; what it ended at. */
static char cut_word(char **from, char **to, bool shell, struct word *out)
{
	const char *ends = shell ? SHELL_BLANKS SHELL_ENDS : BLANKS;
	char *at = *from, quote = '\0', end;
	struct inside inside = { 0 };

	*out = (struct word){ .text = *to };
	for (; *at != '\0' && (quote != '\0' || inside.close != '\0' || !is_one_of(*at, ends));
		at++) {
		if (inside.close != '\0') {
			pass_inside(&inside, *at);
			*(*to)++ = *at;
		} else if (shell && quote != '\'' && is_substitution(at)) {
			out->is_made = true;
			inside = inside_of(at);
			*(*to)++ = *at;
		} else if (quote != '\0' && *at == quote) {
			quote = '\0';
		} else if (quote == '\0' && (*at == '"' || (shell && *at == '\''))) {
			quote = *at;
		} else if (*at == '\\' && quote != '\'' && at[1] != '\0') {
			*(*to)++ = *++at;
		} else {
			*(*to)++ = *at;
		}
	}
	end = *at;
	*from = end != '\0' ? at + 1 : at;
	*(*to)++ = '\0';
	return end;
}

/* Room for as many as it can have: something is between them. */
static struct word *words_of(const char *line)
{
	return MEM_ARRAY(strlen(line) / 2 + 1, struct word);
}

/*
 * The words of a line, cut out of it in place as a shell would: blanks separate,
 * quotes hold together, a backslash takes the next character as it is (not
 * within single quotes), and a # where a word begins ends it all.  newsboat does
 * the same, but for single quotes, which it has not.  Of a shell those of one command;
 * *line is what follows it, and the result what it ended at.
 */
static char split(char **line, bool shell, struct word *words, size_t *out_count)
{
	char *from = *line, *to = from, end = ' ';
	size_t count = 0;

	while (is_one_of(end, SHELL_BLANKS)) {
		from += strspn(from, shell ? SHELL_BLANKS : BLANKS);
		if (*from == '#')
			from += strlen(from);
		if (*from == '\0' || (shell && is_one_of(*from, SHELL_ENDS))) {
			end = *from;
			from += end != '\0';
			break;
		}
		end = cut_word(&from, &to, shell, &words[count++]);
	}
	*line = from;
	*out_count = count;
	return end;
}

/* newsboat's "query:NAME:EXPR". */
static int take_query(struct list_entry *entry, list_each *each, void *ctx)
{
	const char *from = entry->url + strlen("query:"), *colon = strchr(from, ':');
	char *name, *at;
	int result;

	if (colon == NULL || colon == from || colon[1] == '\0')
		return each(ctx, entry, "a query is query:NAME:EXPRESSION");
	name = mem_strndup(from, (size_t)(colon - from));
	for (at = name; (at = strpbrk(at, " \t,")) != NULL;)
		*at = '_';
	entry->title = name;
	entry->expr = colon + 1;
	result = each(ctx, entry, NULL);
	free(name);
	return result;
}

static int take_newsboat(const struct word *words, size_t count, list_each *each, void *ctx)
{
	static const char *const others[] = { "exec:", "filter:", "file:" }, *const none[] = {
		NULL
	};
	struct list_entry entry = { .url = words[0].text, .tags = none };
	const char **tags;
	size_t i, n = 0;
	int result;

	if (strncmp(words[0].text, "query:", 6) == 0)
		return take_query(&entry, each, ctx);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strncmp(words[0].text, others[i], strlen(others[i])) == 0)
			return each(ctx, &entry,
				"only addresses are taken; feedd runs no program and reads no "
				"file");
	}
	if (strpbrk(words[0].text, ".:/") == NULL)
		return each(ctx, &entry, "it is no address");
	entry.tags = tags = MEM_ARRAY(count, const char *);
	for (i = 1; i < count; i++) {
		if (words[i].text[0] == '~')
			entry.title = words[i].text + 1;
		else if (strcmp(words[i].text, "!") == 0)
			entry.hidden = true;
		else if (words[i].text[0] != '\0')
			tags[n++] = words[i].text;
	}
	tags[n] = NULL;
	result = each(ctx, &entry, NULL);
	free(tags);
	return result;
}

static int take_sfeed(const struct word *words, size_t count, list_each *each, void *ctx)
{
	static const char *const none[] = { NULL };
	struct list_entry entry = { .tags = none };

	if (count > 1 && words[1].text[0] != '\0')
		entry.title = words[1].text;
	if (count < 3 || words[2].text[0] == '\0') {
		entry.url = entry.title != NULL ? entry.title : words[0].text;
		return each(ctx, &entry, "this feed has no address");
	}
	entry.url = words[2].text;
	if (words[1].is_made)
		entry.title = NULL; /* the feed has one */
	return each(ctx, &entry,
		words[2].is_made ? "its address is made by the shell, which is not run" : NULL);
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

/* "NAME=", whatever is behind it. */
static bool is_assignment(const char *word, size_t length)
{
	const char *equals = memchr(word, '=', length);
	const char *at = word;

	if (equals == NULL || equals == word || (*word >= '0' && *word <= '9'))
		return false;
	while (*at == '_' || isalnum((unsigned char)*at))
		at++;
	return at == equals;
}

/* Whether it stands before a command and is none. */
static bool may_precede(const char *word, size_t length)
{
	static const char *const words[] = { "{", "!", "if", "then", "elif", "else", "while",
		"until", "do", "time" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(word, length, words[i]))
			return true;
	return is_assignment(word, length);
}

/* How many words stand before a command that may be sfeedrc's `feed`; all, if it is none. */
static size_t before_feed(const struct word *words, size_t count)
{
	size_t i = 0;

	while (i < count && strcmp(words[i].text, "feed") != 0) {
		if (!may_precede(words[i].text, strlen(words[i].text)))
			return count;
		i++;
	}
	return i;
}

/* Each `feed` of it.  One before a parenthesis is a function's name, or a pattern. */
static int take_shell(char *line, list_each *each, void *ctx)
{
	struct word *words = words_of(line);
	char end;
	size_t count, first;
	int result = 0;

	do {
		end = split(&line, true, words, &count);
		first = before_feed(words, count);
		if (first < count && (count - first > 1 || !is_one_of(end, "()")))
			result = take_sfeed(words + first, count - first, each, ctx);
	} while (end != '\0' && result == 0);
	free(words);
	return result;
}

static int take_line(char *line, bool sfeed, list_each *each, void *ctx)
{
	struct word *words;
	size_t count;
	int result;

	if (sfeed)
		return take_shell(line, each, ctx);
	words = words_of(line);
	(void)split(&line, false, words, &count);
	result = count > 0 ? take_newsboat(words, count, each, ctx) : 0;
	free(words);
	return result;
}

/* By its beginning; a comment, and a shell's words, may be of any length. */
static int refuse_long(const char *text, bool sfeed, list_each *each, void *ctx)
{
	static const char *const none[] = { NULL };
	struct list_entry entry = { .tags = none };
	char *line, *at;
	struct word *words;
	size_t count, first;
	int result = 0;

	text += strspn(text, " \t");
	at = line = mem_strndup(text, utf8_cut(text, LINE_SHOWN));
	words = words_of(line);
	(void)split(&at, sfeed, words, &count);
	first = sfeed ? before_feed(words, count) : 0;
	if (first < count) {
		entry.url = words[sfeed && count - first > 2 ? first + 2 : first].text;
		result = each(ctx, &entry, "its line is too long");
	}
	free(words);
	free(line);
	return result;
}

static bool begins_with(const char *text, size_t length, const char *word, const char *ends)
{
	size_t n = strlen(word);

	return length > n && memcmp(text, word, n) == 0 && is_one_of(text[n], ends);
}

/* Whether a line begins with sfeedrc's `feed`, or what they stand in: then all else is
 * shell. */
static bool is_sfeedrc(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length) {
		while (i < length && (text[i] == ' ' || text[i] == '\t'))
			i++;
		if (begins_with(text + i, length - i, "feed", BLANKS) ||
			begins_with(text + i, length - i, "feeds", "("))
			return true;
		while (i < length && text[i] != '\n')
			i++;
		i++;
	}
	return false;
}

static size_t line_length(const char *text, size_t length)
{
	const char *end = memchr(text, '\n', length);

	return end != NULL ? (size_t)(end - text) : length;
}

/* A shell's line on the way to its end. */
struct course {
	const char *text;
	size_t length, at;
	char quote;    /* that is open, or '\0' */
	bool in_word;  /* not between two */
	bool is_known; /* what the command is */
	bool is_feed;
};

static void begin_word(struct course *course, const char *word, size_t left)
{
	size_t n = 0;

	course->in_word = true;
	if (course->is_known)
		return;
	while (n < left && !is_one_of(word[n], SHELL_BLANKS SHELL_ENDS "\n\\'\""))
		n++;
	course->is_known = !may_precede(word, n);
	course->is_feed = is_word(word, n, "feed");
}

static void pass_quoted(struct course *course)
{
	char c = course->text[course->at++];

	if (c == course->quote)
		course->quote = '\0';
	else if (c == '\\' && course->quote == '"')
		course->at++;
}

static void pass(struct course *course)
{
	const char *at = course->text + course->at;
	size_t left = course->length - course->at;

	course->at++;
	if (is_one_of(*at, SHELL_ENDS)) {
		course->in_word = course->is_known = course->is_feed = false;
	} else if (is_one_of(*at, SHELL_BLANKS)) {
		course->in_word = false;
	} else if (left > 1 && at[0] == '\\' && at[1] == '\n') {
		course->at++;
	} else if (*at == '#' && !course->in_word) {
		course->at += line_length(at, left) - 1;
	} else {
		if (!course->in_word)
			begin_word(course, at, left);
		if (*at == '\\')
			course->at++;
		else if (*at == '"' || *at == '\'')
			course->quote = *at;
	}
}

/*
 * Where a shell's line ends.  It goes on behind a backslash at its end, and within a quote
 * of `feed`.  Another quote may be half of one: an apostrophe in what is for another
 * program to read.  So does one end with its line that is not closed.
 */
static size_t shell_length(const char *text, size_t length)
{
	struct course course = { .text = text, .length = length };
	size_t first = length;

	while (course.at < length) {
		if (text[course.at] == '\n') {
			if (course.quote == '\0' || !course.is_feed)
				return course.at;
			if (first == length)
				first = course.at;
		}
		if (course.at > first && course.at - first > LIST_LINE_MAX)
			return first;
		if (course.quote != '\0')
			pass_quoted(&course);
		else
			pass(&course);
	}
	return course.quote != '\0' ? first : length;
}

/* A backslash at the end of a line and that end are nothing to a shell. */
static void join_lines(char *line)
{
	char *to = line;

	for (; *line != '\0'; line++) {
		if (line[0] == '\\' && line[1] == '\n')
			line++;
		else
			*to++ = *line;
	}
	*to = '\0';
}

static int take_whole(const char *text, size_t length, bool sfeed, list_each *each, void *ctx)
{
	char *line = mem_strndup(text, length);
	int result;

	if (length > 0 && line[length - 1] == '\r')
		line[length - 1] = '\0';
	join_lines(line);
	result = take_line(line, sfeed, each, ctx);
	free(line);
	return result;
}

int list_lines(const char *text, size_t length, list_each *each, void *ctx)
{
	bool sfeed = is_sfeedrc(text, length);
	size_t i = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	int result = 0;

	while (i < length && result == 0) {
		size_t n = sfeed ? shell_length(text + i, length - i)
				 : line_length(text + i, length - i);

		if (n > LIST_LINE_MAX)
			result = refuse_long(text + i, sfeed, each, ctx);
		else
			result = take_whole(text + i, n, sfeed, each, ctx);
		i += n + 1;
	}
	return result;
}
