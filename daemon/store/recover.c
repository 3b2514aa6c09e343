#include "daemon/store/store.h"

int store_recover(const char *data_dir, struct buf *out_words, struct err *err)
{
	(void)data_dir;
	(void)out_words;
	return err_set(err, ERR_REFUSED, "--recover: not here yet");
}
