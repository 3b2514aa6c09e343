#include "daemon/control/upload.h"

#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "common/mem.h"

#define TEXT_MAX ((size_t)256 << 20)

struct upload {
	const struct command *command;
	json_t *words; /* an array */
	struct buf text;
};

static struct upload *upload_new(const struct command *command)
{
	struct upload *upload = MEM_NEW(struct upload);

	upload->command = command;
	upload->words = json_array();
	buf_init(&upload->text, TEXT_MAX);
	return upload;
}

void upload_free(struct upload *upload)
{
	if (upload == NULL)
		return;
	json_decref(upload->words);
	buf_release(&upload->text);
	free(upload);
}

/* The parameter whose words may come in parts, or NULL. */
static const char *words_name(const struct command *command)
{
	const struct param *param = command_param(command, "items");

	if (param == NULL)
		param = command_param(command, "feeds");
	return param != NULL ? param->name : NULL;
}

static int gather_words(struct upload *upload, json_t *words, struct err *err)
{
	if (words == NULL || json_is_null(words))
		return 0;
	if (!json_is_array(words))
		json_array_append(upload->words, words);
	else
		json_array_extend(upload->words, words);
	if (json_array_size(upload->words) > UPLOAD_WORDS_MAX)
		return err_set(
			err, ERR_TOO_BIG, "more than %u words in one call", UPLOAD_WORDS_MAX);
	return 0;
}

static int gather(struct upload *upload, const struct call *call, struct err *err)
{
	const char *name = words_name(call->command);
	const json_t *text = json_object_get(call->parameters, "text");

	if (name != NULL && gather_words(upload, json_object_get(call->parameters, name), err) < 0)
		return -1;
	if (text == NULL || json_is_null(text))
		return 0;
	if (base64_decode(&upload->text, json_string_value(text), json_string_length(text), err) ==
		0)
		return 0;
	if (err->code == ERR_SYNTAX)
		err->code = ERR_USAGE; /* of the call, not of the document in it */
	return err_prefix(err, "text");
}

static void hand_over(struct upload *upload, struct call *call)
{
	const char *name = words_name(call->command);

	if (name != NULL && json_array_size(upload->words) > 0)
		json_object_set(call->parameters, name, upload->words);
	buf_move(&call->document, &upload->text);
}

int upload_take(struct call *call, struct err *err)
{
	struct upload **place = session_upload(call->session);
	int result;

	if (command_param(call->command, "part") == NULL)
		return 1;
	if (*place == NULL)
		*place = upload_new(call->command);
	if ((*place)->command != call->command)
		result = err_set(err, ERR_USAGE, "a call of %s has not ended yet",
			(*place)->command->method);
	else
		result = gather(*place, call, err);
	if (result == 0 && call_flag(call, "part"))
		return 0;
	if (result == 0) {
		hand_over(*place, call);
		result = 1;
	}
	upload_free(*place);
	*place = NULL;
	return result;
}
