#include "daemon/main_trouble.h"

#include <stddef.h>
#include <sysexits.h>

#include "common/log.h"

int main_exit_code(const struct err *err)
{
	switch (err->code) {
	case ERR_NEWER:
		return EX_DATAERR;
	case ERR_LOCKED:
	case ERR_BUSY: /* another program has the store, and does not let go */
		return EX_TEMPFAIL;
	case ERR_USAGE:
	case ERR_UNSAFE:
		return EX_CONFIG;
	case ERR_FAILED: /* no memory, no thread, no descriptor */
	case ERR_NO_SPACE:
		return EX_OSERR;
	default:
		return EX_IOERR;
	}
}

void main_tell_trouble(const struct err *err, const char *data_dir)
{
	log_error("%s", err->text);
	if (data_dir == NULL)
		return;
	if (err->code == ERR_DAMAGED)
		log_error(
			"feedd --recover --data-dir %s sets it right, from the newest sound backup "
			"where nothing else will do",
			data_dir);
	else if (err->code == ERR_IO)
		log_error("the disk may fail: see what the system says of it, and start feedd "
			  "again; if that does not serve, feedd --recover --data-dir %s sets the "
			  "store right, from the newest sound backup where nothing else will do",
			data_dir);
	else if (err->code == ERR_REPLACED)
		log_error("what was changed since then is not kept; feedd, started again, takes "
			  "what is in %s by then",
			data_dir);
	else if (err->code == ERR_BUSY)
		log_error("another program has %s open and locked", data_dir);
}
