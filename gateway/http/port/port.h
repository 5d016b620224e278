/* port.h - an address to listen at, shared by a listener of each loop. */
#ifndef HTTP_PORT_H
#define HTTP_PORT_H

#include "config/config.h"

#include <sys/socket.h>

struct port {
	struct sockaddr_storage address;
	socklen_t               len; /* 0: nobody listens; the rest does nothing then */
};

int      port_resolve(struct port *p, const struct config_address *a); /* a without a host: none. 0 or -EINVAL */
bool     port_is_wanted(const struct port *p);
int      port_probe(const struct port *p);         /* 0: nobody has it; or -errno */
int      port_listen(struct port *p, int *out);    /* one more descriptor for it; 0 or -errno */
unsigned port_number(const struct port *p);        /* the one bound */

#endif
