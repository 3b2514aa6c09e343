#include "common/wire.h"

#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "common/mem.h"
#include "common/utf8.h"

#define TEXT_LONG ((size_t)4 << 10)

static const struct {
	const char *name, *help;
} errors[WIRE_ERRORS] = {
#define WIRE_ERROR(id, name, help) { name, help },
#include "common/wire_error.def"
#undef WIRE_ERROR
};

const char *wire_error_name(enum wire_error error)
{
	return errors[error].name;
}

const char *wire_error_help(enum wire_error error)
{
	return errors[error].help;
}

enum wire_error wire_error_of(enum err_code code)
{
	static const enum wire_error of[ERR_CODES] = {
		[ERR_USAGE] = WIRE_USAGE,
		[ERR_NOT_FOUND] = WIRE_NOT_FOUND,
		[ERR_AMBIGUOUS] = WIRE_AMBIGUOUS,
		[ERR_EXISTS] = WIRE_EXISTS,
		[ERR_REFUSED] = WIRE_REFUSED,
		[ERR_BLOCKED] = WIRE_REFUSED,
		[ERR_BAD_PORT] = WIRE_REFUSED,
		[ERR_BAD_URL] = WIRE_REFUSED,
		[ERR_TOO_SOON] = WIRE_TOO_SOON,
		[ERR_HELD] = WIRE_HELD,
		[ERR_GONE] = WIRE_GONE,
		[ERR_TOO_BIG] = WIRE_TOO_LARGE,
		[ERR_SYNTAX] = WIRE_NOT_FEED,
		[ERR_NOT_FEED] = WIRE_NOT_FEED,
		[ERR_ENTITY] = WIRE_NOT_FEED,
		[ERR_ENCODING] = WIRE_NOT_FEED,
		[ERR_EMPTY] = WIRE_NOT_FEED,
		[ERR_PARTIAL] = WIRE_NOT_FEED,
		[ERR_PARSER_CRASH] = WIRE_NOT_FEED,
		[ERR_PARSER_HANG] = WIRE_NOT_FEED,
		[ERR_PARSER_MEMORY] = WIRE_NOT_FEED,
		[ERR_DNS] = WIRE_FETCH_FAILED,
		[ERR_CONNECT] = WIRE_FETCH_FAILED,
		[ERR_TLS] = WIRE_FETCH_FAILED,
		[ERR_TIMEOUT] = WIRE_FETCH_FAILED,
		[ERR_INCOMPLETE] = WIRE_FETCH_FAILED,
		[ERR_PROTOCOL] = WIRE_FETCH_FAILED,
		[ERR_BAD_ENCODING] = WIRE_FETCH_FAILED,
		[ERR_BAD_REDIRECT] = WIRE_FETCH_FAILED,
		[ERR_PROXY] = WIRE_FETCH_FAILED,
		[ERR_UNSOLICITED_304] = WIRE_FETCH_FAILED,
		[ERR_HTTP] = WIRE_FETCH_FAILED,
		[ERR_CAPTIVE] = WIRE_FETCH_FAILED,
		[ERR_OFFLINE] = WIRE_FETCH_FAILED,
		[ERR_CANCELLED] = WIRE_CANCELLED,
		[ERR_BUSY] = WIRE_BUSY,
		[ERR_IO] = WIRE_UNAVAILABLE,
		[ERR_NO_SPACE] = WIRE_UNAVAILABLE,
		[ERR_DAMAGED] = WIRE_UNAVAILABLE,
	};

	/* Usage is the first row: what no line names is none. */
	return of[code] != WIRE_USAGE || code == ERR_USAGE ? of[code] : WIRE_FAILED;
}

