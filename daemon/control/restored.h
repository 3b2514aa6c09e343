#ifndef CONTROL_RESTORED_H
#define CONTROL_RESTORED_H

#include "daemon/store/store.h"
#include "daemon/store/store_copies.h"

/* What a restore has done: the store's callback for the call that is its ctx, which it
 * ends. */
void restored_answer(void *ctx, const struct store_restored *result, const struct err *err);

#endif
