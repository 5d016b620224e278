/* tls_net.h - a server with TLS within the test, beside its plain listener, and what its clients need. */
#ifndef TESTS_HTTP_TLS_NET_H
#define TESTS_HTTP_TLS_NET_H

#include "tests/http/net.h"
#include "tests/http/pki.h"

extern struct pki         ours, strangers;
extern struct pki_leaf    server_leaf, second_leaf; /* localhost, by ours */
extern struct tls_files   files;    /* what the server is given, also when it reloads */
extern struct ssl_ctx_st *believer; /* a client of ours, without a certificate */
extern struct answer      answer;

struct net net_tls(void); /* as net_defaults; files is the first leaf again */
/* One request on a TLS connection of its own, into answer. */
void tls_ask(const struct net *n, struct ssl_ctx_st *ctx, const char *request, int status);
int  tls_begin(void **state); /* of a group of tests */
int  tls_end(void **state);

#endif
