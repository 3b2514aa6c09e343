#include "daemon/control/upload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base64.h"
#include "common/mem.h"
#include "common/nameless.h"
#include "daemon/control/list_text.h"

#define TEXT_MAX ((size_t)256 << 20)
#define DATABASE_MAX ((uint64_t)8 << 30)
#define DATABASE_BEGIN 16 /* bytes by which one is known */

/* Of all connections together, from the first part to the end of the document: as much
 * as the largest one alone. */
#define GATHERED_MAX TEXT_MAX
#define WORD_COSTS 64 /* bytes, besides its letters */
#define GIVE_BACK_FROM ((size_t)1 << 20)

static size_t gathered; /* by all of them; the loop's */

/* A database may be larger than memory should hold: it goes on into a file
 * without a name in the data directory. */
struct upload {
	const struct command *command;
	json_t *others; /* an object: the parameters but for what comes in parts */
	json_t *words;  /* an array, or NULL: none was named yet */
	size_t word_bytes;
	struct buf text;
	size_t counted; /* of both, in `gathered` */
	int file;       /* -1: all is in text */
	bool looked;    /* whether it is to go into one */
	uint64_t written;
	bool refused; /* a part was: so are those behind it, the last included */
	struct err why;
};

static struct upload *upload_new(const struct command *command)
{
	struct upload *upload = MEM_NEW(struct upload);

	upload->command = command;
	upload->others = json_object();
	buf_init(&upload->text, TEXT_MAX);
	upload->file = -1;
	return upload;
}

void upload_free(struct upload *upload)
{
	size_t counted;

	if (upload == NULL)
		return;
	counted = upload->counted;
	gathered -= counted;
	json_decref(upload->others);
	json_decref(upload->words);
	buf_release(&upload->text);
	if (upload->file >= 0)
		close(upload->file);
	free(upload);
	if (counted >= GIVE_BACK_FROM)
		mem_give_back();
}

static int count(struct upload *upload, struct err *err)
{
	size_t now = upload->word_bytes + upload->text.length;

	gathered += now - upload->counted;
	upload->counted = now;
	if (gathered > GATHERED_MAX)
		return err_set(err, ERR_BUSY,
			"what clients send in parts may hold %zu MiB, all of it together; try "
			"again when the others are done",
			GATHERED_MAX >> 20);
	return 0;
}

/* The parameter whose words may come in parts, or NULL. */
static const char *words_name(const struct command *command)
{
	const struct param *param = command_param(command, "items");

	if (param == NULL)
		param = command_param(command, "feeds");
	return param != NULL ? param->name : NULL;
}

static void add_word(struct upload *upload, json_t *word)
{
	json_array_append(upload->words, word);
	upload->word_bytes += WORD_COSTS + json_string_length(word);
}

static int gather_words(struct upload *upload, json_t *words, struct err *err)
{
	size_t i;
	json_t *word;

	if (words == NULL || json_is_null(words))
		return 0;
	if (upload->words == NULL)
		upload->words = json_array();
	if (!json_is_array(words))
		add_word(upload, words);
	json_array_foreach(words, i, word)
	{
		add_word(upload, word);
	}
	if (json_array_size(upload->words) > UPLOAD_WORDS_MAX ||
		upload->word_bytes > UPLOAD_WORD_BYTES_MAX)
		return err_set(err, ERR_TOO_BIG, "more than %u words in one call, or than %zu MiB",
			UPLOAD_WORDS_MAX, UPLOAD_WORD_BYTES_MAX >> 20);
	return 0;
}

static int write_down(struct upload *upload, struct err *err)
{
	const char *at = upload->text.data;
	size_t rest = upload->text.length;

	upload->written += rest;
	if (upload->written > DATABASE_MAX)
		return err_set(err, ERR_TOO_BIG, "a database has at most %llu bytes",
			(unsigned long long)DATABASE_MAX);
	while (rest > 0) {
		ssize_t n = write(upload->file, at, rest);

		if (n < 0 && errno != EINTR)
			return err_set_errno(
				err, ERR_NO_SPACE, errno, "there is no room to write it down");
		at += n > 0 ? n : 0;
		rest -= n > 0 ? (size_t)n : 0;
	}
	buf_clear(&upload->text);
	return 0;
}

static int gather_database(struct upload *upload, const struct call *call, struct err *err)
{
	const char *directory = call->parts->data_dir;

	if (upload->file < 0) {
		if (upload->looked || upload->text.length < DATABASE_BEGIN)
			return 0;
		upload->looked = true; /* its first bytes tell */
		if (call->command != &command_table[CMD_IMPORT] ||
			list_kind_of(upload->text.data, upload->text.length) != LIST_NEWSBOAT_CACHE)
			return 0;
		upload->file = nameless_open(directory);
		if (upload->file < 0)
			return err_set_errno(err, ERR_IO, errno, "%s", directory);
	}
	return write_down(upload, err);
}

