#include "daemon/fetch/transfer.h"

#include <limits.h>

/*
 * What a transfer rests takes nothing from its time, for it is not the server that is late.
 * A server on which large documents wait can't hold a connection for ever by that: there is
 * a bound to all rests of a transfer.
 */

#define RESTS 4u            /* times its time */
#define IMPATIENT_MS 10000u /* a server may hang up on who has read nothing for so long */

static struct transfer *of_slice(struct slice *slice)
{
	return (struct transfer *)((char *)slice - offsetof(struct transfer, slice));
}

/* From the transfer's start.  libcurl looks at it each second at the latest, as it does at
 * the speed. */
static void set_time(const struct transfer *transfer, uint64_t ms)
{
	curl_easy_setopt(transfer->easy, CURLOPT_TIMEOUT_MS, ms < LONG_MAX ? (long)ms : LONG_MAX);
}

static void on_round(struct slice *slice)
{
	struct transfer *transfer = of_slice(slice);

	set_time(transfer, (uint64_t)transfer->total_ms + slice->rested_ms);
	multi_go_on(transfer->multi, transfer->easy);
}

static void on_patience(struct slice *slice)
{
	struct transfer *transfer = of_slice(slice);

	multi_give_up(transfer->multi, transfer->easy);
}

void transfer_time(struct transfer *transfer, int64_t total_ms)
{
	transfer->total_ms = total_ms;
	slice_begin(&transfer->slice, on_round);
	slice_bound(&transfer->slice, RESTS * (uint64_t)total_ms, on_patience);
	set_time(transfer, (uint64_t)total_ms);
}

void transfer_rest(struct transfer *transfer)
{
	/* Later than it gives up by itself. */
	set_time(transfer, (RESTS + 2) * (uint64_t)transfer->total_ms);
	slice_rest(multi_slices(transfer->multi), &transfer->slice);
}

bool transfer_was_left(const struct transfer *transfer)
{
	return transfer->slice.rested_ms >= IMPATIENT_MS;
}
