#include "tests/support/httpd.h"

#ifdef HTTPD_TLS

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "common/mem.h"

/* TLS between two memory buffers, since the bytes come and go through libuv. */
struct httpd_tls {
	struct httpd_conn *conn;
	SSL *ssl;
	BIO *in, *out;
};

static SSL_CTX *context_of(struct httpd_tls_context *context)
{
	return (SSL_CTX *)context;
}

struct httpd_tls_context *httpd_tls_context_new(
	const char *cert, const char *key, const char *client_ca, struct err *err)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (context == NULL || SSL_CTX_use_certificate_chain_file(context, cert) != 1 ||
		SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 ||
		(client_ca != NULL &&
			SSL_CTX_load_verify_locations(context, client_ca, NULL) != 1)) {
		SSL_CTX_free(context);
		err_set(err, ERR_FAILED, "%s, %s: %s", cert, key,
			ERR_reason_error_string(ERR_get_error()));
		return NULL;
	}
	if (client_ca != NULL)
		SSL_CTX_set_verify(
			context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return (struct httpd_tls_context *)context;
}

void httpd_tls_context_free(struct httpd_tls_context *context)
{
	SSL_CTX_free(context_of(context));
}

struct httpd_tls *httpd_tls_new(struct httpd_tls_context *context, struct httpd_conn *conn)
{
	struct httpd_tls *tls = MEM_NEW(struct httpd_tls);

	tls->conn = conn;
	tls->ssl = SSL_new(context_of(context));
	tls->in = BIO_new(BIO_s_mem());
	tls->out = BIO_new(BIO_s_mem());
	SSL_set_bio(tls->ssl, tls->in, tls->out);
	SSL_set_accept_state(tls->ssl);
	return tls;
}

void httpd_tls_free(struct httpd_tls *tls)
{
	if (tls == NULL)
		return;
	SSL_free(tls->ssl);
	free(tls);
}

static void flush(struct httpd_tls *tls)
{
	char data[16384];
	int n;

	while ((n = BIO_read(tls->out, data, sizeof(data))) > 0)
		httpd_conn_send_raw(tls->conn, data, (size_t)n);
}

int httpd_tls_receive(struct httpd_tls *tls, const char *data, size_t length, struct buf *plain)
{
	char opened[16384];
	int n, reason;

	ERR_clear_error();
	BIO_write(tls->in, data, (int)length);
	while ((n = SSL_read(tls->ssl, opened, sizeof(opened))) > 0) {
		if (buf_add(plain, opened, (size_t)n) < 0)
			return -1;
	}
	reason = SSL_get_error(tls->ssl, n);
	flush(tls);
	return reason == SSL_ERROR_WANT_READ ? 0 : -1;
}

void httpd_tls_send(struct httpd_tls *tls, const char *data, size_t length)
{
	SSL_write(tls->ssl, data, (int)length);
	flush(tls);
}

void httpd_tls_close(struct httpd_tls *tls)
{
	SSL_shutdown(tls->ssl);
	flush(tls);
}

#else

struct httpd_tls_context *httpd_tls_context_new(
	const char *cert, const char *key, const char *client_ca, struct err *err)
{
	(void)key;
	(void)client_ca;
	err_set(err, ERR_REFUSED, "%s: httpd was built without OpenSSL", cert);
	return NULL;
}

void httpd_tls_context_free(struct httpd_tls_context *context)
{
	(void)context;
}

struct httpd_tls *httpd_tls_new(struct httpd_tls_context *context, struct httpd_conn *conn)
{
	(void)context;
	(void)conn;
	return NULL;
}

void httpd_tls_free(struct httpd_tls *tls)
{
	(void)tls;
}

int httpd_tls_receive(struct httpd_tls *tls, const char *data, size_t length, struct buf *plain)
{
	(void)tls;
	(void)data;
	(void)length;
	(void)plain;
	return -1;
}

void httpd_tls_send(struct httpd_tls *tls, const char *data, size_t length)
{
	(void)tls;
	(void)data;
	(void)length;
}

void httpd_tls_close(struct httpd_tls *tls)
{
	(void)tls;
}

#endif
