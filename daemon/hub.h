#ifndef DAEMON_HUB_H
#define DAEMON_HUB_H

#include <stdint.h>

/*
 * Publish/subscribe inside the process, so that who changes things need not
 * know who listens.  It carries no rows, only that something happened up to a
 * seq: a listener asks the store.  All calls from the loop's thread; sinks may
 * come and go while it is telling.
 */
struct hub;
struct hub_sink;

enum hub_topic {
	HUB_STORE, /* items, states or the log went on to `seq` */
	HUB_FEEDS  /* subscriptions or settings of feeds changed */
};

typedef void hub_told(void *ctx, enum hub_topic topic, uint64_t seq);

struct hub *hub_new(void);
void hub_free(struct hub *hub);

struct hub_sink *hub_join(struct hub *hub, hub_told *told, void *ctx);
void hub_leave(struct hub_sink *sink);

void hub_tell(struct hub *hub, enum hub_topic topic, uint64_t seq);

#endif
