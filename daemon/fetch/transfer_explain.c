#include "daemon/fetch/transfer.h"

#include <string.h>

#include "daemon/fetch/kernel.h"

/* libcurl 8.6 gave it a name; older ones never return it. */
#define TOO_LARGE ((CURLcode)100)

/* libcurl's word for what went wrong, in our codes. */
static enum err_code code_of(const struct transfer *transfer, CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return ERR_DNS;
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		return ERR_PROXY;
	case CURLE_COULDNT_CONNECT:
	case CURLE_INTERFACE_FAILED:
		return transfer->hop->proxy[0] != '\0' ? ERR_PROXY : ERR_CONNECT;
	case CURLE_OPERATION_TIMEDOUT:
		return ERR_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_CLIENTCERT:
		return ERR_TLS;
	case CURLE_BAD_CONTENT_ENCODING:
		return ERR_BAD_ENCODING;
	case CURLE_FILESIZE_EXCEEDED:
	case CURLE_OUT_OF_MEMORY: /* a header line beyond libcurl's own limit */
	case TOO_LARGE:
		return ERR_TOO_BIG;
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return ERR_INCOMPLETE;
	case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9, or no HTTP at all */
	case CURLE_WEIRD_SERVER_REPLY:
		return ERR_PROTOCOL;
	case CURLE_URL_MALFORMAT:
		return ERR_BAD_URL;
	default:
		return ERR_FAILED;
	}
}

/* Nobody was there, if no word came back of the host, be it only that it refuses. */
static void explain_unready(struct transfer *transfer)
{
	curl_off_t connected_us = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	err_set(&transfer->err, connected_us == 0 ? ERR_CONNECT : ERR_TIMEOUT,
		"there was no connection in time");
}

/* A proxy was, if we have a port that it is connected to: libcurl counts the time of a
 * connection to where the proxy leads. */
static void explain_unready_proxy(struct transfer *transfer)
{
	long own_port = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_LOCAL_PORT, &own_port);
	if (own_port != 0) {
		transfer->missed = FETCH_MISSED_BEHIND;
		err_set(&transfer->err, ERR_TIMEOUT, "there was no connection in time");
		return;
	}
	transfer->missed = FETCH_MISSED_PROXY;
	err_set(&transfer->err, ERR_PROXY, "there was no connection to the proxy in time");
}

static void explain_busy(struct transfer *transfer)
{
	err_set(&transfer->err, ERR_BUSY, "there was no time to read the answer");
}

/* libcurl counts milliseconds and bytes.  Where some of these wait for us it is not the
 * server that is late. */
static void explain_timeout(struct transfer *transfer)
{
	bool late = transfer->slice.rests ||
		    multi_left_unread(transfer->multi, transfer->wrapping.fd);
	bool slow = strstr(transfer->words, "too slow") != NULL;
	curl_off_t ready_us = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
	if (late)
		explain_busy(transfer);
	else if (slow)
		err_set(&transfer->err, ERR_TIMEOUT,
			"the server is too slow: less than %ld bytes a second for %ld s",
			TRANSFER_SLOW_BYTES, TRANSFER_SLOW_S);
	else if (ready_us == 0 && transfer->hop->proxy[0] != '\0')
		explain_unready_proxy(transfer);
	else if (ready_us == 0)
		explain_unready(transfer);
	else
		err_set(&transfer->err, ERR_TIMEOUT, "the answer was not whole in time");
}

/* The status by which the proxy refused a tunnel; 0 if it did not, or not yet. */
static long refusal_of(const struct transfer *transfer)
{
	long status = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	return transfer->wrapping.tunnel && status >= 300 ? status : 0;
}

/* What else its answer says is for a browser. */
static void explain_refusal(struct transfer *transfer, long status)
{
	err_set(&transfer->err, ERR_PROXY, "the proxy leads nowhere: it answers CONNECT with %ld%s",
		status, status == 407 ? ", and wants a user and a password that it knows" : "");
}

void transfer_explain_wrapping(struct transfer *transfer)
{
	long refusal = refusal_of(transfer);

	if (refusal != 0)
		explain_refusal(transfer, refusal);
	else if (transfer->wrapping.tunnel)
		err_set(&transfer->err, ERR_PROXY, "the proxy's answer to CONNECT has no end");
	else
		err_set(&transfer->err, ERR_TOO_BIG,
			"what comes is wrapping without end, and next to no document");
}

/* Where there is a tunnel, who says nothing is the server. */
static bool is_proxy_silent(const struct transfer *transfer)
{
	const struct hop *hop = transfer->hop;

	return transfer->head.status == 0 && hop->proxy[0] != '\0' &&
	       (!hop_tunnels(hop) || transfer->wrapping.tunnel);
}

bool transfer_is_refused(const struct transfer *transfer)
{
	int fd = transfer->wrapping.fd;

	return strcmp(transfer->hop->parts.scheme, "https") == 0 && transfer->head.status == 0 &&
	       multi_socket_used(transfer->multi, fd).bytes == 0 && kernel_has_alert(fd);
}

void transfer_explain_refused(struct transfer *transfer)
{
	err_set(&transfer->err, ERR_TLS,
		"the server refuses the TLS connection as soon as it is made: "
		"it may want a client's certificate, or another one");
}

void transfer_explain(struct transfer *transfer, CURLcode code)
{
	enum err_code word = code_of(transfer, code);
	long refusal = refusal_of(transfer);

	if (multi_has_cut(transfer->multi, transfer->wrapping.fd)) {
		transfer_explain_wrapping(transfer);
		return;
	}
	if (refusal != 0) {
		explain_refusal(transfer, refusal);
		return;
	}
	if (word == ERR_INCOMPLETE &&
		(strstr(transfer->words, " alert ") != NULL || transfer_is_refused(transfer))) {
		transfer_explain_refused(transfer);
		return;
	}
	if (word == ERR_INCOMPLETE && is_proxy_silent(transfer))
		word = ERR_PROXY;
	if (word == ERR_INCOMPLETE && transfer_was_left(transfer)) {
		explain_busy(transfer);
		return;
	}
	if (word == ERR_TIMEOUT) {
		explain_timeout(transfer);
		return;
	}
	if (code == CURLE_OUT_OF_MEMORY) {
		err_set(&transfer->err, word, "a line of its header is too long");
		return;
	}
	if (code == CURLE_COULDNT_CONNECT && word == ERR_PROXY)
		transfer->missed = FETCH_MISSED_PROXY;
	/* Where OpenSSL knows no reason, libcurl ends its words with a blank. */
	while (transfer->words[0] != '\0' && transfer->words[strlen(transfer->words) - 1] == ' ')
		transfer->words[strlen(transfer->words) - 1] = '\0';
	/* libcurl's words name an address, as if it were the server's. */
	err_set(&transfer->err, word, "%s%s", word == ERR_PROXY ? "the proxy: " : "",
		transfer->words[0] != '\0' ? transfer->words : curl_easy_strerror(code));
}
