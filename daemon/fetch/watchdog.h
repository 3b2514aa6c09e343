#ifndef FETCH_WATCHDOG_H
#define FETCH_WATCHDOG_H

/*
 * Who does not let go of the loop loses its connection.  libcurl reads frames that
 * are no body (HTTP/2 has pings, settings and many more; TLS has its own) for as
 * long as any come, in one call, and tells nobody; a server on a fast line can make
 * that last for ever.  So a thread looks from time to time whether the same call
 * still runs; of one that has taken too much of the processor it shuts down the
 * connection on which most came, and that ends the call.
 *
 * Processor time, not the clock's: a machine that is busy elsewhere does no
 * server harm.  All is called from the thread that the watchdog was made in.
 */
struct watchdog;

/* Of the processor, that one call may take; a sanitizer makes all of them longer. */
#ifdef FEEDD_SANITIZED
#define WATCHDOG_MS 600
#else
#define WATCHDOG_MS 60
#endif

struct watchdog *watchdog_new(void);
/* Waits for the thread.  NULL is nothing. */
void watchdog_free(struct watchdog *watchdog);

/* There is something to look at, or no longer: else the thread sleeps. */
void watchdog_wake(struct watchdog *watchdog);
void watchdog_rest(struct watchdog *watchdog);

/* A connection's descriptor, until it is closed. */
void watchdog_add(struct watchdog *watchdog, int fd);
void watchdog_remove(struct watchdog *watchdog, int fd);

/* Around each call.  The end tells which connection was shut down meanwhile, or -1. */
void watchdog_begin(struct watchdog *watchdog);
int watchdog_end(struct watchdog *watchdog);

#endif