/* Where the string whose opening quote is at `from` is closed, or `length`. */
static size_t string_end(const char *json, size_t from, size_t length)
{
	size_t i = from + 1;

	while (i < length) {
		const char *quote = memchr(json + i, '"', length - i);
		size_t end = quote != NULL ? (size_t)(quote - json) : length;
		const char *escape = memchr(json + i, '\\', end - i);

		if (escape == NULL)
			return end;
		i = (size_t)(escape - json) + 2;
	}
	return length;
}

/* How deep the brackets stand in each other, strings left out: jansson would
 * go as deep as the message does. */
static unsigned depth_of(const char *json, size_t length)
{
	unsigned depth = 0, deepest = 0;
	size_t i;

	for (i = 0; i < length; i++) {
		char c = json[i];

		if (c == '"') {
			i = string_end(json, i, length);
		} else if ((c == '{' || c == '[') && ++depth > deepest) {
			deepest = depth;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return deepest;
}

static int flag_of(const json_t *call, const char *name, bool *out_value, struct err *err)
{
	const json_t *value = json_object_get(call, name);

	if (value != NULL && !json_is_boolean(value) && !json_is_null(value))
		return err_set(err, ERR_SYNTAX, "the call's \"%s\" is no boolean", name);
	*out_value = json_is_true(value);
	return 0;
}

static int fill_call(json_t *root, struct wire_call *call, struct err *err)
{
	const char *method = json_string_value(json_object_get(root, "method"));
	json_t *parameters = json_object_get(root, "parameters");

	if (method == NULL)
		return err_set(err, ERR_SYNTAX, "the call has no \"method\"");
	if (parameters != NULL && !json_is_object(parameters) && !json_is_null(parameters))
		return err_set(err, ERR_SYNTAX, "the call's \"parameters\" are no object");
	if (flag_of(root, "more", &call->more, err) < 0 ||
		flag_of(root, "oneway", &call->oneway, err) < 0 ||
		flag_of(root, "upgrade", &call->upgrade, err) < 0)
		return -1;
	call->method = mem_strdup(method);
	call->parameters = json_is_object(parameters) ? json_incref(parameters) : json_object();
	return 0;
}

/* A piece of a document in the message: base64 behind the key "text", too long
 * for jansson, which takes a hundred instructions a letter. */
static void find_text(const char *message, size_t length, struct wire_call *call)
{
	static const char key[] = "\"text\":\"";
	const char *at = memmem(message, length, key, sizeof(key) - 1);
	size_t rest, span;

	if (at == NULL)
		return;
	at += sizeof(key) - 1;
	rest = length - (size_t)(at - message);
	span = base64_span(at, rest);
	if (span < TEXT_LONG || span == rest || at[span] != '"')
		return;
	call->text = at;
	call->text_length = span;
}

static bool is_empty(const json_t *value)
{
	return json_is_string(value) && json_string_length(value) == 0;
}

/* The message as JSON, without the text that was found in it. */
static json_t *load(const char *message, size_t length, struct wire_call *call, json_error_t *error)
{
	struct buf rest;
	json_t *root;
	size_t before;

	find_text(message, length, call);
	if (call->text == NULL)
		return json_loadb(message, length, JSON_REJECT_DUPLICATES, error);
	before = (size_t)(call->text - message);
	buf_init(&rest, length);
	root = NULL;
	if (buf_add(&rest, message, before) == 0 &&
		buf_add(&rest, call->text + call->text_length,
			length - before - call->text_length) == 0)
		root = json_loadb(rest.data, rest.length, JSON_REJECT_DUPLICATES, error);
	buf_release(&rest);
	return root;
}

int wire_call_parse(const char *message, size_t length, struct wire_call *out_call, struct err *err)
{
	struct wire_call call = { .method = NULL };
	json_error_t error;
	json_t *root;
	int result;

	if (depth_of(message, length) > WIRE_DEPTH_MAX)
		return err_set(err, ERR_TOO_BIG, "the call is nested deeper than %u levels",
			WIRE_DEPTH_MAX);
	root = load(message, length, &call, &error);
	if (root == NULL && json_error_code(&error) == json_error_null_character)
		return err_set(
			err, ERR_SYNTAX, "the call has \\u0000 in a string: no text has that");
	if (root == NULL)
		return err_set(err, ERR_SYNTAX, "the call is no JSON object: %s", error.text);
	result = fill_call(root, &call, err);
	json_decref(root);
	/* It stood in the place of another "text" than the parameter. */
	if (result == 0 && !is_empty(json_object_get(call.parameters, "text")))
		call.text = NULL;
	if (result == 0)
		*out_call = call;
	return result;
}

void wire_call_release(struct wire_call *call)
{
	free(call->method);
	json_decref(call->parameters);
	memset(call, 0, sizeof(*call));
}

/* Always -1.  The name is the client's: it is shown on terminals. */
static int fault_set(struct wire_fault *fault, const char *error, const char *key,
	const char *value, size_t length)
{
	struct buf line;

	buf_init(&line, 4096);
	if (utf8_add_line(&line, value, length < 150 ? utf8_cut(value, length) : 150) < 0)
		buf_clear(&line);
	fault->error = error;
	fault->key = key;
	memcpy(fault->value, line.data, utf8_cut(line.data, line.length < 199 ? line.length : 199));
	fault->value[utf8_cut(line.data, line.length < 199 ? line.length : 199)] = '\0';
	buf_release(&line);
	return -1;
}

static int invalid_parameter(struct wire_fault *fault, const char *name)
{
	return fault_set(fault, WIRE_SERVICE ".InvalidParameter", "parameter", name, strlen(name));
}

static bool value_fits(const struct param *param, const json_t *value)
{
	switch (param->type) {
	case TYPE_BOOL:
		return json_is_boolean(value);
	case TYPE_COUNT:
		return json_is_integer(value) && json_integer_value(value) >= 0;
	case TYPE_FEED:
	case TYPE_ITEM:
		return json_is_string(value) || json_is_integer(value);
	default:
		return json_is_string(value);
	}
}

static bool is_list(const struct param *param)
{
	return param->kind == PARAM_LIST || param->kind == PARAM_MANY || param->kind == PARAM_ANY ||
	       param->kind == PARAM_REST;
}

static bool parameter_fits(const struct param *param, const json_t *value)
{
	const json_t *each;
	size_t i;

	if (!is_list(param) || !json_is_array(value))
		return value_fits(param, value);
	json_array_foreach(value, i, each)
	{
		if (!value_fits(param, each))
			return false;
	}
	return true;
}

/* The row of a name as the wire spells it: with _, never with -. */
static const struct param *wire_param(const struct command *command, const char *name)
{
	const struct param *param = strchr(name, '-') == NULL ? command_param(command, name) : NULL;

	return param != NULL && param->scope != SCOPE_LOCAL ? param : NULL;
}

static void wire_name(const char *name, char out[64])
{
	size_t i;

	for (i = 0; name[i] != '\0' && i < 63; i++)
		out[i] = (char)(name[i] == '-' ? '_' : name[i]);
	out[i] = '\0';
}

static int check_parameters(
	const struct command *command, json_t *parameters, struct wire_fault *fault)
{
	const char *name;
	json_t *value;
	char spelled[64];
	size_t i;

	json_object_foreach(parameters, name, value)
	{
		const struct param *param = wire_param(command, name);

		if (param == NULL || (!json_is_null(value) && !parameter_fits(param, value)))
			return invalid_parameter(fault, name);
	}
	for (i = 0; i < command->param_count; i++) {
		const struct param *param = &command->params[i];

		if (param->scope == SCOPE_LOCAL ||
			(param->kind != PARAM_REQUIRED && param->kind != PARAM_MANY))
			continue;
		wire_name(param->name, spelled);
		value = json_object_get(parameters, spelled);
		if (value == NULL || json_is_null(value))
			return invalid_parameter(fault, spelled);
	}
	return 0;
}

/* Always -1 */
static int method_not_found(const struct wire_call *call, struct wire_fault *fault)
{
	return fault_set(fault, WIRE_SERVICE ".MethodNotFound", "method", call->method,
		strlen(call->method));
}

static int check_service(const struct wire_call *call, const char *method, struct wire_fault *fault)
{
	bool describes = strcmp(method, "GetInterfaceDescription") == 0;
	const char *name;
	json_t *value;

	if (!describes && strcmp(method, "GetInfo") != 0)
		return method_not_found(call, fault);
	json_object_foreach(call->parameters, name, value)
	{
		if (!describes || strcmp(name, "interface") != 0 || !json_is_string(value))
			return invalid_parameter(fault, name);
	}
	return describes && json_object_size(call->parameters) == 0
		       ? invalid_parameter(fault, "interface")
		       : 0;
}

int wire_call_check(
	const struct wire_call *call, const struct command **out_command, struct wire_fault *fault)
{
	const char *dot = strrchr(call->method, '.');
	size_t length = dot != NULL ? (size_t)(dot - call->method) : 0;
	const struct command *command;

	*out_command = NULL;
	if (length == strlen(WIRE_SERVICE) && memcmp(call->method, WIRE_SERVICE, length) == 0)
		return check_service(call, dot + 1, fault);
	if (length != strlen(WIRE_INTERFACE) || memcmp(call->method, WIRE_INTERFACE, length) != 0)
		return fault_set(fault, WIRE_SERVICE ".InterfaceNotFound", "interface",
			call->method, length != 0 ? length : strlen(call->method));
	command = command_by_method(dot + 1);
	if (command == NULL)
		return method_not_found(call, fault);
	*out_command = command;
	return check_parameters(command, call->parameters, fault) < 0 ? -1 : 1;
}

void wire_reply_begin(struct json_writer *w, struct buf *out)
{
	json_begin(w, out);
	json_put_object(w);
	json_put_key(w, "parameters");
	json_put_object(w);
}

void wire_reply_end(struct json_writer *w, bool continues)
{
	json_put_object_end(w);
	if (continues) {
		json_put_key(w, "continues");
		json_put_bool(w, true);
	}
	json_put_object_end(w);
	if (buf_add_byte(w->out, '\0') < 0)
		w->failed = true;
}

static void error_begin(
	struct json_writer *w, struct buf *out, const char *interface, const char *name)
{
	char whole[100];

	snprintf(whole, sizeof(whole), "%s%s%s", interface, interface[0] != '\0' ? "." : "", name);
	json_begin(w, out);
	json_put_object(w);
	json_put_key(w, "error");
	json_put_string(w, whole);
	json_put_key(w, "parameters");
	json_put_object(w);
}

int wire_put_error(struct buf *out, enum wire_error error, const struct err *err,
	const char *const *details, size_t detail_count, const char *links)
{
	struct json_writer w;
	size_t i;

	error_begin(&w, out, WIRE_INTERFACE, wire_error_name(error));
	json_put_key(&w, "message");
	json_put_string(&w, err->text);
	json_put_key(&w, "class");
	json_put_string(&w, err_word(err->code));
	if (details != NULL) {
		json_put_key(&w, "details");
		json_put_array(&w);
		for (i = 0; i < detail_count; i++)
			json_put_string(&w, details[i]);
		json_put_array_end(&w);
	}
	if (links != NULL) {
		json_put_key(&w, "links");
		json_put_raw(&w, links);
	}
	wire_reply_end(&w, false);
	return json_ok(&w) ? 0 : -1;
}

int wire_put_fault(struct buf *out, const struct wire_fault *fault)
{
	struct json_writer w;

	error_begin(&w, out, "", fault->error);
	json_put_key(&w, fault->key);
	json_put_string(&w, fault->value);
	wire_reply_end(&w, false);
	return json_ok(&w) ? 0 : -1;
}
