#include "daemon/fetch/fetcher.h"

#include <string.h>

#include "daemon/fetch/pins.h"

/* The addresses of a hop's host: which are asked for, kept and tried. */

const char *fetch_url(const struct fetch *fetch)
{
	return fetch->hop.url;
}

int fetch_route(struct fetch *fetch)
{
	return hop_route(&fetch->hop, &fetch->request, fetch->fetcher->options.proxy, &fetch->err);
}

enum resolve_hope fetch_hope(const struct fetch *fetch)
{
	const struct fetch_request *asked = &fetch->request.asked;

	if (asked->first_look)
		return RESOLVE_ASKED;
	if (asked->name_found)
		return RESOLVE_FOUND;
	return asked->name_silent ? RESOLVE_SILENT : RESOLVE_NEW;
}

/* None may be reached: say which host, as it was written. */
static int refuse_host(struct fetch *fetch)
{
	const struct url_parts *parts = &fetch->hop.parts;
	bool redirected = fetch->hop_count > 0;

	if (!parts->is_address)
		return err_prefix(
			&fetch->err, "%s%s", redirected ? "it redirects to " : "", parts->host);
	return err_set(&fetch->err, ERR_BLOCKED,
		redirected ? "it redirects to %s, a private address" : "%s is a private address",
		parts->host);
}

int fetch_keep_addresses(struct fetch *fetch, const struct address *addresses, size_t count)
{
	struct hop *hop = &fetch->hop;
	size_t i;

	fetch->address_count = 0;
	for (i = 0; i < count && fetch->address_count < RESOLVE_ADDRESSES_MAX; i++) {
		if (hop_judge(hop, &fetch->fetcher->options, &addresses[i], hop->parts.port,
			    &fetch->err) == 0)
			fetch->addresses[fetch->address_count++] = addresses[i];
	}
	if (fetch->address_count == 0)
		return refuse_host(fetch);
	if (!hop->parts.is_address)
		fetch->pins = pins_add(fetch->pins, hop->parts.host, hop->parts.port,
			fetch->addresses, fetch->address_count);
	return 0;
}

const struct address *fetch_likely_address(const struct fetch *fetch)
{
	const char *last = sites_address(fetch->fetcher->sites, fetch->key);
	struct address address;
	size_t i;

	if (address_of_text(last, &address)) {
		for (i = 0; i < fetch->address_count; i++) {
			if (memcmp(&address, &fetch->addresses[i], sizeof(address)) == 0)
				return &fetch->addresses[i];
		}
	}
	return &fetch->addresses[0];
}

bool fetch_is_exempt(const struct fetch *fetch, const struct address *address)
{
	return !fetch->fetcher->options.manners_private && address_is_private(address);
}

bool fetch_is_private(const char *url)
{
	struct address known[2];
	struct url_parts parts;
	bool private;

	if (url_split(url, &parts, NULL) < 0)
		return false;
	private = hop_known_addresses(&parts, known) > 0 && address_is_private(&known[0]);
	url_parts_release(&parts);
	return private;
}

bool fetcher_is_private(const struct fetcher *fetcher, const char *url)
{
	struct url_parts parts;
	bool private;

	if (fetch_is_private(url))
		return true;
	if (url_split(url, &parts, NULL) < 0)
		return false;
	private = sites_is_exempt(fetcher->sites, parts.host);
	url_parts_release(&parts);
	return private;
}

bool fetcher_blocks(const struct fetcher *fetcher, const char *url, const char *proxy)
{
	const struct fetch_options *options = &fetcher->options;
	struct address known[2];
	struct url_parts parts;
	size_t count, i;
	bool blocked;

	if (proxy == NULL)
		proxy = options->proxy;
	if ((proxy != NULL && proxy[0] != '\0') || url_split(url, &parts, NULL) < 0)
		return false;
	count = hop_known_addresses(&parts, known);
	blocked = count > 0;
	for (i = 0; i < count; i++)
		if (!address_is_private(&known[i]) || address_is_allowed(&known[i], parts.port,
							      options->allow, options->allow_count))
			blocked = false;
	url_parts_release(&parts);
	return blocked;
}