static int gather_text(struct upload *upload, const struct call *call, const struct wire_call *wire,
	struct err *err)
{
	const json_t *text = json_object_get(call->parameters, "text");
	const char *letters = json_string_value(text);
	size_t length = json_string_length(text);

	if (wire->text != NULL) {
		letters = wire->text;
		length = wire->text_length;
	}
	if (length == 0)
		return 0;
	if (base64_decode(&upload->text, letters, length, err) == 0)
		return gather_database(upload, call, err);
	if (err->code == ERR_SYNTAX)
		err->code = ERR_USAGE; /* of the call, not of the document in it */
	return err_prefix(err, "text");
}

static bool is_brought(const char *key, const char *words)
{
	return strcmp(key, "text") == 0 || strcmp(key, "part") == 0 ||
	       (words != NULL && strcmp(key, words) == 0);
}

/* What takes effect as one is said of one thing: what any part says holds for all, and
 * no other may say otherwise. */
static int gather_others(struct upload *upload, const struct call *call, struct err *err)
{
	const char *words = words_name(call->command), *key;
	json_t *value;

	json_object_foreach(call->parameters, key, value)
	{
		const json_t *said = json_object_get(upload->others, key);

		if (is_brought(key, words) || json_is_null(value))
			continue;
		if (said != NULL && !json_equal(said, value))
			return err_set(
				err, ERR_USAGE, "%s: a part before this one says otherwise", key);
		json_object_set(upload->others, key, value);
	}
	return 0;
}

static int gather(struct upload *upload, const struct call *call, const struct wire_call *wire,
	struct err *err)
{
	const char *name = words_name(call->command);

	if (gather_others(upload, call, err) < 0)
		return -1;
	if (name != NULL && gather_words(upload, json_object_get(call->parameters, name), err) < 0)
		return -1;
	if (gather_text(upload, call, wire, err) < 0)
		return -1;
	return count(upload, err);
}

static void hand_over(struct upload *upload, struct call *call)
{
	const char *name = words_name(call->command);

	json_object_update(call->parameters, upload->others);
	if (upload->words != NULL)
		json_object_set(call->parameters, name, upload->words);
	buf_move(&call->document, &upload->text);
	call->database = upload->file;
	upload->file = -1;
	call->gathered = upload->counted;
	upload->counted = 0;
}

void upload_spent(struct call *call)
{
	gathered -= call->gathered;
	if (call->gathered >= GIVE_BACK_FROM)
		mem_give_back();
	call->gathered = 0;
}

static int take(struct upload *upload, const struct call *call, const struct wire_call *wire,
	struct err *err)
{
	if (!upload->refused)
		return gather(upload, call, wire, err);
	*err = upload->why;
	return -1;
}

/* The parts behind one that was refused may be on their way already, and are no whole
 * without it. */
static struct upload *upload_refused(const struct command *command, const struct err *why)
{
	struct upload *upload = upload_new(command);

	upload->refused = true;
	upload->why = *why;
	return upload;
}

int upload_take(struct call *call, const struct wire_call *wire, struct err *err)
{
	struct upload **place = session_upload(call->session);
	bool ours, last = !call_flag(call, "part");
	const struct command *command;
	int result;

	if (command_param(call->command, "part") == NULL)
		return 1;
	if (*place == NULL)
		*place = upload_new(call->command);
	ours = (*place)->command == call->command;
	if (!ours)
		result = err_set(err, ERR_USAGE, "a call of %s has not ended yet",
			(*place)->command->method);
	else
		result = take(*place, call, wire, err);
	if (result == 0 && !last)
		return 0;
	if (result == 0) {
		hand_over(*place, call);
		result = 1;
	}
	command = (*place)->command;
	upload_free(*place);
	*place = NULL;
	if (result < 0 && (!ours || !last))
		*place = upload_refused(command, err);
	return result;
}

void upload_spoil(struct session *session, const struct command *command,
	const struct wire_call *wire, const char *words)
{
	struct upload **place = session_upload(session);
	const json_t *part = json_object_get(wire->parameters, "part");
	bool last = part == NULL || json_is_null(part) || json_is_false(part);
	struct err why;

	if (command_param(command, "part") == NULL || (*place == NULL && last) ||
		(*place != NULL && (*place)->command != command))
		return;
	err_set(&why, ERR_USAGE, "a part before this one was refused: %s", words);
	upload_free(*place);
	*place = last ? NULL : upload_refused(command, &why);
}

void upload_leave(struct session *session)
{
	struct upload **place = session_upload(session);

	if (*place == NULL || !call_only_answers((*place)->command))
		return;
	upload_free(*place);
	*place = NULL;
}
