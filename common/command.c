#include "common/command.h"

#define WORD(kind, type, name, meta, help) UNLIKE(kind, type, name, meta, help, NULL)
#define OPTION(type, name, meta, help) UNLIKE(OPTION, type, name, meta, help, NULL)
#define LIST(type, name, meta, help) UNLIKE(LIST, type, name, meta, help, NULL)
#define FLAG(name, help) UNLIKE(FLAG, BOOL, name, NULL, help, NULL)
#define UNLIKE(kind, type, name, meta, help, wire_help)                                            \
	{ PARAM_##kind, TYPE_##type, SCOPE_WIRE, name, meta, help, wire_help },
#define OWN(kind, type, name, meta, help)                                                          \
	{ PARAM_##kind, TYPE_##type, SCOPE_LOCAL, name, meta, help, NULL },
#define LWORD(kind, type, name, meta, help) OWN(kind, type, name, meta, help)
#define LOPTION(type, name, meta, help) OWN(OPTION, type, name, meta, help)
#define LFLAG(name, help) OWN(FLAG, BOOL, name, NULL, help)
#define LREST(name, meta, help) OWN(REST, STRING, name, meta, help)
#define CALL(kind, type, name, help)                                                               \
	{ PARAM_##kind, TYPE_##type, SCOPE_CALL, name, NULL, help, NULL },
#define NO_PARAMS

/* Each list ends with a row without a name, so that none is empty. */
#define COMMAND(id, name, method, reply, object, changes, help, ...)                               \
	static const struct param params_##id[] = { __VA_ARGS__{                                   \
		PARAM_FLAG, TYPE_BOOL, SCOPE_LOCAL, NULL, NULL, NULL, NULL } };
#include "common/command.def"
#undef COMMAND

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const struct command command_table[COMMANDS] = {
#define COMMAND(id, name, method, reply, object, changes, help, ...)                               \
	{ name, method, reply, object, changes, help, params_##id, COUNT_OF(params_##id) - 1 },
#include "common/command.def"
#undef COMMAND
};

const struct param command_globals[] = { GLOBALS };
const size_t command_global_count = COUNT_OF(command_globals);
