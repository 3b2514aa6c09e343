#ifndef CONTROL_SERVICE_H
#define CONTROL_SERVICE_H

#include "common/wire.h"
#include "daemon/control/session.h"

/* org.varlink.service, which every Varlink service has: who we are, and the
 * description of our interface.  Answers at once. */
void service_answer(struct session *session, const struct wire_call *call);

#endif
