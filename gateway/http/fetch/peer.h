/* peer.h - the certificates that a TLS server shows: looked at for their size before OpenSSL reads them. */
#ifndef HTTP_FETCH_PEER_H
#define HTTP_FETCH_PEER_H

#include <curl/curl.h>

/* Certificates out of bounds (codecs/seal/cert_bounds.h), or more than 16 of them, then fail the handshake; all others
 * are judged as ever.  CURLE_OK, or libcurl's own fault. */
CURLcode peer_guard(CURL *easy);

#endif
